package io.evpl.memory;

import java.util.concurrent.TimeUnit;

/**
 * What an {@link EvplAllocator} is made with.
 *
 * @param slabBytes   memory is taken from the kernel, registered and returned in pieces of this size; a power of two
 * @param maxBytes    most memory in slabs; as many addresses are reserved at once
 * @param hugePages   whether to ask for huge pages first
 * @param emptySlabMs how long a slab stays with us after the last buffer in it was released; -1 for ever
 */
public record MemorySettings(int slabBytes, long maxBytes, boolean hugePages, long emptySlabMs) {
    /** A slab holds at least one run of the largest size class. */
    public static final int LEAST_SLAB_BYTES = 1 << 20;
    /** Sizes of buffers are ints. */
    public static final int MOST_SLAB_BYTES = 1 << 30;
    /** What user space has: 47 bits on both CPUs, of which others need some. */
    public static final long MOST_BYTES = 1L << 46;

    /** Each has a place in tables of the allocator and of its engines. */
    public static final int MOST_SLABS = 1 << 20;

    public MemorySettings {
        if (slabBytes < LEAST_SLAB_BYTES || slabBytes > MOST_SLAB_BYTES || Integer.bitCount(slabBytes) != 1) {
            throw new IllegalArgumentException("slabBytes " + slabBytes + ": must be a power of two from "
                    + LEAST_SLAB_BYTES + " to " + MOST_SLAB_BYTES);
        }
        if (maxBytes < slabBytes || maxBytes > MOST_BYTES) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + ": must be from slabBytes, " + slabBytes
                    + ", to " + MOST_BYTES);
        }
        if (maxBytes / slabBytes > MOST_SLABS) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + ": must be at most " + MOST_SLABS + " times slabBytes, "
                    + slabBytes);
        }
        if (emptySlabMs < -1) {
            throw new IllegalArgumentException("emptySlabMs " + emptySlabMs + ": must be 0 or more, or -1 for ever");
        }
    }

    int slabShift() {
        return Integer.numberOfTrailingZeros(slabBytes);
    }

    /** Of a maximum that is no multiple of a slab the rest is not used. */
    int slots() {
        return (int) (maxBytes >>> slabShift());
    }

    long emptySlabNs() {
        return emptySlabMs < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(emptySlabMs);
    }
}
