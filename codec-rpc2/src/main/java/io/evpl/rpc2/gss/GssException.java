package io.evpl.rpc2.gss;

import io.evpl.rpc2.RpcException;

/** There is no security context, and the message says why and what to do about it. */
public final class GssException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final GssReason reason;

    GssException(GssReason reason, String what, Throwable cause) {
        super(what + words(cause) + ". " + reason.advice(), cause);
        this.reason = reason;
    }

    /** Of what the mechanism says. */
    static GssException of(String what, Throwable cause) {
        return new GssException(GssReason.of(cause), what, cause);
    }

    /** Of the protocol of RFC 2203, not of a mechanism. */
    static GssException protocol(String what) {
        return new GssException(GssReason.PROTOCOL, what, null);
    }

    /** Why, for programs. */
    public GssReason reason() {
        return reason;
    }

    private static String words(Throwable cause) {
        if (cause == null) {
            return "";
        }
        return ": " + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }
}
