package io.evpl.xdr;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * How values of one type are written and read, RFC 4506. Every type that the XDR compiler makes has one, called {@code CODEC};
 * those of the language itself are here. A codec has no state: any thread may use it.
 */
public interface XdrCodec<T> {
    /** The bound of what has none: the largest length and count that the wire can say. */
    long UNBOUNDED = 0xFFFF_FFFFL;

    /** Neither argument nor result: no bytes, and null in Java. */
    XdrCodec<Void> VOID = BuiltInCodec.VOID;
    /** {@code int}. */
    XdrCodec<Integer> INT = BuiltInCodec.INT;
    /** {@code unsigned int}: its 32 bits. */
    XdrCodec<Integer> UNSIGNED_INT = BuiltInCodec.INT;
    /** {@code hyper}. */
    XdrCodec<Long> HYPER = BuiltInCodec.HYPER;
    /** {@code unsigned hyper}: its 64 bits. */
    XdrCodec<Long> UNSIGNED_HYPER = BuiltInCodec.HYPER;
    XdrCodec<Float> FLOAT = BuiltInCodec.FLOAT;
    XdrCodec<Double> DOUBLE = BuiltInCodec.DOUBLE;
    XdrCodec<Quadruple> QUADRUPLE = BuiltInCodec.QUADRUPLE;
    /** {@code bool}: 0 and 1, nothing else. */
    XdrCodec<Boolean> BOOL = BuiltInCodec.BOOL;

    /**
     * Writes a value. Zero-copy buffers within it are referred to once more; the caller keeps its own references.
     *
     * @throws XdrException the value breaks a bound (null, too long, too deep); the message is void then, and its memory given back
     */
    void encode(XdrEncoder out, T value);

    /**
     * Reads a value, whose zero-copy buffers belong to the caller: {@link #release}.
     *
     * @throws XdrException what was wrong and where; nothing that this decoder has handed out is held then
     */
    T decode(XdrDecoder in);

    /** The fewest bytes that a value has: a count is checked with it before anything is allocated. */
    int minBytes();

    /** Gives back the zero-copy buffers within a value: one reference of each. */
    default void release(T value) {
    }

    /**
     * The fields within a value that may travel beside the message (DDP-eligible, RFC 8166 section 3.4.1, RFC 8267): paths of
     * field names with dots, {@code []} behind a list's.
     */
    default List<String> ddpEligible() {
        return List.of();
    }

    /** Releases each value of a list; null is none. */
    static <T> void releaseEach(List<T> values, XdrCodec<T> codec) {
        if (values != null) {
            values.forEach(codec::release);
        }
    }

    /** {@code string x<maxBytes>}: UTF-8. */
    static XdrCodec<String> string(long maxBytes) {
        return BuiltInCodec.string(maxBytes);
    }

    /** {@code opaque x<maxBytes>}, and {@code string} kept as bytes. */
    static XdrCodec<byte[]> opaque(long maxBytes) {
        return BuiltInCodec.opaque(maxBytes);
    }

    /** {@code opaque x[sizeBytes]}. */
    static XdrCodec<byte[]> fixedOpaque(int sizeBytes) {
        return BuiltInCodec.fixedOpaque(sizeBytes);
    }

    /** {@code opaque x<maxBytes>} as a slice of the message. */
    static XdrCodec<ByteBuf> buffer(long maxBytes) {
        return BuiltInCodec.buffer(maxBytes, List.of());
    }

    /** As {@link #buffer}, and DDP-eligible. */
    static XdrCodec<ByteBuf> ddpBuffer(long maxBytes) {
        return BuiltInCodec.buffer(maxBytes, List.of(""));
    }

    /** {@code T *x}: null if absent. */
    static <T> XdrCodec<T> optional(XdrCodec<T> of) {
        return BuiltInCodec.optional(of);
    }

    /** {@code T x<maxCount>}. */
    static <T> XdrCodec<List<T>> list(XdrCodec<T> element, long maxCount) {
        return ListCodec.counted(element, maxCount);
    }

    /** {@code T x[count]}. */
    static <T> XdrCodec<List<T>> fixedList(XdrCodec<T> element, int count) {
        return ListCodec.fixed(element, count);
    }

    /**
     * {@code T *x} of a struct whose last field points to the next: all of them, none if absent. Read and written in a loop,
     * however long.
     *
     * @param element the struct without that field
     */
    static <T> XdrCodec<List<T>> linked(XdrCodec<T> element) {
        return ListCodec.linked(element, false);
    }

    /** As {@link #linked}, for the struct itself instead of a pointer to it: there is at least one. */
    static <T> XdrCodec<List<T>> chain(XdrCodec<T> element) {
        return ListCodec.linked(element, true);
    }

    /** {@code int x<maxCount>}. */
    static XdrCodec<int[]> ints(long maxCount) {
        return BuiltInCodec.of(4, (out, value) -> out.writeInts(value, maxCount, "int"), in -> in.readInts(maxCount, "int"));
    }

    /** {@code int x[count]}. */
    static XdrCodec<int[]> fixedInts(int count) {
        return BuiltInCodec.of(BuiltInCodec.words(count, 4), (out, value) -> out.writeFixedInts(value, count, "int"),
                in -> in.readFixedInts(count, "int"));
    }

    /** {@code hyper x<maxCount>}. */
    static XdrCodec<long[]> longs(long maxCount) {
        return BuiltInCodec.of(4, (out, value) -> out.writeLongs(value, maxCount, "hyper"), in -> in.readLongs(maxCount, "hyper"));
    }

    /** {@code hyper x[count]}. */
    static XdrCodec<long[]> fixedLongs(int count) {
        return BuiltInCodec.of(BuiltInCodec.words(count, 8), (out, value) -> out.writeFixedLongs(value, count, "hyper"),
                in -> in.readFixedLongs(count, "hyper"));
    }

    /** {@code float x<maxCount>}. */
    static XdrCodec<float[]> floats(long maxCount) {
        return BuiltInCodec.of(4, (out, value) -> out.writeFloats(value, maxCount, "float"), in -> in.readFloats(maxCount, "float"));
    }

    /** {@code float x[count]}. */
    static XdrCodec<float[]> fixedFloats(int count) {
        return BuiltInCodec.of(BuiltInCodec.words(count, 4), (out, value) -> out.writeFixedFloats(value, count, "float"),
                in -> in.readFixedFloats(count, "float"));
    }

    /** {@code double x<maxCount>}. */
    static XdrCodec<double[]> doubles(long maxCount) {
        return BuiltInCodec.of(4, (out, value) -> out.writeDoubles(value, maxCount, "double"),
                in -> in.readDoubles(maxCount, "double"));
    }

    /** {@code double x[count]}. */
    static XdrCodec<double[]> fixedDoubles(int count) {
        return BuiltInCodec.of(BuiltInCodec.words(count, 8), (out, value) -> out.writeFixedDoubles(value, count, "double"),
                in -> in.readFixedDoubles(count, "double"));
    }

    /** {@code bool x<maxCount>}. */
    static XdrCodec<boolean[]> booleans(long maxCount) {
        return BuiltInCodec.of(4, (out, value) -> out.writeBooleans(value, maxCount, "bool"), in -> in.readBooleans(maxCount, "bool"));
    }

    /** {@code bool x[count]}. */
    static XdrCodec<boolean[]> fixedBooleans(int count) {
        return BuiltInCodec.of(BuiltInCodec.words(count, 4), (out, value) -> out.writeFixedBooleans(value, count, "bool"),
                in -> in.readFixedBooleans(count, "bool"));
    }
}
