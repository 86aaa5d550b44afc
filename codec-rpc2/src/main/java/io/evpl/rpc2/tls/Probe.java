package io.evpl.rpc2.tls;

import io.evpl.rpc2.auth.AuthStat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The messages by which two sides agree on TLS: RFC 9289, section 4.1; numbers by RFC 5531, section 9. */
final class Probe {
    /** What a client hears. */
    enum Answer {
        /** Go on with TLS. */
        STARTTLS,
        /** The server refuses the flavor. */
        DENIED,
        /** The server answers as if nobody had asked for TLS. */
        NOT_UNDERSTOOD,
        /** No answer to the probe. */
        SOMETHING_ELSE
    }

    private static final int LAST_FRAGMENT = 0x8000_0000;
    private static final int CALL = 0;
    private static final int REPLY = 1;
    private static final int RPC_VERSION = 2;
    private static final int AUTH_NONE = 0;
    private static final int MSG_ACCEPTED = 0;
    private static final int MSG_DENIED = 1;
    private static final int RPC_MISMATCH = 0;
    private static final int AUTH_ERROR = 1;
    private static final int SUCCESS = 0;
    /** "STARTTLS" in ASCII. */
    private static final long STARTTLS = 0x5354_4152_5454_4c53L;

    private static final int TYPE_AT = 4;
    private static final int RPC_VERSION_AT = 8;
    private static final int PROGRAM_AT = 12;
    private static final int PROCEDURE_AT = 20;
    private static final int FLAVOR_AT = 24;
    private static final int CREDENTIAL_BYTES_AT = 28;
    private static final int VERIFIER_AT = 32;
    /** Up to the end of an empty verifier. */
    private static final int HEADER_BYTES = 40;
    private static final int PROBE_BYTES = 40;
    private static final int ANSWER_BYTES = 32;
    private static final int DENIAL_BYTES = 20;
    private static final int MISMATCH_BYTES = 24;

    private Probe() {
    }

    // ---- at a server --------------------------------------------------------------------------------------------------

    static boolean isCall(ByteBuf message) {
        return message.readableBytes() >= RPC_VERSION_AT && word(message, TYPE_AT) == CALL;
    }

    static boolean isReply(ByteBuf message) {
        return message.readableBytes() >= RPC_VERSION_AT && word(message, TYPE_AT) == REPLY;
    }

    /** Of a call. */
    static boolean isOfOtherVersion(ByteBuf message) {
        return message.readableBytes() >= PROGRAM_AT && word(message, RPC_VERSION_AT) != RPC_VERSION;
    }

    /** Whether the header goes as far as a flavor, in the version of RPC that we know; others are for the connection to refuse. */
    static boolean hasFlavor(ByteBuf message) {
        return message.readableBytes() >= CREDENTIAL_BYTES_AT && isCall(message) && word(message, RPC_VERSION_AT) == RPC_VERSION;
    }

    /** Of a call whose header {@link #hasFlavor}. */
    static boolean isOfTls(ByteBuf message) {
        return word(message, FLAVOR_AT) == RpcTlsSession.FLAVOR;
    }

    static int xid(ByteBuf message) {
        return word(message, 0);
    }

    /** What is wrong with a call of AUTH_TLS; AUTH_OK if it is the probe. */
    static AuthStat check(ByteBuf message) {
        if (message.readableBytes() < VERIFIER_AT || word(message, CREDENTIAL_BYTES_AT) != 0 || word(message, PROCEDURE_AT) != 0) {
            return AuthStat.AUTH_BADCRED;
        }
        boolean verifier = message.readableBytes() >= HEADER_BYTES && word(message, VERIFIER_AT) == AUTH_NONE
                && word(message, VERIFIER_AT + Integer.BYTES) == 0;
        return verifier ? AuthStat.AUTH_OK : AuthStat.AUTH_BADVERF;
    }

    static ByteBuf starttls(ByteBufAllocator allocator, int xid) {
        ByteBuf out = begin(allocator, ANSWER_BYTES, xid, REPLY);
        return out.writeInt(MSG_ACCEPTED).writeInt(AUTH_NONE).writeInt(Long.BYTES).writeLong(STARTTLS).writeInt(SUCCESS);
    }

    static ByteBuf denial(ByteBufAllocator allocator, int xid, AuthStat stat) {
        return begin(allocator, DENIAL_BYTES, xid, REPLY).writeInt(MSG_DENIED).writeInt(AUTH_ERROR).writeInt(stat.value());
    }

    static ByteBuf mismatch(ByteBufAllocator allocator, int xid) {
        ByteBuf out = begin(allocator, MISMATCH_BYTES, xid, REPLY).writeInt(MSG_DENIED).writeInt(RPC_MISMATCH);
        return out.writeInt(RPC_VERSION).writeInt(RPC_VERSION);
    }

    // ---- at a client --------------------------------------------------------------------------------------------------

    static ByteBuf probe(ByteBufAllocator allocator, int xid, int program, int version) {
        ByteBuf out = begin(allocator, PROBE_BYTES, xid, CALL).writeInt(RPC_VERSION).writeInt(program).writeInt(version).writeInt(0);
        return out.writeInt(RpcTlsSession.FLAVOR).writeInt(0).writeInt(AUTH_NONE).writeInt(0);
    }

    static Answer answer(ByteBuf message, int xid) {
        int bytes = message.readableBytes();
        if (bytes < 12 || xid(message) != xid || word(message, TYPE_AT) != REPLY) {
            return Answer.SOMETHING_ELSE;
        }
        if (word(message, 8) == MSG_DENIED) {
            return Answer.DENIED;
        }
        // Whatever accept_stat says: RFC 9289, section 4.1.
        boolean agreed = word(message, 8) == MSG_ACCEPTED && bytes >= 28 && word(message, 12) == AUTH_NONE
                && word(message, 16) == Long.BYTES && message.getLong(message.readerIndex() + 20) == STARTTLS;
        return agreed ? Answer.STARTTLS : Answer.NOT_UNDERSTOOD;
    }

    /** Why an answer is {@link Answer#DENIED}; AUTH_FAILED if it does not say. */
    static AuthStat stat(ByteBuf message) {
        return message.readableBytes() >= DENIAL_BYTES && word(message, 12) == AUTH_ERROR ? AuthStat.of(word(message, 16))
                : AuthStat.AUTH_FAILED;
    }

    // ---- words --------------------------------------------------------------------------------------------------------

    private static int word(ByteBuf message, int at) {
        return message.getInt(message.readerIndex() + at);
    }

    private static ByteBuf begin(ByteBufAllocator allocator, int messageBytes, int xid, int type) {
        return allocator.ioBuffer(Integer.BYTES + messageBytes).writeInt(LAST_FRAGMENT | messageBytes).writeInt(xid).writeInt(type);
    }
}
