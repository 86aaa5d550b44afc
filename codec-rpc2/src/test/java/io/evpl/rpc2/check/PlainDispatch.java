package io.evpl.rpc2.check;

import java.nio.ByteBuffer;

/** What is said to one message: RFC 5531 by hand, with one fault at most. */
final class PlainDispatch {
    /** The connection is to be closed. */
    static final class Close extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;
    }

    private static final int SYSTEM_ERR = 5;
    private static final int MAX_AUTH_BYTES = 400;

    private final Fault fault;

    PlainDispatch(Fault fault) {
        this.fault = fault;
    }

    /** @return the reply, or null if there is none */
    byte[] answer(byte[] message) throws Close {
        ByteBuffer in = ByteBuffer.wrap(message);
        if (in.remaining() < 8) {
            throw new Close();
        }
        int xid = in.getInt() ^ (fault == Fault.OTHER_XID ? 1 : 0);
        int type = in.getInt();
        if (type == 1 && fault != Fault.REPLY_CLOSES) {
            return null;
        }
        if (type != 0 && (type == 1 || fault != Fault.ANY_MESSAGE_TYPE)) {
            throw new Close();
        }
        if (in.remaining() < 16) {
            return authError(xid, 1);
        }
        return call(xid, in);
    }

    private byte[] call(int xid, ByteBuffer in) throws Close {
        int rpcVersion = in.getInt();
        int program = in.getInt();
        boolean known = program == Shapes.PROGRAM;
        if (fault == Fault.PROGRAM_BEFORE_RPC_VERSION && !known) {
            return accepted(xid, 1);
        }
        if (rpcVersion != 2) {
            closeIf(Fault.CLOSES_ON_RPC_VERSION);
            return RawReply.denied(xid, 0, new RawXdr().ints(fault == Fault.RPC_RANGE_OF_THREE_TO_TWO ? 3 : 2, 2).bytes()).bytes();
        }
        if (fault == Fault.PROGRAM_BEFORE_FLAVOR && !known) {
            return accepted(xid, 1);
        }
        int version = in.getInt();
        int procedure = in.getInt();
        int refusal = authenticate(in);
        if (refusal != 0) {
            return authError(xid, refusal);
        }
        if (!known) {
            return accepted(xid, 1, new byte[fault == Fault.REFUSAL_WITH_BYTES_BEHIND ? 4 : 0]);
        }
        if (version != Shapes.VERSION) {
            byte[] range = new RawXdr().ints(fault == Fault.RANGE_FROM_ZERO ? 0 : 1, 1).bytes();
            return fault == Fault.OTHER_VERSION_IS_NO_PROGRAM ? accepted(xid, 1) : accepted(xid, 2, range);
        }
        return procedure(xid, procedure, in);
    }

    private byte[] procedure(int xid, int procedure, ByteBuffer in) throws Close {
        try {
            byte[] results = new PlainArguments(in, fault).echo(procedure);
            if (results == null || procedure == 0 && fault == Fault.NO_NULL) {
                return fault == Fault.SILENT_ON_UNKNOWN_PROCEDURE ? null
                        : accepted(xid, fault == Fault.UNKNOWN_PROCEDURE_IS_GARBAGE ? 4 : 3);
            }
            return RawReply.success(xid, results).bytes();
        } catch (PlainArguments.Garbage e) {
            closeIf(Fault.CLOSES_ON_GARBAGE);
            closeIf(Fault.HUGE_STRING_CLOSES);
            return accepted(xid, 4);
        } catch (RuntimeException e) {
            return accepted(xid, SYSTEM_ERR);
        }
    }

    /** Reads the credential and the verifier. @return the auth_stat */
    private int authenticate(ByteBuffer in) throws Close {
        ByteBuffer credential = null;
        int flavor = 0;
        for (int i = 0; i < 2; i++) {
            if (in.remaining() < 8) {
                return cut();
            }
            int bodyFlavor = in.getInt();
            int length = in.getInt();
            if (length < 0 || length > MAX_AUTH_BYTES || (length + 3 & ~3) > in.remaining()) {
                return cut();
            }
            if (i == 0) {
                flavor = bodyFlavor;
                credential = in.slice(in.position(), length);
            }
            in.position(in.position() + (length + 3 & ~3));
        }
        return verdict(flavor, credential);
    }

    private int cut() throws Close {
        closeIf(Fault.CLOSES_ON_CUT_CREDENTIAL);
        return 1;
    }

    private int verdict(int flavor, ByteBuffer credential) {
        return switch (flavor) {
            case 0 -> 0;
            case 1 -> fault == Fault.SYS_REFUSED || !isSys(credential) ? 1 : 0;
            case 2 -> fault == Fault.SHORT_CREDENTIAL_TAKEN ? 0 : 2;
            case 6 -> fault == Fault.GSS_TAKEN ? 0 : 2;
            default -> fault == Fault.UNKNOWN_FLAVOR_TAKEN ? 0 : 5;
        };
    }

    private static boolean isSys(ByteBuffer body) {
        if (body.remaining() < 8) {
            return false;
        }
        int name = body.getInt(4);
        int gids = 8 + (name + 3 & ~3) + 8;
        return name >= 0 && name <= 255 && gids + 4 <= body.limit() && body.getInt(gids) >= 0 && body.getInt(gids) <= 16
                && gids + 4 + 4 * body.getInt(gids) == body.limit();
    }

    private void closeIf(Fault which) throws Close {
        if (fault == which) {
            throw new Close();
        }
    }

    private static byte[] accepted(int xid, int stat, byte... body) {
        return RawReply.accepted(xid, stat, body).bytes();
    }

    private static byte[] authError(int xid, int stat) {
        return RawReply.denied(xid, 1, new RawXdr().u32(stat).bytes()).bytes();
    }
}
