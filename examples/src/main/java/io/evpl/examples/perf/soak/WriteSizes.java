package io.evpl.examples.perf.soak;

import java.util.SplittableRandom;

/** How a stream of bytes is cut into writes: mostly small, some large; the same for the same key, so that a receiver knows it, too. */
final class WriteSizes {
    static final int MAX_BYTES = 64 * 1024;
    private static final int SMALL_BYTES = 64;
    private static final int MIDDLE_BYTES = 4096;
    private static final int TENTHS = 10;
    private static final int SMALL_TENTHS = 4;
    private static final int MIDDLE_TENTHS = 8;

    private final SplittableRandom random;

    WriteSizes(long key) {
        random = new SplittableRandom(key);
    }

    int next(int mostBytes) {
        int kind = random.nextInt(TENTHS);
        int max = kind < SMALL_TENTHS ? SMALL_BYTES : kind < MIDDLE_TENTHS ? MIDDLE_BYTES : MAX_BYTES;
        return Math.min(mostBytes, 1 + random.nextInt(max));
    }
}
