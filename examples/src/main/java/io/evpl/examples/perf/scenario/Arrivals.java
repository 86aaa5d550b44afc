package io.evpl.examples.perf.scenario;

/**
 * Which of one sender's numbered packets have arrived. Numbers that were left out are lost until they come late, as UDP allows; none
 * may come twice, since nothing between two sockets of one machine repeats a packet.
 */
final class Arrivals {
    /** How late a packet may be and still be told from a repeated one: more than two socket buffers hold. */
    static final int WINDOW_PACKETS = 4096;

    private final long[] arrived = new long[WINDOW_PACKETS / Long.SIZE];
    private long next;
    private long lost;

    /** @return false if this packet had arrived before */
    boolean arrive(long number) {
        if (number >= next) {
            skipTo(number);
            next = number + 1;
        } else if (number < next - WINDOW_PACKETS) {
            lost--;
            return true;
        } else if ((arrived[word(number)] & bit(number)) != 0) {
            return false;
        } else {
            lost--;
        }
        arrived[word(number)] |= bit(number);
        return true;
    }

    private void skipTo(long number) {
        for (long skipped = Math.max(next, number - WINDOW_PACKETS + 1); skipped <= number; skipped++) {
            arrived[word(skipped)] &= ~bit(skipped);
        }
        lost += number - next;
    }

    private static int word(long number) {
        return (int) (number % WINDOW_PACKETS) / Long.SIZE;
    }

    private static long bit(long number) {
        return 1L << number;
    }

    /** One more than the highest number that has arrived. */
    long next() {
        return next;
    }

    /** Packets known to be missing: sent before one that has arrived. */
    long lost() {
        return lost;
    }
}
