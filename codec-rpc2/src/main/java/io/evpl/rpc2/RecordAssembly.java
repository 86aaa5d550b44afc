package io.evpl.rpc2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;

/**
 * A record that comes in pieces. Large pieces are held as slices of the buffers they came in; small ones are copied together, so that
 * neither many fragments nor many small reads make a long list, and no few bytes hold a whole receive buffer.
 */
final class RecordAssembly {
    /** From here on a piece is held, not copied. */
    static final int HELD_BYTES = 4096;
    /** More slices than this are not held; what comes then is copied. */
    static final int MAX_PARTS = 256;
    /** The first buffer for copies, if the record's end is not in sight. */
    private static final int FIRST_COPY_BYTES = 4096;
    /** The largest: memory is taken as bytes come, not as marks announce them. */
    private static final int MAX_COPY_BYTES = 256 << 10;

    private final ByteBufAllocator allocator;
    /** Whole parts, null while there is at most the copy. */
    private CompositeByteBuf parts;
    /** Where small pieces are copied to, behind the parts. */
    private ByteBuf copy;
    private int copyBytes = FIRST_COPY_BYTES;

    RecordAssembly(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    boolean isEmpty() {
        return parts == null && copy == null;
    }

    /**
     * Takes the next bytes of a buffer, which stays the caller's.
     *
     * @param expected how many bytes will come yet, these included, as far as known; memory is taken for them by and by
     */
    void add(ByteBuf in, int bytes, int expected) {
        if (bytes >= HELD_BYTES && (parts == null || parts.numComponents() < MAX_PARTS)) {
            seal();
            composite().addComponent(true, in.readRetainedSlice(bytes));
            return;
        }
        for (int left = bytes; left > 0; ) {
            if (copy != null && !copy.isWritable()) {
                seal();
            }
            if (copy == null) {
                int capacity = Math.max(left, Math.min(copyBytes, expected));
                copy = allocator.ioBuffer(capacity, capacity);
                copyBytes = Math.min(2 * copyBytes, MAX_COPY_BYTES);
            }
            int now = Math.min(left, copy.writableBytes());
            copy.writeBytes(in, now);
            left -= now;
            expected -= now;
        }
    }

    /** The record, which becomes the caller's; then the next one can begin. */
    ByteBuf finish() {
        ByteBuf whole;
        if (parts == null) {
            whole = copy;
            copy = null;
        } else {
            seal();
            whole = parts;
            parts = null;
        }
        copyBytes = FIRST_COPY_BYTES;
        return whole;
    }

    void discard() {
        if (!isEmpty()) {
            finish().release();
        }
    }

    private void seal() {
        if (copy != null) {
            composite().addComponent(true, copy);
            copy = null;
        }
    }

    private CompositeByteBuf composite() {
        if (parts == null) {
            parts = allocator.compositeBuffer(Integer.MAX_VALUE);
        }
        return parts;
    }
}
