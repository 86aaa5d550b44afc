package io.evpl.rpc2.check;

import java.nio.ByteBuffer;

/** Reads XDR by hand, and says what is missing. */
final class RawReader {
    /** The bytes are not what they claim to be. */
    static final class Malformed extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Malformed(String what) {
            super(what);
        }
    }

    private final ByteBuffer bytes;

    RawReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    int u32(String what) throws Malformed {
        if (bytes.remaining() < Integer.BYTES) {
            throw new Malformed("ends within " + what);
        }
        return bytes.getInt();
    }

    byte[] opaque(String what, int limitBytes) throws Malformed {
        long length = Integer.toUnsignedLong(u32("the length of " + what));
        if (length > limitBytes) {
            throw new Malformed(what + " of " + length + " bytes, over " + limitBytes);
        }
        long padded = length + 3 & ~3L;
        if (bytes.remaining() < padded) {
            throw new Malformed("ends within " + what);
        }
        byte[] body = new byte[(int) length];
        bytes.get(body);
        for (int i = (int) length; i < padded; i++) {
            if (bytes.get() != 0) {
                throw new Malformed(what + " has padding that is not zero");
            }
        }
        return body;
    }

    int position() {
        return bytes.position();
    }

    byte[] rest() {
        byte[] rest = new byte[bytes.remaining()];
        bytes.get(rest);
        return rest;
    }

    void end() throws Malformed {
        if (bytes.hasRemaining()) {
            throw new Malformed(bytes.remaining() + " bytes too many");
        }
    }
}
