package io.evpl.rpc2;

/** The connection ended before there was a reply; the cause, if known, is attached. The server may have carried out the call. */
public final class ConnectionLostException extends RpcException {
    private static final long serialVersionUID = 1L;

    public ConnectionLostException(String message) {
        super(message);
    }

    public ConnectionLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
