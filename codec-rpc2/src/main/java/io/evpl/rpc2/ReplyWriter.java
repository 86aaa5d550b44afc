package io.evpl.rpc2;

import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.CallProtection;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.xdr.XdrCodec;
import io.evpl.xdr.XdrEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

/** Writes replies, RFC 5531, section 9, each with its record mark, into the outbox of a connection. */
final class ReplyWriter {
    static final int SUCCESS = 0;
    static final int PROG_UNAVAIL = 1;
    static final int PROG_MISMATCH = 2;
    static final int PROC_UNAVAIL = 3;
    static final int GARBAGE_ARGS = 4;
    static final int SYSTEM_ERR = 5;
    static final int MSG_ACCEPTED = 0;
    static final int MSG_DENIED = 1;
    static final int RPC_MISMATCH = 0;
    static final int AUTH_ERROR = 1;

    /** The mark of a message that is one fragment: RFC 5531, section 11. */
    static final int LAST_FRAGMENT = 0x8000_0000;
    static final int MARK_BYTES = 4;
    /** xid, message type, reply_stat, flavor and length of the verifier, accept_stat. */
    private static final int ACCEPTED_BYTES = 24;
    /** xid, message type, reply_stat, reject_stat. */
    private static final int DENIED_BYTES = 16;

    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(ReplyWriter.class);

    private final Outbox outbox;
    private final XdrEncoder encoder;
    private final ByteBufAllocator allocator;

    ReplyWriter(Outbox outbox, XdrEncoder encoder, ByteBufAllocator allocator) {
        this.outbox = outbox;
        this.encoder = encoder;
        this.allocator = allocator;
    }

    /** Of all replies so far. */
    long writtenBytes() {
        return outbox.addedBytes();
    }

    /** A reply without results, or with none to speak of. */
    void accepted(int xid, CallProtection protection, int acceptStat) {
        OpaqueAuth verifier = verifier(protection);
        if (verifier != null) {
            accepted(xid, verifier, acceptStat, 0);
        }
    }

    void programMismatch(int xid, CallProtection protection, int low, int high) {
        OpaqueAuth verifier = verifier(protection);
        if (verifier != null) {
            accepted(xid, verifier, PROG_MISMATCH, 2 * Integer.BYTES).writeInt(low).writeInt(high);
        }
    }

    void rpcMismatch(int xid) {
        denied(xid, RPC_MISMATCH, 2 * Integer.BYTES).writeInt(CallMessage.RPC_VERSION).writeInt(CallMessage.RPC_VERSION);
    }

    void denied(int xid, AuthStat stat) {
        denied(xid, AUTH_ERROR, Integer.BYTES).writeInt(stat.value());
    }

    /**
     * Results, and shows them to the capture if there is one.
     *
     * @throws io.evpl.xdr.XdrException if they break a bound: nothing has been written and nothing shown
     */
    <R> void results(int xid, CallProtection protection, XdrCodec<R> codec, R results, ReplyCapture capture) {
        if (protection.wraps()) {
            encoded(xid, protection, encode(codec, results), capture);
            return;
        }
        if (codec == XdrCodec.VOID && capture == null) {
            accepted(xid, protection, SUCCESS);
            return;
        }
        OpaqueAuth verifier = verifier(protection);
        if (verifier == null) {
            if (capture != null) {
                show(codec, results, capture);
            }
            return;
        }
        encoder.start(allocator);
        int headerBytes = header(xid, verifier);
        codec.encode(encoder, results);
        ByteBuf message = encoder.finish();
        message.setInt(message.readerIndex(), LAST_FRAGMENT | message.readableBytes() - MARK_BYTES);
        if (capture != null) {
            capture.replied(message.slice(message.readerIndex() + headerBytes, message.readableBytes() - headerBytes));
        }
        outbox.add(message);
    }

