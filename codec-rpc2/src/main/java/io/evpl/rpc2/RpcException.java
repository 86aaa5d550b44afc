package io.evpl.rpc2;

/** Why a call has no results. Each reason is a kind of its own. */
public class RpcException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RpcException(String message) {
        super(message);
    }

    public RpcException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Without a stack trace, where a peer decides how often it happens. */
    RpcException(String message, Throwable cause, boolean withStack) {
        super(message, cause, false, withStack);
    }
}
