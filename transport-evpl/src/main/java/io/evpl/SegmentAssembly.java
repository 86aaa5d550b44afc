package io.evpl;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;

import java.util.ArrayDeque;

/**
 * A segment of known length that arrives in several pieces. Large ones are kept by reference. Small ones are copied together:
 * a peer that sends its bytes one by one must not make us keep a receive buffer for each.
 */
final class SegmentAssembly {
    /** From here on a piece is kept as it is: it pins at most a receive buffer, and costs more to copy than to reference. */
    private static final int REFERENCED_BYTES = 4096;

    private final int bytes;
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    /** The last piece, if it is one of ours that takes more. */
    private ByteBuf gathered;
    private int present;

    /** @param bytes the whole length */
    SegmentAssembly(int bytes) {
        this.bytes = bytes;
    }

    /** Takes what belongs to this segment; {@code in} stays the caller's. @return whether the segment is complete */
    boolean add(ByteBuf in, ByteBufAllocator allocator) {
        int count = Math.min(in.readableBytes(), bytes - present);
        present += count;
        if (count >= REFERENCED_BYTES) {
            pieces.add(in.readRetainedSlice(count));
            gathered = null;
        } else {
            gather(in, count, allocator);
        }
        return present == bytes;
    }

    private void gather(ByteBuf in, int count, ByteBufAllocator allocator) {
        int rest = count;
        while (rest > 0) {
            if (gathered == null || !gathered.isWritable()) {
                gathered = allocator.buffer(REFERENCED_BYTES, REFERENCED_BYTES);
                pieces.add(gathered);
            }
            int some = Math.min(rest, gathered.writableBytes());
            gathered.writeBytes(in, some);
            rest -= some;
        }
    }

    /** @return all that was added, the caller's; this object is done with */
    ByteBuf finish(ByteBufAllocator allocator) {
        if (pieces.size() == 1) {
            return pieces.poll();
        }
        CompositeByteBuf segment = allocator.compositeBuffer(Math.max(2, pieces.size()));
        for (ByteBuf piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            segment.addComponent(true, piece);
        }
        return segment;
    }
}
