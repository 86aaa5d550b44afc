package io.evpl.rpc2.gss;

import io.evpl.xdr.XdrCodec;
import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrEncoder;

/** {@code rpc_gss_init_res}, RFC 2203, section 5.2.3.1. */
record InitResult(byte[] handle, int major, int minor, int window, byte[] token) {
    /** A credential of 400 bytes (RFC 5531, section 8.2) has no room for a longer one. */
    static final int MAX_HANDLE_BYTES = 400 - Rpcsec.CREDENTIAL_BYTES;
    /** Tokens of Kerberos carry what a directory says of a user, 64 KiB at most (the buffer of Active Directory's clients). */
    static final int MAX_TOKEN_BYTES = 1 << 16;

    static final XdrCodec<InitResult> CODEC = new XdrCodec<>() {
        @Override
        public void encode(XdrEncoder out, InitResult value) {
            out.writeOpaque(value.handle, MAX_HANDLE_BYTES, "handle");
            out.writeInt(value.major);
            out.writeInt(value.minor);
            out.writeInt(value.window);
            out.writeOpaque(value.token, MAX_TOKEN_BYTES, "gss_token");
        }

        @Override
        public InitResult decode(XdrDecoder in) {
            return new InitResult(in.readOpaque(MAX_HANDLE_BYTES, "handle"), in.readInt("gss_major"), in.readInt("gss_minor"),
                    in.readInt("seq_window"), in.readOpaque(MAX_TOKEN_BYTES, "gss_token"));
        }

        @Override
        public int minBytes() {
            return 5 * Integer.BYTES;
        }
    };
}
