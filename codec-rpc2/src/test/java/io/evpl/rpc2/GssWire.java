package io.evpl.rpc2;

import io.evpl.rpc2.gss.ScriptedMechanism;

/** RPCSEC_GSS messages of RFC 2203, written word by word, under {@link ScriptedMechanism}. */
final class GssWire {
    static final int FLAVOR = 6;
    static final int DATA = 0;
    static final int INIT = 1;
    static final int CONTINUE = 2;
    static final int DESTROY = 3;

    private GssWire() {
    }

    static byte[] credential(int version, int procedure, int sequence, int service, byte[] handle) {
        return Wire.of(version, procedure, sequence, service).opaque(handle).bytes();
    }

    /** xid up to and including the credential. */
    static byte[] header(int xid, int procedure, byte[] credential) {
        return Wire.of(xid, 0, 2, Echo.PROGRAM, Echo.VERSION, procedure, FLAVOR).opaque(credential).bytes();
    }

    /** A call with a verifier that holds. */
    static byte[] signed(String key, int xid, int procedure, byte[] credential, byte[] arguments) {
        byte[] header = header(xid, procedure, credential);
        return new Wire().raw(header).words(FLAVOR).opaque(ScriptedMechanism.mic(key, header)).raw(arguments).bytes();
    }

    /** A call with the verifier AUTH_NONE. */
    static byte[] unsigned(int xid, int procedure, byte[] credential, byte[] arguments) {
        return new Wire().raw(header(xid, procedure, credential)).words(0, 0).raw(arguments).bytes();
    }

    /** MSG_ACCEPTED, verified by the checksum of a number. */
    static byte[] accepted(String key, int xid, int number, int acceptStat, byte[] results) {
        byte[] mic = ScriptedMechanism.mic(key, Wire.of(number).bytes());
        return Wire.of(xid, 1, 0, FLAVOR).opaque(mic).words(acceptStat).raw(results).bytes();
    }

    /** rpc_gss_integ_data. */
    static byte[] integrity(String key, int sequence, byte[] body) {
        byte[] databody = Wire.of(sequence).raw(body).bytes();
        return new Wire().opaque(databody).opaque(ScriptedMechanism.mic(key, databody)).bytes();
    }

    /** rpc_gss_priv_data. */
    static byte[] privacy(String key, int sequence, byte[] body) {
        return new Wire().opaque(ScriptedMechanism.seal(key, Wire.of(sequence).raw(body).bytes())).bytes();
    }

    /** rpc_gss_init_res. */
    static byte[] initResult(byte[] handle, int major, int window, byte[] token) {
        return new Wire().opaque(handle).words(major, 0, window).opaque(token).bytes();
    }
}
