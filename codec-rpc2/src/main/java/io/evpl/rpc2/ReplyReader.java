package io.evpl.rpc2;

import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.netty.buffer.ByteBuf;

/** Reads the header of replies: RFC 5531, section 9. */
final class ReplyReader {
    private static final int MESSAGE_TYPE_END = 8;

    private ReplyReader() {
    }

    /**
     * Moves the message's reader index to the results.
     *
     * @throws RpcException        the call has none, or the header is broken
     * @throws ProtectionException the verifier does not hold
     */
    static void readHeader(ByteBuf message, ClientAuth.Attempt attempt, RpcProcedure<?, ?> procedure) throws ProtectionException {
        message.skipBytes(MESSAGE_TYPE_END);
        int replyStat = readInt(message);
        switch (replyStat) {
            case ReplyWriter.MSG_ACCEPTED -> {
                attempt.verify(readVerifier(message));
                readAccepted(message, procedure);
            }
            case ReplyWriter.MSG_DENIED -> throw readDenied(message);
            default -> throw malformed("reply_stat is " + Integer.toUnsignedString(replyStat));
        }
    }

    private static OpaqueAuth readVerifier(ByteBuf message) {
        int flavor = readInt(message);
        int bytes = readInt(message);
        if (flavor == OpaqueAuth.NONE.flavor() && bytes == 0) {
            return OpaqueAuth.NONE;
        }
        if (bytes < 0 || bytes > OpaqueAuth.MAX_BODY_BYTES || CallMessage.padded(bytes) > message.readableBytes()) {
            throw malformed("a verifier of " + Integer.toUnsignedString(bytes) + " bytes");
        }
        byte[] body = new byte[bytes];
        message.readBytes(body).skipBytes(CallMessage.padded(bytes) - bytes);
        return new OpaqueAuth(flavor, body);
    }

    private static void readAccepted(ByteBuf message, RpcProcedure<?, ?> procedure) {
        int acceptStat = readInt(message);
        switch (acceptStat) {
            case ReplyWriter.SUCCESS -> {
                // the results follow
            }
            case ReplyWriter.PROG_UNAVAIL -> throw new ProgramUnavailableException("the server does not have the program of " + procedure);
            case ReplyWriter.PROG_MISMATCH -> throw new ProgramMismatchException(readInt(message), readInt(message));
            case ReplyWriter.PROC_UNAVAIL -> throw new ProcedureUnavailableException("the server does not have " + procedure);
            case ReplyWriter.GARBAGE_ARGS -> throw new GarbageArgumentsException("the server takes the arguments of " + procedure
                    + " for garbage");
            case ReplyWriter.SYSTEM_ERR -> throw new SystemErrorException("the server failed in " + procedure);
            default -> throw malformed("accept_stat is " + Integer.toUnsignedString(acceptStat));
        }
    }

    private static RpcException readDenied(ByteBuf message) {
        int rejectStat = readInt(message);
        return switch (rejectStat) {
            case ReplyWriter.RPC_MISMATCH -> new RpcMismatchException(readInt(message), readInt(message));
            case ReplyWriter.AUTH_ERROR -> new AuthException(AuthStat.of(readInt(message)));
            default -> malformed("reject_stat is " + Integer.toUnsignedString(rejectStat));
        };
    }

    private static int readInt(ByteBuf message) {
        if (message.readableBytes() < Integer.BYTES) {
            throw malformed("its header is cut short");
        }
        return message.readInt();
    }

    private static MalformedReplyException malformed(String what) {
        return new MalformedReplyException("the reply is malformed: " + what);
    }
}
