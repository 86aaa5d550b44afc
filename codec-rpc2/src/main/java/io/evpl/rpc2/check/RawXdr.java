package io.evpl.rpc2.check;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes XDR (RFC 4506) by hand, wrong values too: nothing is checked. */
public final class RawXdr {
    private static final int UNIT = 4; // bytes, RFC 4506 section 3

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public RawXdr u32(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(value >>> shift);
        }
        return this;
    }

    public RawXdr u64(long value) {
        return u32((int) (value >>> 32)).u32((int) value);
    }

    public RawXdr ints(int... values) {
        for (int value : values) {
            u32(value);
        }
        return this;
    }

    /** Bytes as they are: no length, no padding. */
    public RawXdr raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** {@code opaque x[n]}: padded, no length. */
    public RawXdr fixed(byte... bytes) {
        return raw(bytes).raw(new byte[-bytes.length & UNIT - 1]);
    }

    /** {@code opaque x<>}. */
    public RawXdr opaque(byte... bytes) {
        return u32(bytes.length).fixed(bytes);
    }

    public RawXdr string(String text) {
        return opaque(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] bytes() {
        return out.toByteArray();
    }

    /** Bytes that tell their place, so that one which is lost or swapped does not fit. */
    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ('a' + (i * 7 + i / 26) % 26);
        }
        return bytes;
    }
}
