package io.evpl.xdr;

/**
 * How values of one XDR type are written and read.
 *
 * @param <T> the type's Java shape
 */
public interface XdrCodec<T> {
    /**
     * Writes a value. The encoder takes its own references to zero-copy buffers within it; the caller still owns the value.
     *
     * @throws XdrException if the value breaks a bound of its type; what was written so far is void
     */
    void encode(XdrEncoder out, T value);

    /**
     * Reads a value, which then owns its zero-copy buffers.
     *
     * @throws XdrException if the bytes are no such value; nothing is held then
     */
    T decode(XdrDecoder in);

    /** The fewest bytes that a value has on the wire, for checks of counts before anything is allocated. */
    int minBytes();

    /** Gives back the zero-copy buffers within a value. */
    default void release(T value) {
    }
}
