package io.evpl.memory;

/**
 * Consecutive blocks of a slab, cut into cells of one size, each of which has its buffer object. One thread owns it and
 * allocates from it (or whoever holds the lock of the owner that threads share); a run of a single large cell has no owner.
 */
final class Run {
    /** Stands where a thread has no run yet: there is nothing to take. */
    static final Run NONE = new Run(null, null, null, 0, 0, 0, 0, 0);

    final EvplAllocator allocator;
    final RunCache owner;
    final Slab slab;
    final int firstBlock;
    final int sizeClass;
    final int cellBytes;
    private final long address;
    private final int cells;

    private SlabByteBuf free;
    /** Cells from here on never had a buffer. */
    private int fresh;
    /** Cells that are buffers of somebody's. */
    int used;
    /** Has no cell left, and is in no list. */
    boolean isFull;
    /** Neighbours among the owner's runs that have cells and are not the current one. */
    Run previous;
    Run next;

    Run(EvplAllocator allocator, RunCache owner, Slab slab, int firstBlock, long address, int sizeClass, int cellBytes,
        int cells) {
        this.allocator = allocator;
        this.owner = owner;
        this.slab = slab;
        this.firstBlock = firstBlock;
        this.address = address;
        this.sizeClass = sizeClass;
        this.cellBytes = cellBytes;
        this.cells = cells;
    }

    /** @return null if all cells are taken */
    SlabByteBuf take() {
        SlabByteBuf buffer = free;
        if (buffer != null) {
            free = buffer.next;
            buffer.next = null;
            used++;
            return buffer;
        }
        if (fresh == cells) {
            return null;
        }
        used++;
        return new SlabByteBuf(this, address + (long) fresh++ * cellBytes);
    }

    void put(SlabByteBuf buffer) {
        assert used > 0 : "more buffers came back than were taken";
        used--;
        buffer.next = free;
        free = buffer;
    }

    long bytes() {
        return (long) cells * cellBytes;
    }
}
