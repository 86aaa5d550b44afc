package io.evpl.xdr;

/**
 * {@code quadruple}: a floating-point number of 128 bits (RFC 4506 section 4.8, IEEE 754 binary128), for which Java has no type.
 * It is carried bit by bit.
 *
 * @param high sign, 15 bits of exponent, the first 48 of the fraction
 * @param low the other 64 bits of the fraction
 */
public record Quadruple(long high, long low) {
    /** On the wire. */
    public static final int BYTES = 16;

    @Override
    public String toString() {
        return String.format("0x%016x%016x", high, low);
    }
}
