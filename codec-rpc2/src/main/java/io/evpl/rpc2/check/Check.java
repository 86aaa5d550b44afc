package io.evpl.rpc2.check;

import java.util.List;

/**
 * One row: what is sent and what must come of it.
 *
 * @param bytes    the message for a target; of {@link Framing#RAW} what goes over the wire
 * @param sendings each in turn; a row passes if all do
 */
record Check(String id, String name, Group group, Needs needs, Message bytes, Framing framing, List<Sending> sendings,
        Expected expected, After after) {

    /** Makes a message whose xid is in its first word. */
    interface Message {
        byte[] of(Target target, int xid);
    }

    /** What is right for a target. */
    interface Expected {
        Expectation of(Target target);
    }

    /** What a target must have so that the row says something of it. */
    enum Needs { NOTHING, CONFORMANCE_PROGRAM, KNOWN_LIMIT }

    enum Framing { MARKED, RAW }

    /** What is left of the connection when the answer has come. */
    enum After {
        /** The next call on it succeeds. */
        KEPT,
        /** It is gone; a call on a new one succeeds. */
        GONE,
        /** It may be gone; a call on this one or a new one succeeds. */
        EITHER,
        /** We left it amidst; nothing is awaited, and a call on a new one succeeds. */
        LEFT
    }

    record Sending(Delivery delivery, int fragments) {
        static final List<Sending> PLAIN = List.of(new Sending(Delivery.ONE_WRITE, 1));

        boolean isWhole() {
            return delivery == Delivery.ONE_WRITE && fragments == 1;
        }

        @Override
        public String toString() {
            return delivery + ", " + fragments + (fragments == 1 ? " fragment" : " fragments");
        }
    }

    static Check call(String id, String name, Group group, Needs needs, Message message, Expected expected) {
        return new Check(id, name, group, needs, message, Framing.MARKED, Sending.PLAIN, expected, After.KEPT);
    }

    static Check raw(String id, String name, Group group, Message bytes, Expected expected, After after) {
        return new Check(id, name, group, Needs.NOTHING, bytes, Framing.RAW, Sending.PLAIN, expected, after);
    }

    Check after(After fate) {
        return new Check(id, name, group, needs, bytes, framing, sendings, expected, fate);
    }

    Check sent(List<Sending> ways) {
        return new Check(id, name, group, needs, bytes, framing, ways, expected, after);
    }

    Check needing(Needs what) {
        return new Check(id, name, group, what, bytes, framing, sendings, expected, after);
    }

    /** @return the reason, or null if it runs */
    String whyNot(Target target) {
        if (target.options().udp() && (framing == Framing.RAW || sendings.stream().noneMatch(Sending::isWhole))) {
            return "a datagram comes whole, and without marks";
        }
        return switch (needs) {
            case NOTHING -> null;
            case CONFORMANCE_PROGRAM -> target.options().conformance() ? null
                    : "the program has no such arguments; --conformance if it is that of conformance.x";
            case KNOWN_LIMIT -> target.options().messageLimitBytes() > 0 ? null
                    : "the target's longest message is unknown; --message-limit tells it";
        };
    }
}
