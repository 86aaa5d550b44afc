package io.evpl.rpc2;

/** The call was not made: as many calls as the limits allow wait for room already. */
public final class TooManyCallsException extends RpcException {
    private static final long serialVersionUID = 1L;

    public TooManyCallsException(String message) {
        super(message);
    }
}
