package io.evpl.xdr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class XdrRunTimeTest {
    private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private final XdrEncoder out = new XdrEncoder();
    private final XdrDecoder in = new XdrDecoder();

    /** Bytes by RFC 4506, section by section of its chapter 4. */
    @Test
    void scalarsAreBigEndianWords() {
        assertEquals("ffffffff", written(o -> XdrCodec.INT.encode(o, -1)));
        assertEquals("fffffffffffffffe", written(o -> XdrCodec.HYPER.encode(o, -2L)));
        assertEquals("3f800000", written(o -> XdrCodec.FLOAT.encode(o, 1f)));
        assertEquals("8000000000000000", written(o -> XdrCodec.DOUBLE.encode(o, -0.0)));
        assertEquals("00000001", written(o -> XdrCodec.BOOL.encode(o, true)));
        assertEquals("00000000000000010000000000000002", written(o -> XdrCodec.QUADRUPLE.encode(o, new Quadruple(1, 2))));
        assertEquals("", written(o -> XdrCodec.VOID.encode(o, null)));
    }

    @Test
    void opaqueAndStringArePaddedWithZeros() {
        assertEquals("0000000561626364" + "65000000", written(o -> o.writeString("abcde", 5, "x")));
        assertEquals("00000002c3a90000", written(o -> o.writeString("\u00e9", 5, "x")));
        assertEquals("00000000", written(o -> o.writeOpaque(new byte[0], 5, "x")));
        assertEquals("01020300", written(o -> o.writeFixedOpaque(new byte[] {1, 2, 3}, 3, "x")));
    }

    @Test
    void eachLengthComesBackFromEachKindOfBuffer() {
        for (int length : new int[] {0, 1, 3, 4, 8, 511, 512, 1000, 1023, 1024, 1025, 4095, 4096, 4097, 70_000}) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) ('a' + i % 26);
            }
            String text = new String(bytes, StandardCharsets.US_ASCII);
            start();
            out.writeInt(7);
            out.writeOpaque(bytes, length, "opaque");
            out.writeString(text, length, "string");
            ByteBuf own = ALLOCATOR.buffer().writeBytes(bytes);
            out.writeBuffer(own, length, "buffer");
            assertEquals(length < XdrEncoder.COPIED_BYTES, own.release());
            out.writeInt(8);
            ByteBuf message = out.finish();
            for (ByteBuf each : List.of(message.retain(), Unpooled.copiedBuffer(message),
                    Unpooled.wrappedBuffer(message.copy(0, 9), message.retainedSlice(9, message.readableBytes() - 9)))) {
                in.start(each);
                assertEquals(7, in.readInt("x"));
                assertArrayEquals(bytes, in.readOpaque(length, "opaque"));
                assertEquals(text, in.readString(length, "string"));
                ByteBuf slice = in.readBuffer(length, "buffer");
                assertEquals(8, in.readInt("x"));
                in.end();
                assertEquals(Unpooled.wrappedBuffer(bytes), slice);
                slice.release();
                each.release();
            }
            message.release();
            assertEquals(0, message.refCnt());
        }
    }

    @Test
    void largeBufferIsNotCopied() {
        ByteBuf payload = ALLOCATOR.directBuffer().writeZero(100_001);
        start();
        out.reserve(4);
        out.writeBuffer(payload, 200_000, "payload");
        out.writeInt(9);
        assertEquals(4 + 4 + 100_004 + 4, out.writtenBytes());
        ByteBuf message = out.finish();
        assertTrue(message instanceof CompositeByteBuf);
        message.setInt(0, 0x8000_0000 | message.readableBytes() - 4);
        assertEquals(2, payload.refCnt());
        payload.setByte(0, 77);
        assertEquals(77, message.getByte(8));
        message.release();
        assertEquals(1, payload.refCnt());
        payload.release();
    }

    @Test
    void arraysComeBackAcrossTheEndOfTheWindow() {
        int[] ints = new int[3000];
        long[] longs = new long[3000];
        float[] floats = new float[3000];
        double[] doubles = new double[3000];
        boolean[] booleans = new boolean[3000];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = i * 0x01010101;
            longs[i] = i * 0x0101010101010101L;
            floats[i] = i / 3f;
            doubles[i] = i / 3.0;
            booleans[i] = i % 3 == 0;
        }
        start();
        out.writeInts(ints, 3000, "i");
        out.writeFixedInts(ints, 3000, "i");
        out.writeLongs(longs, 3000, "l");
        out.writeFixedLongs(longs, 3000, "l");
        out.writeFloats(floats, 3000, "f");
        out.writeFixedFloats(floats, 3000, "f");
        out.writeDoubles(doubles, 3000, "d");
        out.writeFixedDoubles(doubles, 3000, "d");
        out.writeBooleans(booleans, 3000, "b");
        out.writeFixedBooleans(booleans, 3000, "b");
        ByteBuf message = out.finish();
        in.start(message);
        assertArrayEquals(ints, in.readInts(3000, "i"));
        assertArrayEquals(ints, in.readFixedInts(3000, "i"));
        assertArrayEquals(longs, in.readLongs(3000, "l"));
        assertArrayEquals(longs, in.readFixedLongs(3000, "l"));
        assertArrayEquals(floats, in.readFloats(3000, "f"));
        assertArrayEquals(floats, in.readFixedFloats(3000, "f"));
        assertArrayEquals(doubles, in.readDoubles(3000, "d"));
        assertArrayEquals(doubles, in.readFixedDoubles(3000, "d"));
        assertArrayEquals(booleans, in.readBooleans(3000, "b"));
        assertArrayEquals(booleans, in.readFixedBooleans(3000, "b"));
        in.end();
        message.release();
    }

    @Test
    void lengthsAreNotBelieved_RS22_RS23_RS27() {
        assertRefused("ffffffff", d -> d.readString(0xFFFF_FFFFL, "x"),
                "x: 4294967296 bytes needed, but 0 are left (byte 4)");
        assertRefused("00001000", d -> d.readOpaque(0xFFFF_FFFFL, "x"), "x: 4096 bytes needed, but 0 are left (byte 4)");
        assertRefused("40000000", d -> d.readInts(0xFFFF_FFFFL, "x"),
                "x: 1073741824 elements of at least 4 bytes, but 0 bytes are left (byte 4)");
        assertRefused("ffffffff00000000", d -> d.readCount(0xFFFF_FFFFL, 0, "x"),
                "x: 4294967295 elements of at least 0 bytes, but 4 bytes are left (byte 4)");
        assertRefused("000001", d -> d.readInt("x"), "x: 4 bytes needed, but 3 are left (byte 0)");
    }

    @Test
    void boundsHoldWhenReading_RS24_RS25_RS26_RS29() {
        assertRefused("00000009" + "00".repeat(12), d -> d.readString(8, "x"), "x: 9 bytes, at most 8 allowed (byte 4)");
        assertRefused("00000009" + "00".repeat(12), d -> d.readOpaque(8, "x"), "x: 9 bytes, at most 8 allowed (byte 4)");
        assertRefused("00000009" + "00".repeat(12), d -> d.readBuffer(8, "x"), "x: 9 bytes, at most 8 allowed (byte 4)");
        assertRefused("00000009" + "00".repeat(36), d -> d.readInts(8, "x"), "x: 9 elements, at most 8 allowed (byte 4)");
        assertRefused("00000002", d -> d.readBoolean("x"), "x: a bool is 0 or 1, not 2 (byte 4)");
        assertRefused("00000001ff000000", d -> d.readString(8, "x"), "x: not UTF-8 (byte 4)");
    }

    @Test
    void boundsHoldWhenWriting() {
        assertVoid(o -> o.writeString("123456789", 8, "x"), "x: 9 bytes, at most 8 allowed");
        assertVoid(o -> o.writeString("\u00e9\u00e9\u00e9", 5, "x"), "x: 6 bytes, at most 5 allowed");
        assertVoid(o -> o.writeString("ab\ud800", 5, "x"), "x: half of a surrogate pair at character 2");
        assertVoid(o -> o.writeString(null, 5, "x"), "x: null, but it is not optional");
        assertVoid(o -> o.writeOpaque(new byte[9], 8, "x"), "x: 9 bytes, at most 8 allowed");
        assertVoid(o -> o.writeFixedOpaque(new byte[9], 8, "x"), "x: 9 bytes instead of 8");
        assertVoid(o -> o.writeInts(new int[9], 8, "x"), "x: 9 elements, at most 8 allowed");
        assertVoid(o -> o.writeFixedInts(new int[9], 8, "x"), "x: 9 elements instead of 8");
        assertVoid(o -> XdrCodec.INT.encode(o, null), "int: null, but it is not optional");
    }

    @Test
    void replacementCharacterThatWasThereIsNoFault() {
        start();
        out.writeString("a\ufffdb", 10, "x");
        ByteBuf message = out.finish();
        in.start(message);
        assertEquals("a\ufffdb", in.readString(10, "x"));
        in.end();
        message.release();
    }

    @Test
    void paddingOtherThanZeroIsReadUnlessStrict() {
        assertEquals("a", read("0000000161000001", d -> d.readString(1, "x")));
        in.strictPadding(true);
        assertRefused("0000000161000001", d -> d.readString(1, "x"), "x: padding of 1 instead of 0 (byte 8)");
    }

    @Test
    void failureGivesBackTheSlicesOfTheMessage() {
        ByteBuf message = ALLOCATOR.directBuffer().writeInt(4).writeInt(7).writeInt(1).writeInt(1).writeInt(7);
        in.start(message);
        ByteBuf first = in.readBuffer(8, "first");
        in.readBoolean("x");
        assertEquals(2, message.refCnt());
        assertThrows(XdrException.class, () -> in.readBuffer(0, "second"));
        assertEquals(1, message.refCnt());
        assertEquals(0, first.refCnt());
        message.release();
    }

    @Test
    void bytesThatAreLeftAreRefused_RS20() {
        ByteBuf message = Unpooled.buffer().writeInt(1).writeInt(2);
        in.start(message);
        in.readInt("x");
        assertEquals("4 bytes are left (byte 4)", assertThrows(XdrException.class, in::end).getMessage());
    }

    @Test
    void optionalIsNullOrThere() {
        XdrCodec<Integer> optional = XdrCodec.optional(XdrCodec.INT);
        assertEquals("00000000", written(o -> optional.encode(o, null)));
        assertEquals("0000000100000005", written(o -> optional.encode(o, 5)));
        assertNull(read("00000000", optional::decode));
        assertEquals(5, read("0000000100000005", optional::decode));
    }

    @Test
    void contentIsComparedThroughLists() {
        assertTrue(XdrContent.equal(List.of(new byte[] {1}), List.of(new byte[] {1})));
        assertFalse(XdrContent.equal(List.of(new byte[] {1}), List.of(new byte[] {2})));
        assertEquals(XdrContent.hash(List.of(new byte[] {1})), XdrContent.hash(List.of(new byte[] {1})));
        assertEquals("[01ff]", XdrContent.toString(List.of(new byte[] {1, -1})));
        assertEquals("[1, 2]", XdrContent.toString(new int[] {1, 2}));
    }

    private void start() {
        out.start(ALLOCATOR);
    }

    private String written(Consumer<XdrEncoder> writer) {
        start();
        writer.accept(out);
        ByteBuf message = out.finish();
        String hex = ByteBufUtil.hexDump(message);
        message.release();
        return hex;
    }

    private <T> T read(String hex, Function<XdrDecoder, T> reader) {
        ByteBuf message = ALLOCATOR.directBuffer().writeBytes(ByteBufUtil.decodeHexDump(hex));
        try {
            in.start(message);
            T value = reader.apply(in);
            in.end();
            return value;
        } finally {
            message.release();
            assertEquals(0, message.refCnt());
        }
    }

    private void assertRefused(String hex, Function<XdrDecoder, ?> reader, String expected) {
        assertEquals(expected, assertThrows(XdrException.class, () -> read(hex, reader)).getMessage());
    }

    private void assertVoid(Consumer<XdrEncoder> writer, String expected) {
        start();
        ByteBuf payload = ALLOCATOR.buffer().writeZero(1000);
        out.writeBuffer(payload, 1000, "payload");
        assertEquals(2, payload.refCnt());
        assertEquals(expected, assertThrows(XdrException.class, () -> writer.accept(out)).getMessage());
        assertEquals(1, payload.refCnt());
        payload.release();
    }
}
