package io.evpl.rpc2;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next attempt: {@code firstNs}, then twice that, and so on up to {@code maxNs}; each wait a little shorter
 * or longer by chance, so that clients of one server that was away do not come back together.
 *
 * @param firstNs the first wait
 * @param maxNs   the longest wait
 */
public record Backoff(long firstNs, long maxNs) {
    /** Of connections: from a tenth of a second, which a restart takes, to half a minute, which nobody minds who waits for long. */
    public static final Backoff DEFAULT = new Backoff(TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.SECONDS.toNanos(30));
    /** A wait differs from its rule by this part at most. */
    private static final int JITTER_PART = 5;

    public Backoff {
        if (firstNs < 1 || maxNs < firstNs) {
            throw new IllegalArgumentException("waits from " + firstNs + " to " + maxNs + " ns: they must be positive and ordered");
        }
    }

    /** The wait after so many attempts, at least 1. */
    long waitNs(int attempts) {
        return waitNs(firstNs, maxNs, attempts);
    }

    static long waitNs(long firstNs, long maxNs, int attempts) {
        long wait = firstNs;
        for (int i = 1; i < attempts && wait < maxNs; i++) {
            wait = wait > maxNs / 2 ? maxNs : 2 * wait;
        }
        long jitter = wait / JITTER_PART;
        long least = wait - jitter;
        return least + ThreadLocalRandom.current().nextLong(Math.min(2 * jitter, Long.MAX_VALUE - least - 1) + 1);
    }
}
