package io.evpl.rpc2;

/** The server failed for reasons of its own (SYSTEM_ERR). */
public final class SystemErrorException extends RpcException {
    private static final long serialVersionUID = 1L;

    public SystemErrorException(String message) {
        super(message);
    }
}
