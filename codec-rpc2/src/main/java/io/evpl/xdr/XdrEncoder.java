package io.evpl.xdr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes values by RFC 4506. {@link #start}, then codecs, then {@link #finish}; then the next message. One thread at a time; one
 * encoder per event loop is enough, since a message is written in one go.
 *
 * <p>Fields go through an array, which the compiler of the JVM handles best, and from it into a buffer once: a message that fits
 * the array leaves in a buffer of exactly its size. Zero-copy buffers are not copied: {@code finish} then returns a composite.
 *
 * <p>The {@code what} of many methods is the field's name, for the message of an exception. Whatever throws an
 * {@link XdrException} has called {@link #abort} before.
 */
public final class XdrEncoder {
    /** Types within types, where they are recursive; more would be refused by a reader as careful as {@link XdrDecoder}. */
    public static final int DEFAULT_DEPTH = 64;
    /** The most that {@link #claim} grants: generated code has no longer run of fields. */
    public static final int MAX_RUN_BYTES = 1024;
    /** Most messages fit; the array stays with the encoder. */
    private static final int WINDOW_BYTES = 4096;
    /** A zero-copy buffer below this is copied nevertheless: one more component costs its reader more than that. */
    static final int COPIED_BYTES = 512;
    /** The largest first buffer of a long message, before it is known to become so long. */
    private static final int MAX_GUESS_BYTES = 1 << 20;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] window = new byte[WINDOW_BYTES];
    private final int maxDepth;
    private int at;
    private int depth;
    private ByteBufAllocator allocator;
    /** What came before the window, null while all of it is in the window. */
    private ByteBuf body;
    /** What came before the body, null until a zero-copy buffer comes. */
    private CompositeByteBuf parts;
    private int guessBytes = 2 * WINDOW_BYTES;

    public XdrEncoder() {
        this(DEFAULT_DEPTH);
    }

    /** @param maxDepth how deep a value of a recursive type may be */
    public XdrEncoder(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    // ---- a message --------------------------------------------------------------------------------------------------

    /** Begins a message; one that was begun and not finished is given up. */
    public void start(ByteBufAllocator allocator) {
        abort();
        this.allocator = allocator;
    }

    /** Leaves room that the caller fills in the finished buffer, such as a record mark. The bytes are 0 until then. */
    public void reserve(int bytes) {
        int from = claim(bytes);
        Arrays.fill(window, from, from + bytes, (byte) 0);
    }

    /** How many bytes the message has so far. */
    public int writtenBytes() {
        return at + (body == null ? 0 : body.readableBytes()) + (parts == null ? 0 : parts.readableBytes());
    }

    /** The message, which belongs to the caller. It is one buffer, or a composite if it has zero-copy buffers. */
    public ByteBuf finish() {
        depth = 0;
        if (parts == null) {
            return seal();
        }
        if (at > 0 || body != null) {
            parts.addComponent(true, seal());
        }
        CompositeByteBuf whole = parts;
        parts = null;
        return whole;
    }

    /** Gives the message up, and its memory back. Does nothing if none was begun. */
    public void abort() {
        at = 0;
        depth = 0;
        if (body != null) {
            body.release();
            body = null;
        }
        if (parts != null) {
            parts.release();
            parts = null;
        }
    }

    // ---- runs of fields whose size is fixed: one check for all -------------------------------------------------------

    /**
     * Room for the next bytes, which the caller fills with {@code put...} before it writes anything else.
     *
     * @param bytes at most {@link #MAX_RUN_BYTES}
     * @return where the first one is
     */
    public int claim(int bytes) {
        int from = at;
        if (bytes > WINDOW_BYTES - from) {
            spill();
            from = 0;
        }
        at = from + bytes;
        return from;
    }

    public void putInt(int at, int value) {
        INT.set(window, at, value);
    }

    public void putLong(int at, long value) {
        LONG.set(window, at, value);
    }

    public void putFloat(int at, float value) {
        INT.set(window, at, Float.floatToRawIntBits(value));
    }

    public void putDouble(int at, double value) {
        LONG.set(window, at, Double.doubleToRawLongBits(value));
    }

    public void putBoolean(int at, boolean value) {
        INT.set(window, at, value ? 1 : 0);
    }

    public void putQuadruple(int at, Quadruple value, String what) {
        present(value, what);
        LONG.set(window, at, value.high());
        LONG.set(window, at + 8, value.low());
    }

    /** {@code opaque x[sizeBytes]}, with its padding. */
    public void putFixedOpaque(int at, byte[] value, int sizeBytes, String what) {
        checkSize(value, sizeBytes, what);
        System.arraycopy(value, 0, window, at, sizeBytes);
        for (int i = at + sizeBytes; i < at + padded(sizeBytes); i++) {
            window[i] = 0;
        }
    }

    // ---- single fields ----------------------------------------------------------------------------------------------

    public void writeInt(int value) {
        putInt(claim(4), value);
    }

    public void writeLong(long value) {
        putLong(claim(8), value);
    }

    public void writeFloat(float value) {
        putFloat(claim(4), value);
    }

    public void writeDouble(double value) {
        putDouble(claim(8), value);
    }

    public void writeBoolean(boolean value) {
        putBoolean(claim(4), value);
    }

    public void writeQuadruple(Quadruple value, String what) {
        putQuadruple(claim(Quadruple.BYTES), value, what);
    }

    /** {@code opaque x[sizeBytes]}. */
    public void writeFixedOpaque(byte[] value, int sizeBytes, String what) {
        checkSize(value, sizeBytes, what);
        writePadded(value);
    }

    /** {@code opaque x<maxBytes>}. */
    public void writeOpaque(byte[] value, long maxBytes, String what) {
        present(value, what);
        checkBound(value.length, maxBytes, "bytes", what);
        writeInt(value.length);
        writePadded(value);
    }

    /** {@code opaque x<maxBytes>} from the readable bytes of a buffer, which is neither copied nor moved: the caller keeps it. */
    public void writeBuffer(ByteBuf value, long maxBytes, String what) {
        present(value, what);
        int bytes = value.readableBytes();
        checkBound(bytes, maxBytes, "bytes", what);
        writeInt(bytes);
        append(value);
        writePadding(bytes);
    }

    /** The readable bytes of a buffer as they are, without length and padding. The caller keeps its reference. */
    public void append(ByteBuf value) {
        int bytes = value.readableBytes();
        if (bytes < COPIED_BYTES) {
            value.getBytes(value.readerIndex(), window, claim(bytes), bytes);
            return;
        }
        if (parts == null) {
            parts = allocator.compositeBuffer(Integer.MAX_VALUE);
        }
        if (at > 0 || body != null) {
            parts.addComponent(true, seal());
        }
        parts.addComponent(true, value.retainedSlice());
    }

    /** {@code string x<maxBytes>}, UTF-8. */
    public void writeString(String value, long maxBytes, String what) {
        present(value, what);
        int length = value.length();
        if (length <= MAX_RUN_BYTES && writeAscii(value, length, maxBytes)) {
            return;
        }
        checkSurrogates(value, what);
        writeOpaque(value.getBytes(StandardCharsets.UTF_8), maxBytes, what);
    }

    /** False, with nothing written, if it is anything else or too long. */
    private boolean writeAscii(String value, int length, long maxBytes) {
        int start = claim(4 + padded(length));
        int to = start + 4;
        int seen = 0;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            seen |= c;
            window[to + i] = (byte) c;
        }
        if (seen >= 0x80 || length > maxBytes) {
            at = start;
            return false;
        }
        putInt(start, length);
        for (int i = to + length; i < at; i++) {
            window[i] = 0;
        }
        return true;
    }

    // ---- arrays -----------------------------------------------------------------------------------------------------

    /** {@code T x<maxCount>}. */
    public <T> void writeList(List<T> values, XdrCodec<T> element, long maxCount, String what) {
        present(values, what);
        int count = checkBound(values.size(), maxCount, "elements", what);
        writeInt(count);
        writeElements(values, element, count);
    }

    /** {@code T x[count]}. */
    public <T> void writeFixedList(List<T> values, XdrCodec<T> element, int count, String what) {
        present(values, what);
        checkCount(values.size(), count, what);
        writeElements(values, element, count);
    }

    private <T> void writeElements(List<T> values, XdrCodec<T> element, int count) {
        for (int i = 0; i < count; i++) {
            element.encode(this, values.get(i));
        }
    }

    /** {@code T *x}: null if absent. */
    public <T> void writeOptional(T value, XdrCodec<T> of) {
        writeBoolean(value != null);
        if (value != null) {
            of.encode(this, value);
        }
    }

    public void writeInts(int[] values, long maxCount, String what) {
        present(values, what);
        writeInt(checkBound(values.length, maxCount, "elements", what));
        writeFixedInts(values, values.length, what);
    }

    public void writeFixedInts(int[] values, int count, String what) {
        present(values, what);
        checkCount(values.length, count, what);
        for (int from = 0; from < count; ) {
            int end = from + chunk(count - from, 4);
            for (int to = claim(4 * (end - from)); from < end; from++, to += 4) {
                INT.set(window, to, values[from]);
            }
        }
    }

    public void writeLongs(long[] values, long maxCount, String what) {
        present(values, what);
        writeInt(checkBound(values.length, maxCount, "elements", what));
        writeFixedLongs(values, values.length, what);
    }

    public void writeFixedLongs(long[] values, int count, String what) {
        present(values, what);
        checkCount(values.length, count, what);
        for (int from = 0; from < count; ) {
            int end = from + chunk(count - from, 8);
            for (int to = claim(8 * (end - from)); from < end; from++, to += 8) {
                LONG.set(window, to, values[from]);
            }
        }
    }

    public void writeFloats(float[] values, long maxCount, String what) {
        present(values, what);
        writeInt(checkBound(values.length, maxCount, "elements", what));
        writeFixedFloats(values, values.length, what);
    }

    public void writeFixedFloats(float[] values, int count, String what) {
        present(values, what);
        checkCount(values.length, count, what);
        for (int from = 0; from < count; ) {
            int end = from + chunk(count - from, 4);
            for (int to = claim(4 * (end - from)); from < end; from++, to += 4) {
                putFloat(to, values[from]);
            }
        }
    }

    public void writeDoubles(double[] values, long maxCount, String what) {
        present(values, what);
        writeInt(checkBound(values.length, maxCount, "elements", what));
        writeFixedDoubles(values, values.length, what);
    }

    public void writeFixedDoubles(double[] values, int count, String what) {
        present(values, what);
        checkCount(values.length, count, what);
        for (int from = 0; from < count; ) {
            int end = from + chunk(count - from, 8);
            for (int to = claim(8 * (end - from)); from < end; from++, to += 8) {
                putDouble(to, values[from]);
            }
        }
    }

    public void writeBooleans(boolean[] values, long maxCount, String what) {
        present(values, what);
        writeInt(checkBound(values.length, maxCount, "elements", what));
        writeFixedBooleans(values, values.length, what);
    }

    public void writeFixedBooleans(boolean[] values, int count, String what) {
        present(values, what);
        checkCount(values.length, count, what);
        for (int from = 0; from < count; ) {
            int end = from + chunk(count - from, 4);
            for (int to = claim(4 * (end - from)); from < end; from++, to += 4) {
                putBoolean(to, values[from]);
            }
        }
    }

    /** How many elements are written in one run. */
    private static int chunk(int left, int elementBytes) {
        return Math.min(left, MAX_RUN_BYTES / elementBytes);
    }

    // ---- checks -----------------------------------------------------------------------------------------------------

    /** Goes into a value of a recursive type; {@link #leave} comes out again. */
    public void enter(String what) {
        if (++depth > maxDepth) {
            throw failure(what + ": deeper than " + maxDepth + " values within each other");
        }
    }

    public void leave() {
        depth--;
    }

    /** Refuses null. */
    public void present(Object value, String what) {
        if (value == null) {
            throw failure(what + ": null, but it is not optional");
        }
    }

    /** Refuses a union's arm that says it is of a value which has another arm. The caller throws what is returned. */
    public XdrException misplaced(Object discriminant, String what) {
        return failure(what + ": " + discriminant + " has another arm");
    }

    /** Gives the message up. The caller throws what is returned. */
    public XdrException failure(String message) {
        abort();
        return XdrException.ofValue(message);
    }

    private int checkBound(int count, long max, String unit, String what) {
        if (count > max) {
            throw failure(what + ": " + count + " " + unit + ", at most " + max + " allowed");
        }
        return count;
    }

    private void checkCount(int has, int count, String what) {
        if (has != count) {
            throw failure(what + ": " + has + " elements instead of " + count);
        }
    }

    private void checkSize(byte[] value, int sizeBytes, String what) {
        present(value, what);
        if (value.length != sizeBytes) {
            throw failure(what + ": " + value.length + " bytes instead of " + sizeBytes);
        }
    }

    /** A surrogate alone has no UTF-8; {@link String#getBytes} would write a question mark. */
    private void checkSurrogates(String value, String what) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c) || i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw failure(what + ": half of a surrogate pair at character " + i);
                }
                i++;
            }
        }
    }

    // ---- bytes ------------------------------------------------------------------------------------------------------

    private void writePadded(byte[] value) {
        int bytes = value.length;
        if (bytes <= MAX_RUN_BYTES) {
            System.arraycopy(value, 0, window, claim(bytes), bytes);
        } else {
            spill();
            body.writeBytes(value);
        }
        writePadding(bytes);
    }

    private void writePadding(int bytes) {
        int end = padded(bytes) - bytes;
        for (int i = claim(end); end > 0; end--) {
            window[i++] = 0;
        }
    }

    private static int padded(int bytes) {
        return (bytes + 3) & ~3;
    }

    /** Moves the window's bytes into the body. */
    private void spill() {
        if (body == null) {
            body = allocator.ioBuffer(guessBytes);
        }
        body.writeBytes(window, 0, at);
        at = 0;
    }

    /** Body and window as one buffer. */
    private ByteBuf seal() {
        if (body == null) {
            ByteBuf exact = allocator.ioBuffer(at, Math.max(at, 1)).writeBytes(window, 0, at);
            at = 0;
            return exact;
        }
        spill();
        ByteBuf sealed = body;
        body = null;
        guessBytes = Math.clamp(sealed.readableBytes(), 2 * WINDOW_BYTES, MAX_GUESS_BYTES);
        return sealed;
    }
}
