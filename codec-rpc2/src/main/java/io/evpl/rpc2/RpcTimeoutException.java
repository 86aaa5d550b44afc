package io.evpl.rpc2;

/** There was no reply in time. The server may have carried out the call nevertheless. */
public final class RpcTimeoutException extends RpcException {
    private static final long serialVersionUID = 1L;

    public RpcTimeoutException(String message) {
        super(message);
    }
}
