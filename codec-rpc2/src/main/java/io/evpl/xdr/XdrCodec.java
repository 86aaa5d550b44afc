package io.evpl.xdr;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * How values of one type are written and read, RFC 4506. Every type that the XDR compiler makes has one, called {@code CODEC};
 * those of the language itself are here. A codec has no state: any thread may use it.
 */
public interface XdrCodec<T> {
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
}
