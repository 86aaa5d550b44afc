package io.evpl.memory;

/**
 * The sizes of buffers: 64 bytes, then four steps to each doubling, up to 64 KiB. So a buffer has at most a quarter more
 * than it was asked for, above 64 bytes.
 */
final class SizeClasses {
    static final int LEAST_BYTES = 64;
    static final int MOST_BYTES = 64 << 10;
    private static final int LEAST_SHIFT = 6;
    private static final int STEPS_SHIFT = 2;
    private static final int STEPS = 1 << STEPS_SHIFT;

    static final int COUNT = of(MOST_BYTES) + 1;

    private SizeClasses() {
    }

    /** The smallest class for {@code bytes}, which are at most {@link #MOST_BYTES}. */
    static int of(int bytes) {
        if (bytes <= LEAST_BYTES) {
            return 0;
        }
        int shift = 31 - Integer.numberOfLeadingZeros(bytes - 1);
        int step = bytes - 1 >>> shift - STEPS_SHIFT & STEPS - 1;
        return (shift - LEAST_SHIFT << STEPS_SHIFT) + step + 1;
    }

    static int bytes(int sizeClass) {
        if (sizeClass == 0) {
            return LEAST_BYTES;
        }
        int doubling = sizeClass - 1 >>> STEPS_SHIFT;
        int step = sizeClass - 1 & STEPS - 1;
        return STEPS + step + 1 << doubling + LEAST_SHIFT - STEPS_SHIFT;
    }
}
