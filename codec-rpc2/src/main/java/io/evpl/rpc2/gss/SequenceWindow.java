package io.evpl.rpc2.gss;

/**
 * The sequence numbers that a context has seen: RFC 2203, section 5.3.3.1. The numbers are unsigned. Thread-safe, for calls of one context
 * may come through several connections.
 */
final class SequenceWindow {
    /** Advertised to clients: how far behind the highest number a call may come. Linux's server has the same. */
    static final int SIZE = 128;

    private long highest;
    /** Bit n of recent (n below 64) or of older (n - 64): whether highest - n was seen. */
    private long recent;
    private long older;

    /** Whether {@link #take} would accept the number. */
    synchronized boolean isFresh(int sequence) {
        long behind = highest - Integer.toUnsignedLong(sequence);
        return behind < 0 || behind < SIZE && !isSeen((int) behind);
    }

    /** Marks the number as seen, which may move the window. @return false if it was seen already, or is below the window */
    synchronized boolean take(int sequence) {
        long number = Integer.toUnsignedLong(sequence);
        if (number > highest) {
            moveBy(number - highest);
            highest = number;
        } else if (!isFresh(sequence)) {
            return false;
        }
        see((int) (highest - number));
        return true;
    }

    private boolean isSeen(int behind) {
        return ((behind < Long.SIZE ? recent : older) >>> behind & 1) != 0;
    }

    private void see(int behind) {
        if (behind < Long.SIZE) {
            recent |= 1L << behind;
        } else {
            older |= 1L << behind;
        }
    }

    private void moveBy(long distance) {
        if (distance < Long.SIZE) {
            older = older << distance | recent >>> (Long.SIZE - distance);
            recent <<= distance;
        } else {
            older = distance < SIZE ? recent << (distance - Long.SIZE) : 0;
            recent = 0;
        }
    }
}
