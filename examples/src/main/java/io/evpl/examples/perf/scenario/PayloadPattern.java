package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * The bytes every connection carries: byte {@code p} of a stream depends on {@code p} and on the connection's key, so lost,
 * repeated, reordered and swapped data all show. Senders send slices of one table and copy nothing; receivers compare words.
 */
public final class PayloadPattern {
    /** Prime, so that neither a lost power of two nor a lost buffer is a whole number of periods. */
    static final int PERIOD_BYTES = 65_521;
    /** Longest run that is contiguous from any position. 64 KiB: Netty's own largest receive guess. */
    public static final int MAX_RUN_BYTES = 65_536;
    /** Coprime to the period, so that up to PERIOD_BYTES connections have keys of their own. */
    private static final long KEY_STEP_BYTES = 28_657;
    /** Below this a loop over longs is cheaper than a view as ByteBuffer, whose mismatch() is vectorised. */
    private static final int VECTOR_MIN_BYTES = 256;

    private static final ByteBuf TABLE = table();
    private static final ByteBuffer TABLE_VIEW = TABLE.nioBuffer().asReadOnlyBuffer();

    private PayloadPattern() { }

    public static long keyOf(int connectionIndex) {
        return connectionIndex * KEY_STEP_BYTES % PERIOD_BYTES;
    }

    /** The pattern from {@code position} on, {@code bytes} &le; {@link #MAX_RUN_BYTES}. The caller owns one reference. */
    public static ByteBuf slice(long position, int bytes) {
        return TABLE.retainedSlice((int) (position % PERIOD_BYTES), bytes);
    }

    /** Appends a copy of the pattern, {@code bytes} &le; {@link #MAX_RUN_BYTES}. */
    public static void write(ByteBuf to, long position, int bytes) {
        to.writeBytes(TABLE, (int) (position % PERIOD_BYTES), bytes);
    }

    /**
     * Compares the readable bytes with the pattern, moving no index.
     *
     * @return offset of the first wrong byte, counted from the reader index; -1 if all are right
     */
    public static int mismatch(ByteBuf received, long position) {
        return mismatch(received, received.readerIndex(), received.readableBytes(), position);
    }

    /** The same for {@code bytes} from {@code index} on; the offset counts from there. */
    static int mismatch(ByteBuf received, int index, int bytes, long position) {
        int offset = 0;
        while (offset < bytes) {
            int run = Math.min(bytes - offset, MAX_RUN_BYTES);
            int wrong = runMismatch(received, index + offset, (int) ((position + offset) % PERIOD_BYTES), run);
            if (wrong >= 0) {
                return offset + wrong;
            }
            offset += run;
        }
        return -1;
    }

    private static int runMismatch(ByteBuf received, int index, int tableIndex, int bytes) {
        if (bytes >= VECTOR_MIN_BYTES && received.nioBufferCount() == 1) {
            return received.internalNioBuffer(index, bytes).mismatch(TABLE_VIEW.slice(tableIndex, bytes));
        }
        if (ByteBufUtil.equals(received, index, TABLE, tableIndex, bytes)) {
            return -1;
        }
        int offset = 0;
        while (received.getByte(index + offset) == TABLE.getByte(tableIndex + offset)) {
            offset++;
        }
        return offset;
    }

    private static ByteBuf table() {
        ByteBuf table = Unpooled.directBuffer(PERIOD_BYTES + MAX_RUN_BYTES);
        // xorshift64: any fixed noise does, as long as both sides compute the same.
        long noise = 0x9E37_79B9_7F4A_7C15L;
        for (int i = 0; i < PERIOD_BYTES; i++) {
            noise ^= noise << 13;
            noise ^= noise >>> 7;
            noise ^= noise << 17;
            table.writeByte((int) (noise >>> 32));
        }
        while (table.isWritable()) {
            table.writeByte(table.getByte(table.writerIndex() - PERIOD_BYTES));
        }
        return table;
    }
}
