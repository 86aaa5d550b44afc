package io.evpl.rpc2.check;

import java.nio.charset.StandardCharsets;

/**
 * What came of a call.
 *
 * @param xid     of the reply, 0 without one
 * @param low     of a range, or the auth_stat
 * @param results of SUCCESS, else empty
 * @param detail  what is wrong with a MALFORMED reply, or STARTTLS where a SUCCESS offers it
 */
record Outcome(Kind kind, int xid, int low, int high, byte[] results, String detail) {
    enum Kind {
        SUCCESS("ACCEPTED SUCCESS"),
        PROG_UNAVAIL("ACCEPTED PROG_UNAVAIL"),
        PROG_MISMATCH("ACCEPTED PROG_MISMATCH"),
        PROC_UNAVAIL("ACCEPTED PROC_UNAVAIL"),
        GARBAGE_ARGS("ACCEPTED GARBAGE_ARGS"),
        SYSTEM_ERR("ACCEPTED SYSTEM_ERR"),
        RPC_MISMATCH("DENIED RPC_MISMATCH"),
        AUTH_ERROR("DENIED AUTH_ERROR"),
        CLOSED("CLOSED"),
        SILENCE("no reply, open"),
        MALFORMED("MALFORMED");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private static final Kind[] ACCEPTED = {Kind.SUCCESS, Kind.PROG_UNAVAIL, Kind.PROG_MISMATCH, Kind.PROC_UNAVAIL,
        Kind.GARBAGE_ARGS, Kind.SYSTEM_ERR}; // accept_stat 0..5
    private static final int REPLY = 1;
    private static final String STARTTLS = "STARTTLS"; // the one body that AUTH_NONE may have: RFC 9289 section 4.1
    private static final int MAX_AUTH_BYTES = 400;

    static Outcome of(Kind kind) {
        return new Outcome(kind, 0, 0, 0, new byte[0], "");
    }

    static Outcome malformed(String detail) {
        return new Outcome(Kind.MALFORMED, 0, 0, 0, new byte[0], detail);
    }

    private static Outcome range(Kind kind, int low, int high) {
        return new Outcome(kind, 0, low, high, new byte[0], "");
    }

    /** Reads a reply as strictly as RFC 5531 section 9 has it: nothing missing, nothing too much. */
    static Outcome ofReply(byte[] message) {
        try {
            RawReader in = new RawReader(message);
            int xid = in.u32("xid");
            if (in.u32("msg_type") != REPLY) {
                throw new RawReader.Malformed("not a reply");
            }
            int stat = in.u32("reply_stat");
            return switch (stat) {
                case 0 -> accepted(in).answering(xid);
                case 1 -> denied(in).answering(xid);
                default -> throw new RawReader.Malformed("reply_stat " + Integer.toUnsignedString(stat));
            };
        } catch (RawReader.Malformed e) {
            return malformed(e.getMessage());
        }
    }

    private Outcome answering(int call) {
        return new Outcome(kind, call, low, high, results, detail);
    }

    /** @return this, unless it is the reply to another call */
    Outcome of(int call) {
        boolean reply = kind != Kind.CLOSED && kind != Kind.SILENCE && kind != Kind.MALFORMED;
        return reply && xid != call ? malformed(String.format("reply to xid 0x%08x, not 0x%08x", xid, call)) : this;
    }

    private static Outcome accepted(RawReader in) throws RawReader.Malformed {
        int flavor = in.u32("the verifier");
        String verifier = new String(in.opaque("the verifier", MAX_AUTH_BYTES), StandardCharsets.ISO_8859_1);
        if (flavor == RawCall.AUTH_NONE && !verifier.isEmpty() && !verifier.equals(STARTTLS)) {
            throw new RawReader.Malformed("a verifier AUTH_NONE with a body");
        }
        int stat = in.u32("accept_stat");
        if (stat < 0 || stat >= ACCEPTED.length) {
            throw new RawReader.Malformed("accept_stat " + Integer.toUnsignedString(stat));
        }
        Kind kind = ACCEPTED[stat];
        if (kind == Kind.SUCCESS) {
            return new Outcome(kind, 0, 0, 0, in.rest(), verifier.equals(STARTTLS) ? STARTTLS : "");
        }
        Outcome refused = kind == Kind.PROG_MISMATCH ? range(kind, in.u32("low"), in.u32("high")) : of(kind);
        in.end();
        return refused;
    }

    private static Outcome denied(RawReader in) throws RawReader.Malformed {
        int stat = in.u32("reject_stat");
        Outcome denied = switch (stat) {
            case 0 -> range(Kind.RPC_MISMATCH, in.u32("low"), in.u32("high"));
            case 1 -> range(Kind.AUTH_ERROR, in.u32("auth_stat"), 0);
            default -> throw new RawReader.Malformed("reject_stat " + Integer.toUnsignedString(stat));
        };
        in.end();
        return denied;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case PROG_MISMATCH, RPC_MISMATCH -> kind + " [" + Integer.toUnsignedString(low) + ", "
                    + Integer.toUnsignedString(high) + "]";
            case AUTH_ERROR -> kind + " stat=" + Integer.toUnsignedString(low);
            case MALFORMED -> kind + ": " + detail;
            case SUCCESS -> detail.isEmpty() ? kind.toString() : kind + " " + detail;
            case PROG_UNAVAIL, PROC_UNAVAIL, GARBAGE_ARGS, SYSTEM_ERR, CLOSED, SILENCE -> kind.toString();
        };
    }
}
