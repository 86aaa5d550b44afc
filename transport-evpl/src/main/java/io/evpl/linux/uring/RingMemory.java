package io.evpl.linux.uring;

/**
 * Addresses of the words and arrays that a ring shares with its kernel.
 *
 * @param sqArray 0 if there is none (NO_SQARRAY): the kernel then takes entries in order of their place
 */
public record RingMemory(long sqHead, long sqTail, long sqFlags, long sqArray, long sqes, int sqEntries,
                         long cqHead, long cqTail, long cqOverflow, long cqes, int cqEntries) {
    public RingMemory {
        if (Integer.bitCount(sqEntries) != 1 || Integer.bitCount(cqEntries) != 1) {
            throw new IllegalArgumentException("entries must be powers of two: " + sqEntries + ", " + cqEntries);
        }
    }
}
