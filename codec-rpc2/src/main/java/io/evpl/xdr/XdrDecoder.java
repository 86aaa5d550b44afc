package io.evpl.xdr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Reads values by RFC 4506. {@link #start}, then codecs, then {@link #end}; then the next message. One thread at a time; one
 * decoder per event loop is enough, since a message is read in one go.
 *
 * <p>The message may be any buffer, a composite too: it is read through an array that holds its next bytes, or in place if its own
 * array is at hand. No length or count of the message is believed: what it announces must be there before memory is taken for it.
 *
 * <p>Zero-copy buffers are retained slices of the message and belong to whoever decodes. Whatever throws an {@link XdrException}
 * has given back those handed out since {@code start}.
 */
public final class XdrDecoder {
    /** The array stays with the decoder. */
    private static final int WINDOW_BYTES = 4096;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] NO_BYTES = {};

    private final byte[] ownWindow = new byte[WINDOW_BYTES];
    private final int maxDepth;
    private boolean strictPadding;
    private int depth;

    /** Bytes {@code at} to {@code limit} are the message's next. */
    private byte[] window = ownWindow;
    private int at;
    private int limit;
    private ByteBuf message;
    private int messageStart;
    /** Index in the message of the byte that follows the window's last. */
    private int next;
    private int messageEnd;

    /** Slices that were handed out, to be given back if decoding fails. */
    private ByteBuf[] handedOut = new ByteBuf[8];
    private int handedOutCount;

    public XdrDecoder() {
        this(XdrEncoder.DEFAULT_DEPTH);
    }

    /** @param maxDepth how deep a value of a recursive type may be */
    public XdrDecoder(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    /** Whether padding other than 0 is refused. It is not by default: RFC 4506 wants it 0 and says nothing of who reads it. */
    public XdrDecoder strictPadding(boolean strict) {
        strictPadding = strict;
        return this;
    }

    // ---- a message --------------------------------------------------------------------------------------------------

    /**
     * Begins with the readable bytes of a message. It stays the caller's, must not change until {@link #end}, and its indexes
     * are not moved.
     */
    public void start(ByteBuf message) {
        this.message = message;
        messageStart = message.readerIndex();
        messageEnd = message.writerIndex();
        handedOutCount = 0;
        depth = 0;
        if (message.hasArray()) {
            window = message.array();
            at = message.arrayOffset() + messageStart;
            limit = at + message.readableBytes();
            next = messageEnd;
        } else {
            window = ownWindow;
            at = 0;
            limit = 0;
            next = messageStart;
        }
    }

    /** @throws XdrException bytes are left */
    public void end() {
        if (remaining() > 0) {
            throw failure(remaining() + " bytes are left");
        }
        stop();
    }

    /** Stops reading where it is; slices that were handed out stay handed out. */
    public void stop() {
        forget();
        handedOutCount = 0;
        message = null;
        window = ownWindow;
        at = limit = next = messageStart = messageEnd = 0;
    }

    /** Gives back every slice handed out since {@link #start}, and stops. */
    public void abort() {
        for (int i = 0; i < handedOutCount; i++) {
            handedOut[i].release();
        }
        stop();
    }

    private void forget() {
        Arrays.fill(handedOut, 0, handedOutCount, null);
    }

    public int remaining() {
        return limit - at + messageEnd - next;
    }

    /** How many bytes of the message have been read. */
    public int position() {
        return messageEnd - messageStart - remaining();
    }

    /** All that remains, as a slice that belongs to the caller also if reading fails later; empty buffers need no release. */
    public ByteBuf rest() {
        int bytes = remaining();
        ByteBuf slice = bytes == 0 ? Unpooled.EMPTY_BUFFER : message.retainedSlice(messageEnd - bytes, bytes);
        skip(bytes);
        return slice;
    }

    // ---- runs of fields whose size is fixed: one check for all -------------------------------------------------------

    /**
     * The next bytes, which the caller reads with {@code get...} before it reads anything else.
     *
     * @param bytes at most {@link XdrEncoder#MAX_RUN_BYTES}
     * @return where the first one is
     */
    public int take(int bytes, String what) {
        int from = at;
        if (bytes > limit - from) {
            refill(bytes, what);
            from = at;
        }
        at = from + bytes;
        return from;
    }

    public int getInt(int at) {
        return (int) INT.get(window, at);
    }

    public long getLong(int at) {
        return (long) LONG.get(window, at);
    }

    public float getFloat(int at) {
        return Float.intBitsToFloat(getInt(at));
    }

    public double getDouble(int at) {
        return Double.longBitsToDouble(getLong(at));
    }

    public boolean getBoolean(int at, String what) {
        int value = getInt(at);
        if ((value & ~1) != 0) {
            throw failure(what + ": a bool is 0 or 1, not " + value);
        }
        return value == 1;
    }

    public Quadruple getQuadruple(int at) {
        return new Quadruple(getLong(at), getLong(at + 8));
    }

    /** {@code opaque x[sizeBytes]}, behind which its padding is. */
    public byte[] getFixedOpaque(int at, int sizeBytes, String what) {
        checkPadding(at + sizeBytes, padding(sizeBytes), what);
        return Arrays.copyOfRange(window, at, at + sizeBytes);
    }

    // ---- single fields ----------------------------------------------------------------------------------------------

    public int readInt(String what) {
        return getInt(take(4, what));
    }

    public long readLong(String what) {
        return getLong(take(8, what));
    }

    public float readFloat(String what) {
        return getFloat(take(4, what));
    }

    public double readDouble(String what) {
        return getDouble(take(8, what));
    }

    public boolean readBoolean(String what) {
        return getBoolean(take(4, what), what);
    }

    public Quadruple readQuadruple(String what) {
        return getQuadruple(take(Quadruple.BYTES, what));
    }

    /** {@code opaque x[sizeBytes]}. */
    public byte[] readFixedOpaque(int sizeBytes, String what) {
        require((long) sizeBytes + padding(sizeBytes), what);
        return readPadded(sizeBytes, what);
    }

    /** {@code opaque x<maxBytes>}. */
    public byte[] readOpaque(long maxBytes, String what) {
        return readPadded(readLength(maxBytes, what), what);
    }

    /** {@code opaque x<maxBytes>} as a slice of the message, which belongs to the caller; an empty one needs no release. */
    public ByteBuf readBuffer(long maxBytes, String what) {
        int bytes = readLength(maxBytes, what);
        ByteBuf slice = Unpooled.EMPTY_BUFFER;
        if (bytes > 0) {
            slice = message.retainedSlice(messageEnd - remaining(), bytes);
            handOut(slice);
            skip(bytes);
            skipPadding(bytes, what);
        }
        return slice;
    }

    /** {@code string x<maxBytes>}, which must be UTF-8. */
    public String readString(long maxBytes, String what) {
        int bytes = readLength(maxBytes, what);
        if (bytes > limit - at && bytes <= WINDOW_BYTES) {
            refill(bytes, what);
        }
        String string;
        if (bytes <= limit - at) {
            string = text(window, at, bytes, what);
            at += bytes;
        } else {
            byte[] copy = new byte[bytes];
            readInto(copy);
            string = text(copy, 0, bytes, what);
        }
        skipPadding(bytes, what);
        return string;
    }

    // ---- arrays -----------------------------------------------------------------------------------------------------

    /**
     * The count of an array whose elements the caller then reads.
     *
     * @param elementBytes the fewest that an element has; one of no bytes is counted as one byte, lest a count be free
     */
    public int readCount(long maxCount, int elementBytes, String what) {
        long count = readInt(what) & 0xFFFF_FFFFL;
        if (count > maxCount) {
            throw failure(what + ": " + count + " elements, at most " + maxCount + " allowed");
        }
        require(count, elementBytes, what);
        return (int) count;
    }

    /** Checks that so many elements can be in what remains, before memory is taken for them. */
    public void require(long count, int elementBytes, String what) {
        int remaining = remaining();
        if (count * Math.max(elementBytes, 1) > remaining) {
            throw failure(what + ": " + count + " elements of at least " + elementBytes + " bytes, but " + remaining + " bytes are left");
        }
    }

    /** {@code T x<maxCount>}; cannot be changed. */
    public <T> List<T> readList(XdrCodec<T> element, long maxCount, String what) {
        return readElements(element, readCount(maxCount, element.minBytes(), what));
    }

    /** {@code T x[count]}; cannot be changed. */
    public <T> List<T> readFixedList(XdrCodec<T> element, int count, String what) {
        require(count, element.minBytes(), what);
        return readElements(element, count);
    }

    private <T> List<T> readElements(XdrCodec<T> element, int count) {
        if (count == 0) {
            return List.of();
        }
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(element.decode(this));
        }
        return Collections.unmodifiableList(values);
    }

    /** {@code T *x}: null if absent. */
    public <T> T readOptional(XdrCodec<T> of, String what) {
        return readBoolean(what) ? of.decode(this) : null;
    }

    public int[] readInts(long maxCount, String what) {
        return takeInts(readCount(maxCount, 4, what), what);
    }

    public int[] readFixedInts(int count, String what) {
        require(count, 4, what);
        return takeInts(count, what);
    }

    private int[] takeInts(int count, String what) {
        int[] values = new int[count];
        for (int to = 0; to < count; ) {
            int end = to + chunk(count - to, 4, what);
            for (int from = take(4 * (end - to), what); to < end; to++, from += 4) {
                values[to] = getInt(from);
            }
        }
        return values;
    }

    public long[] readLongs(long maxCount, String what) {
        return takeLongs(readCount(maxCount, 8, what), what);
    }

    public long[] readFixedLongs(int count, String what) {
        require(count, 8, what);
        return takeLongs(count, what);
    }

    private long[] takeLongs(int count, String what) {
        long[] values = new long[count];
        for (int to = 0; to < count; ) {
            int end = to + chunk(count - to, 8, what);
            for (int from = take(8 * (end - to), what); to < end; to++, from += 8) {
                values[to] = getLong(from);
            }
        }
        return values;
    }

    public float[] readFloats(long maxCount, String what) {
        return takeFloats(readCount(maxCount, 4, what), what);
    }

    public float[] readFixedFloats(int count, String what) {
        require(count, 4, what);
        return takeFloats(count, what);
    }

    private float[] takeFloats(int count, String what) {
        float[] values = new float[count];
        for (int to = 0; to < count; ) {
            int end = to + chunk(count - to, 4, what);
            for (int from = take(4 * (end - to), what); to < end; to++, from += 4) {
                values[to] = getFloat(from);
            }
        }
        return values;
    }

    public double[] readDoubles(long maxCount, String what) {
        return takeDoubles(readCount(maxCount, 8, what), what);
    }

    public double[] readFixedDoubles(int count, String what) {
        require(count, 8, what);
        return takeDoubles(count, what);
    }

    private double[] takeDoubles(int count, String what) {
        double[] values = new double[count];
        for (int to = 0; to < count; ) {
            int end = to + chunk(count - to, 8, what);
            for (int from = take(8 * (end - to), what); to < end; to++, from += 8) {
                values[to] = getDouble(from);
            }
        }
        return values;
    }

    public boolean[] readBooleans(long maxCount, String what) {
        return takeBooleans(readCount(maxCount, 4, what), what);
    }

    public boolean[] readFixedBooleans(int count, String what) {
        require(count, 4, what);
        return takeBooleans(count, what);
    }

    private boolean[] takeBooleans(int count, String what) {
        boolean[] values = new boolean[count];
        for (int to = 0; to < count; ) {
            int end = to + chunk(count - to, 4, what);
            for (int from = take(4 * (end - to), what); to < end; to++, from += 4) {
                values[to] = getBoolean(from, what);
            }
        }
        return values;
    }

    /** How many elements are read in one run: as many as the window has, at least one. */
    private int chunk(int left, int elementBytes, String what) {
        if (limit - at < elementBytes) {
            refill(elementBytes, what);
        }
        return Math.min(left, (limit - at) / elementBytes);
    }

    // ---- failures ---------------------------------------------------------------------------------------------------

    /** Goes into a value of a recursive type; {@link #leave} comes out again. */
    public void enter(String what) {
        if (++depth > maxDepth) {
            throw failure(what + ": deeper than " + maxDepth + " values within each other");
        }
    }

    public void leave() {
        depth--;
    }

    /** Refuses the value of an enum or a discriminant that nothing stands for. The caller throws what is returned. */
    public XdrException undeclared(int value, String what) {
        return failure(what + ": " + value + " is none of its values");
    }

    /** Gives back what was handed out. The caller throws what is returned. */
    public XdrException failure(String message) {
        int position = position();
        abort();
        return XdrException.ofBytes(message + " (byte " + position + ")");
    }

    private void require(long bytes, String what) {
        int remaining = remaining();
        if (bytes > remaining) {
            throw failure(what + ": " + bytes + " bytes needed, but " + remaining + " are left");
        }
    }

    private int readLength(long maxBytes, String what) {
        long bytes = readInt(what) & 0xFFFF_FFFFL;
        if (bytes > maxBytes) {
            throw failure(what + ": " + bytes + " bytes, at most " + maxBytes + " allowed");
        }
        require((bytes + 3) & ~3L, what);
        return (int) bytes;
    }

    // ---- bytes ------------------------------------------------------------------------------------------------------

    /** So many bytes in one piece within the window, which is at least that long. */
    private void refill(int bytes, String what) {
        require(bytes, what);
        int kept = limit - at;
        System.arraycopy(window, at, window, 0, kept);
        int more = Math.min(messageEnd - next, WINDOW_BYTES - kept);
        message.getBytes(next, window, kept, more);
        next += more;
        at = 0;
        limit = kept + more;
    }

    private byte[] readPadded(int bytes, String what) {
        if (bytes == 0) {
            return NO_BYTES;
        }
        byte[] value = new byte[bytes];
        readInto(value);
        skipPadding(bytes, what);
        return value;
    }

    /** What is not in the window is not taken through it. */
    private void readInto(byte[] target) {
        int here = Math.min(target.length, limit - at);
        System.arraycopy(window, at, target, 0, here);
        at += here;
        int beyond = target.length - here;
        if (beyond > 0) {
            message.getBytes(next, target, here, beyond);
            next += beyond;
        }
    }

    private void skip(int bytes) {
        int here = Math.min(bytes, limit - at);
        at += here;
        next += bytes - here;
    }

    private void skipPadding(int bytes, String what) {
        int padding = padding(bytes);
        if (padding > 0) {
            checkPadding(take(padding, what), padding, what);
        }
    }

    private void checkPadding(int from, int bytes, String what) {
        if (strictPadding) {
            for (int i = from; i < from + bytes; i++) {
                if (window[i] != 0) {
                    throw failure(what + ": padding of " + (window[i] & 0xFF) + " instead of 0");
                }
            }
        }
    }

    private static int padding(int bytes) {
        return -bytes & 3;
    }

    private void handOut(ByteBuf slice) {
        if (handedOutCount == handedOut.length) {
            handedOut = Arrays.copyOf(handedOut, 2 * handedOutCount);
        }
        handedOut[handedOutCount++] = slice;
    }

    private String text(byte[] bytes, int from, int length, String what) {
        String string = new String(bytes, from, length, StandardCharsets.UTF_8);
        // What is malformed becomes U+FFFD, which may also have been there; a string of Latin letters has none, and knows it.
        if (string.indexOf('\uFFFD') >= 0 && !isUtf8(bytes, from, length)) {
            throw failure(what + ": not UTF-8");
        }
        return string;
    }

    private static boolean isUtf8(byte[] bytes, int from, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
