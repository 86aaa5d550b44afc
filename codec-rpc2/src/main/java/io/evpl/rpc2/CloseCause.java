package io.evpl.rpc2;

/**
 * Why a connection ended: the first reason there was.
 *
 * @param kind   which side, and in which way
 * @param detail the exception behind it, or null
 */
public record CloseCause(Kind kind, Throwable detail) {
    /** Sides and ways. */
    public enum Kind {
        /** {@link RpcConnection#close}, or the server's end. */
        LOCAL("closed by this side"),
        /** The peer ended it in order. */
        PEER("closed by the peer"),
        /** The transport failed, or never connected. */
        TRANSPORT("the transport failed"),
        /** One side demands a protection of the channel that could not be had: {@code io.evpl.rpc2.tls}. */
        SECURITY("the connection could not be secured"),
        /** The peer sent what is no RPC: a mark beyond the limit, a record too short for a header. */
        PROTOCOL("the peer broke the protocol"),
        /** An exception in a handler of the pipeline. */
        FAULT("a handler of this side failed");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    @Override
    public String toString() {
        return detail == null ? kind.text : kind.text + ": " + detail.getMessage();
    }
}
