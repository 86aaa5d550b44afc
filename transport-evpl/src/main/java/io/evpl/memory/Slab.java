package io.evpl.memory;

import java.util.BitSet;

/** Memory that came from the kernel at once and goes back at once, given out in blocks. The pool's lock guards it. */
final class Slab {
    static final int BLOCK_SHIFT = 16;
    static final int BLOCK_BYTES = 1 << BLOCK_SHIFT;

    final int slot;
    /** How many slots it takes: more than one for a buffer that is larger than a slab. */
    final int slots;
    private final int blocks;
    private final BitSet taken = new BitSet();
    private int freeBlocks;
    /** When the last block came back; means something only while it is empty. */
    long emptySinceNs;
    /** Engines that must let go of it before its memory goes; 0 if it is not going. */
    int heldBy;

    Slab(int slot, int slots, int slabBytes) {
        this.slot = slot;
        this.slots = slots;
        blocks = (int) ((long) slots * slabBytes >>> BLOCK_SHIFT);
        freeBlocks = blocks;
    }

    /** @return the first of {@code count} consecutive blocks, now taken; -1 if there are none */
    int take(int count) {
        if (count > freeBlocks) {
            return -1;
        }
        int first = taken.nextClearBit(0);
        while (first + count <= blocks) {
            int end = taken.nextSetBit(first);
            if (end < 0 || end - first >= count) {
                taken.set(first, first + count);
                freeBlocks -= count;
                return first;
            }
            first = taken.nextClearBit(end);
        }
        return -1;
    }

    void put(int first, int count) {
        assert taken.nextClearBit(first) >= first + count : "blocks came back that were not taken";
        taken.clear(first, first + count);
        freeBlocks += count;
    }

    /** It is going: nothing is taken from it any more. */
    void leave() {
        freeBlocks = 0;
    }

    /** It could not go. */
    void stay() {
        freeBlocks = blocks;
    }

    boolean isEmpty() {
        return freeBlocks == blocks;
    }
}
