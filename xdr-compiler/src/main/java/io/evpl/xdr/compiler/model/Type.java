package io.evpl.xdr.compiler.model;

/** The shape of a value on the wire, RFC 4506 section 4. */
public sealed interface Type {
    /** The largest length and count that the wire can say. */
    long UNBOUNDED = 0xFFFF_FFFFL;

    /** What is one, two or four words by itself. */
    enum Scalar implements Type {
        INT, UNSIGNED_INT, HYPER, UNSIGNED_HYPER, FLOAT, DOUBLE, QUADRUPLE, BOOL
    }

    /** Nothing: a procedure's missing result or argument, an arm without a value. */
    record Nothing() implements Type {
    }

    /** {@code opaque x[sizeBytes]}. */
    record FixedOpaque(long sizeBytes) implements Type {
    }

    /**
     * {@code opaque x<maxBytes>}.
     *
     * @param zeroCopy a slice of the message instead of a copy
     * @param ddpEligible may travel beside the message by RDMA (RFC 8166, section 3.4.1); always zeroCopy
     */
    record VariableOpaque(long maxBytes, boolean zeroCopy, boolean ddpEligible) implements Type {
    }

    /**
     * {@code string x<maxBytes>}.
     *
     * @param asBytes kept as bytes, for names that need not be UTF-8
     */
    record Text(long maxBytes, boolean asBytes) implements Type {
    }

    /** {@code T x[count]}. */
    record FixedArray(Type element, long count) implements Type {
    }

    /** {@code T x<maxCount>}. */
    record VariableArray(Type element, long maxCount) implements Type {
    }

    /** {@code T *x}: there or not. */
    record Optional(Type of) implements Type {
    }

    /** A type with a name, which {@link Specification#definition} knows. */
    record Named(String name) implements Type {
    }
}
