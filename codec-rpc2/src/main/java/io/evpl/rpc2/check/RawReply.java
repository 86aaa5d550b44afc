package io.evpl.rpc2.check;

/** A reply (RFC 5531 section 9) as bytes; every word of it can be made wrong. */
public final class RawReply {
    private static final int REPLY = 1;
    private static final int ACCEPTED = 0;
    private static final int DENIED = 1;

    private final int xid;
    private int messageType = REPLY;
    private int stat = ACCEPTED;
    private int verifierFlavor;
    private byte[] verifier = {};
    private byte[] rest = {};

    private RawReply(int xid) {
        this.xid = xid;
    }

    /** SUCCESS. */
    public static RawReply success(int xid, byte... results) {
        return accepted(xid, 0, results);
    }

    /** MSG_ACCEPTED with an accept_stat, and what follows it. */
    public static RawReply accepted(int xid, int acceptStat, byte... body) {
        RawReply reply = new RawReply(xid);
        reply.rest = new RawXdr().u32(acceptStat).raw(body).bytes();
        return reply;
    }

    /** MSG_DENIED with a reject_stat, and what follows it. */
    public static RawReply denied(int xid, int rejectStat, byte... body) {
        RawReply reply = new RawReply(xid);
        reply.stat = DENIED;
        reply.rest = new RawXdr().u32(rejectStat).raw(body).bytes();
        return reply;
    }

    public RawReply messageType(int value) {
        messageType = value;
        return this;
    }

    /** Another reply_stat than the one that the rest is made for. */
    public RawReply stat(int value) {
        stat = value;
        return this;
    }

    public RawReply verifier(int flavor, byte... body) {
        verifierFlavor = flavor;
        verifier = body;
        return this;
    }

    public byte[] bytes() {
        RawXdr out = new RawXdr().ints(xid, messageType, stat);
        if (stat != DENIED) {
            out.u32(verifierFlavor).opaque(verifier);
        }
        return out.raw(rest).bytes();
    }
}
