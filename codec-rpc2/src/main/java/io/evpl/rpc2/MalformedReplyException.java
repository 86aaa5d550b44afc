package io.evpl.rpc2;

/** The server's reply is not one to this call: a broken header, results of another type, or a verifier that does not hold. */
public final class MalformedReplyException extends RpcException {
    private static final long serialVersionUID = 1L;

    public MalformedReplyException(String message) {
        super(message);
    }

    public MalformedReplyException(String message, Throwable cause) {
        super(message, cause);
    }
}
