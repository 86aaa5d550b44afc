package io.evpl.xdr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** What every codec must do with every value. One encoder and one decoder serve all checks, as they do on a loop. */
final class CodecCheck {
    private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** What an exception with its message takes, and an object of each kind before its fields are looked at. */
    private static final int FIXED_BYTES = 8 << 10;
    /** Objects are larger than what they say on the wire: a linked list's element of 4 bytes is one of 16, in a list. */
    private static final int BYTES_PER_WIRE_BYTE = 24;

    private final XdrEncoder out = new XdrEncoder();
    private final XdrDecoder in = new XdrDecoder();

    byte[] encoded(XdrCodec<?> codec, Object value) {
        ByteBuf message = message(codec, value);
        byte[] bytes = new byte[message.readableBytes()];
        message.readBytes(bytes);
        message.release();
        return bytes;
    }

    private <T> ByteBuf message(XdrCodec<T> codec, Object value) {
        @SuppressWarnings("unchecked")
        T typed = (T) value;
        out.start(ALLOCATOR);
        codec.encode(out, typed);
        return out.finish();
    }

    /** The value of bytes in one direct buffer; the caller releases it. */
    <T> T decoded(XdrCodec<T> codec, byte[] wire) {
        ByteBuf message = ALLOCATOR.directBuffer(Math.max(wire.length, 1)).writeBytes(wire);
        try {
            return decoded(codec, message);
        } finally {
            message.release();
        }
    }

    private <T> T decoded(XdrCodec<T> codec, ByteBuf message) {
        in.start(message);
        T value = codec.decode(in);
        in.end();
        return value;
    }

    String refusal(XdrCodec<?> codec, byte[] wire) {
        ByteBuf message = ALLOCATOR.directBuffer(Math.max(wire.length, 1)).writeBytes(wire);
        String text = assertThrows(XdrException.class, () -> decoded(codec, message)).getMessage();
        assertEquals(1, message.refCnt(), "a slice was not given back");
        message.release();
        return text;
    }

    String refusal(XdrCodec<?> codec, Object value) {
        return assertThrows(XdrException.class, () -> encoded(codec, value)).getMessage();
    }

    /** The same value comes back, whatever buffer its bytes are in and wherever that is cut. */
    <T> void roundTrip(XdrCodec<T> codec, T value) {
        byte[] wire = encoded(codec, value);
        for (int cut = 0; cut <= wire.length; cut += Math.max(1, wire.length / 500)) {
            CompositeByteBuf message = Unpooled.compositeBuffer()
                    .addComponent(true, ALLOCATOR.directBuffer(Math.max(cut, 1)).writeBytes(wire, 0, cut))
                    .addComponent(true, ALLOCATOR.heapBuffer(Math.max(wire.length - cut, 1)).writeBytes(wire, cut, wire.length - cut));
            T copy = decoded(codec, message);
            assertEquals(value, copy);
            assertEquals(value.hashCode(), copy.hashCode());
            // A buffer says how it is made, which differs between the two.
            if (!value.toString().contains("ByteBuf(")) {
                assertEquals(value.toString(), copy.toString());
            }
            codec.release(copy);
            assertEquals(1, message.refCnt());
            message.release();
        }
        exact(codec, wire);
    }

    /** Bytes that are a value are written again as they were; fewer or more are refused, at little cost. */
    void exact(XdrCodec<?> codec, byte[] wire) {
        rewritten(codec, wire);
        for (int length = 0; length < wire.length; length += length < 600 ? 1 : 97) {
            byte[] cut = Arrays.copyOf(wire, length);
            refusal(codec, cut);
            long allocated = allocatedByRefusal(codec, cut);
            assertTrue(allocated < FIXED_BYTES + (long) BYTES_PER_WIRE_BYTE * length, () -> allocated + " bytes for " + cut.length);
        }
        assertTrue(refusal(codec, Arrays.copyOf(wire, wire.length + 4)).startsWith("4 bytes are left"));
        assertTrue(wire.length >= codec.minBytes(), () -> wire.length + " < " + codec.minBytes());
    }

    /** Of bytes that were refused before, so that no class is loaded meanwhile; a heap buffer's slices are not tracked at length. */
    private long allocatedByRefusal(XdrCodec<?> codec, byte[] wire) {
        ByteBuf message = Unpooled.wrappedBuffer(wire);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            decoded(codec, message);
            throw new AssertionError("a value of " + wire.length + " bytes");
        } catch (XdrException expected) {
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        } finally {
            message.release();
        }
    }

    private <T> void rewritten(XdrCodec<T> codec, byte[] wire) {
        for (ByteBuf message : new ByteBuf[] {Unpooled.wrappedBuffer(wire), ALLOCATOR.directBuffer(Math.max(wire.length, 1)).writeBytes(wire)}) {
            T value = decoded(codec, message);
            assertArrayEquals(wire, encoded(codec, value));
            codec.release(value);
            assertEquals(1, message.refCnt());
            message.release();
        }
    }
}
