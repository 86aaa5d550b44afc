package io.evpl.rpc2;

/** Bytes that are no record of RPC: the connection cannot go on. Without stack trace, for peers cause it at will. */
public final class BadRecordException extends RpcException {
    private static final long serialVersionUID = 1L;

    public BadRecordException(String message) {
        super(message, null, false);
    }
}
