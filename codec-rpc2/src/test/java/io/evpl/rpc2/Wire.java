package io.evpl.rpc2;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of messages, written word by word and independent of the code that is tested. */
final class Wire {
    static final byte[] EMPTY = {};

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    static Wire of(int... words) {
        return new Wire().words(words);
    }

    Wire words(int... words) {
        try {
            for (int word : words) {
                out.writeInt(word);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Wire hyper(long value) {
        return words((int) (value >>> 32), (int) value);
    }

    Wire raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    /** Length, bytes, padding. */
    Wire opaque(byte[] value) {
        return words(value.length).padded(value);
    }

    Wire padded(byte[] value) {
        return raw(value).raw(new byte[-value.length & 3]);
    }

    Wire string(String value) {
        return opaque(value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        Wire all = new Wire();
        for (byte[] part : parts) {
            all.raw(part);
        }
        return all.bytes();
    }

    static byte[] pattern(int length) {
        byte[] value = new byte[length];
        for (int i = 0; i < length; i++) {
            value[i] = (byte) (i * 31 + 7);
        }
        return value;
    }

    /** A message as one fragment. */
    static byte[] record(byte[] message) {
        return of(0x8000_0000 | message.length).raw(message).bytes();
    }

    /** A message in so many fragments of nearly the same length. */
    static byte[] record(byte[] message, int fragments) {
        Wire all = new Wire();
        for (int i = 0; i < fragments; i++) {
            int from = (int) ((long) message.length * i / fragments);
            int to = (int) ((long) message.length * (i + 1) / fragments);
            all.words((i == fragments - 1 ? 0x8000_0000 : 0) | to - from).raw(Arrays.copyOfRange(message, from, to));
        }
        return all.bytes();
    }

    /** A call; without credential and verifier, of AUTH_NONE. */
    static final class Call {
        private final int xid;
        private int messageType;
        private int rpcVersion = 2;
        private int program = Echo.PROGRAM;
        private int version = Echo.VERSION;
        private int procedure;
        private int flavor;
        private byte[] credential = EMPTY;
        private byte[] arguments = EMPTY;

        Call(int xid) {
            this.xid = xid;
        }

        Call type(int type) {
            messageType = type;
            return this;
        }

        Call rpcVersion(int value) {
            rpcVersion = value;
            return this;
        }

        Call program(int value) {
            program = value;
            return this;
        }

        Call version(int value) {
            version = value;
            return this;
        }

        Call procedure(int value) {
            procedure = value;
            return this;
        }

        Call credential(int flavor, byte[] body) {
            this.flavor = flavor;
            credential = body;
            return this;
        }

        Call arguments(byte[] encoded) {
            arguments = encoded;
            return this;
        }

        byte[] bytes() {
            return Wire.of(xid, messageType, rpcVersion, program, version, procedure, flavor).opaque(credential).words(0, 0)
                    .raw(arguments).bytes();
        }
    }

    static Call call(int xid) {
        return new Call(xid);
    }

    /** MSG_ACCEPTED, AUTH_NONE. */
    static byte[] accepted(int xid, int acceptStat, byte[] results) {
        return of(xid, 1, 0, 0, 0, acceptStat).raw(results).bytes();
    }

    static byte[] success(int xid, byte[] results) {
        return accepted(xid, 0, results);
    }

    static byte[] denied(int xid, int... words) {
        return of(xid, 1, 1).words(words).bytes();
    }

    static byte[] authSys(int stamp, String machine, int uid, int gid, int... gids) {
        return of(stamp).string(machine).words(uid, gid, gids.length).words(gids).bytes();
    }
}
