package io.evpl.conformance;

/**
 * What can happen, to what, at which end.
 *
 * @param what  the kind of event
 * @param at    place in the program of the operation that made the thing it happens to
 * @param place which end, which of several; empty if there is only one
 */
record Key(What what, int at, String place) {
    enum What {
        TIMER, ADDED_TIMER,
        DEFERRAL,
        DOORBELL,
        SOURCE_POLLED, SOURCE_ARMED, SOURCE_WORK,
        HOOK,
        /** The channel is active. */
        CONNECTED,
        /** It is inactive. */
        DISCONNECTED,
        /** The peer sends no more, and we may. */
        INPUT_ENDED,
        REFUSED,
        /** A handler saw an exception. */
        EXCEPTION,
        /** So many bytes of a stream, the right ones. */
        BYTES,
        /** A datagram, the right one. */
        MESSAGE,
        /** Bytes or a datagram that nobody sent like that. */
        CORRUPT,
        /** A write's promise is complete, either way. */
        SENT,
        /** It failed. */
        SEND_FAILED,
        /** A callback or an operation came upon something that must not be. */
        BROKEN
    }

    static Key of(What what, int at) {
        return new Key(what, at, "");
    }

    static Key of(What what, int at, Side side) {
        return new Key(what, at, side.name());
    }

    @Override
    public String toString() {
        return what + "@" + at + (place.isEmpty() ? "" : "." + place);
    }
}