    /** Results that are encoded but not protected; takes the reference. */
    void encoded(int xid, CallProtection protection, ByteBuf results, ReplyCapture capture) {
        if (capture != null) {
            capture.replied(results);
        }
        ByteBuf body = results;
        if (protection.wraps()) {
            try {
                body = protection.wrapResults(results);
            } catch (ProtectionException e) {
                logUnsent(e);
                return;
            }
        }
        OpaqueAuth verifier = verifier(protection);
        if (verifier == null) {
            body.release();
            return;
        }
        finished(xid, verifier, body);
    }

    /** Results that are sent as they are; takes the reference. */
    void finished(int xid, OpaqueAuth verifier, ByteBuf body) {
        encoder.start(allocator);
        header(xid, verifier);
        encoder.append(body);
        body.release();
        ByteBuf message = encoder.finish();
        message.setInt(message.readerIndex(), LAST_FRAGMENT | message.readableBytes() - MARK_BYTES);
        outbox.add(message);
    }

    /** Shows results that are not sent. */
    <R> void show(XdrCodec<R> codec, R results, ReplyCapture capture) {
        ByteBuf encoded = encode(codec, results);
        try {
            capture.replied(encoded);
        } finally {
            encoded.release();
        }
    }

    private <R> ByteBuf encode(XdrCodec<R> codec, R results) {
        if (codec == XdrCodec.VOID) {
            return Unpooled.EMPTY_BUFFER;
        }
        encoder.start(allocator);
        codec.encode(encoder, results);
        return encoder.finish();
    }

    /** Writes the header of a successful reply, and room for its mark, into the encoder; returns how many bytes these are. */
    private int header(int xid, OpaqueAuth verifier) {
        byte[] body = verifier.body();
        int padded = CallMessage.padded(body.length);
        int at = encoder.claim(MARK_BYTES + ACCEPTED_BYTES + padded);
        encoder.putInt(at, 0);
        encoder.putInt(at + 4, xid);
        encoder.putInt(at + 8, CallMessage.REPLY);
        encoder.putInt(at + 12, MSG_ACCEPTED);
        encoder.putInt(at + 16, verifier.flavor());
        encoder.putInt(at + 20, body.length);
        if (padded > 0) {
            encoder.putFixedOpaque(at + 24, body, body.length, "verifier");
        }
        encoder.putInt(at + 24 + padded, SUCCESS);
        return MARK_BYTES + ACCEPTED_BYTES + padded;
    }

    /** Writes a header to the outbox and returns where so many more bytes must be appended. */
    private ByteBuf accepted(int xid, OpaqueAuth verifier, int acceptStat, int bodyBytes) {
        byte[] body = verifier.body();
        int padded = CallMessage.padded(body.length);
        int bytes = ACCEPTED_BYTES + padded + bodyBytes;
        ByteBuf out = outbox.room(MARK_BYTES + bytes);
        out.writeInt(LAST_FRAGMENT | bytes).writeInt(xid);
        out.writeInt(CallMessage.REPLY).writeInt(MSG_ACCEPTED);
        out.writeInt(verifier.flavor()).writeInt(body.length);
        if (padded > 0) {
            out.writeBytes(body).writeZero(padded - body.length);
        }
        return out.writeInt(acceptStat);
    }

    private ByteBuf denied(int xid, int rejectStat, int bodyBytes) {
        ByteBuf out = outbox.room(MARK_BYTES + DENIED_BYTES + bodyBytes);
        out.writeInt(LAST_FRAGMENT | DENIED_BYTES + bodyBytes).writeInt(xid);
        return out.writeInt(CallMessage.REPLY).writeInt(MSG_DENIED).writeInt(rejectStat);
    }

    /** Null if there is none, and so no reply may be sent. */
    private static OpaqueAuth verifier(CallProtection protection) {
        if (protection == CallProtection.NONE) {
            return OpaqueAuth.NONE;
        }
        try {
            return protection.replyVerifier();
        } catch (ProtectionException e) {
            logUnsent(e);
            return null;
        }
    }

    private static void logUnsent(ProtectionException e) {
        LOG.warn("A reply cannot be protected and is not sent", e);
    }
}
