package io.evpl.rpc2.check;

/** One call (RFC 5531 section 9) as bytes; every word of it can be made wrong. */
public final class RawCall {
    static final int AUTH_NONE = 0;
    static final int AUTH_SYS = 1;
    static final int AUTH_SHORT = 2;
    static final int RPCSEC_GSS = 6; // RFC 2203
    static final int AUTH_TLS = 7; // RFC 9289
    private static final int RPC_VERSION = 2;

    private final int xid;
    private int messageType; // CALL
    private int rpcVersion = RPC_VERSION;
    private int program;
    private int version;
    private int procedure;
    private int credentialFlavor;
    private byte[] credential = {};
    private Integer credentialLength;
    private int verifierFlavor;
    private byte[] verifier = {};
    private byte[] arguments = {};

    public RawCall(int xid, int program, int version, int procedure) {
        this.xid = xid;
        this.program = program;
        this.version = version;
        this.procedure = procedure;
    }

    public RawCall messageType(int value) {
        messageType = value;
        return this;
    }

    public RawCall rpcVersion(int value) {
        rpcVersion = value;
        return this;
    }

    public RawCall program(int value) {
        program = value;
        return this;
    }

    public RawCall version(int value) {
        version = value;
        return this;
    }

    public RawCall procedure(int value) {
        procedure = value;
        return this;
    }

    public RawCall credential(int flavor, byte... body) {
        credentialFlavor = flavor;
        credential = body;
        return this;
    }

    /** The credential's length as it is claimed, whatever the body has. */
    public RawCall credentialLength(int claimed) {
        credentialLength = claimed;
        return this;
    }

    public RawCall verifier(int flavor, byte... body) {
        verifierFlavor = flavor;
        verifier = body;
        return this;
    }

    public RawCall arguments(byte... bytes) {
        arguments = bytes;
        return this;
    }

    public byte[] bytes() {
        RawXdr out = new RawXdr().ints(xid, messageType, rpcVersion, program, version, procedure, credentialFlavor);
        out.u32(credentialLength == null ? credential.length : credentialLength).fixed(credential);
        return out.u32(verifierFlavor).opaque(verifier).raw(arguments).bytes();
    }

    /** RFC 5531, appendix A. */
    static byte[] authSys(int stamp, String machineName, int uid, int gid, int... gids) {
        return new RawXdr().u32(stamp).string(machineName).ints(uid, gid, gids.length).ints(gids).bytes();
    }
}
