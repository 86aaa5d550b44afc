package io.evpl.rpc2;

import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.xdr.XdrEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** Writes calls, RFC 5531, section 9, each with its record mark. */
final class CallWriter {
    private static final int MARK_BYTES = ReplyWriter.MARK_BYTES;
    /** Mark, xid, type, rpcvers, program, version, procedure; credential and verifier, each with flavor and length. */
    private static final int MAX_HEADER_BYTES = 7 * Integer.BYTES + 2 * (2 * Integer.BYTES + OpaqueAuth.MAX_BODY_BYTES);

    private final XdrEncoder encoder;
    private final ByteBufAllocator allocator;
    /** The header, as a verifier signs it. */
    private final ByteBuf header = Unpooled.buffer(64, MAX_HEADER_BYTES);

    CallWriter(XdrEncoder encoder, ByteBufAllocator allocator) {
        this.encoder = encoder;
        this.allocator = allocator;
    }

    /**
     * The message, which belongs to the caller.
     *
     * @throws ProtectionException         if the flavor cannot protect it
     * @throws io.evpl.xdr.XdrException if the arguments break a bound
     */
    <A> ByteBuf write(OutgoingCall<A, ?> call, ClientAuth.Attempt attempt) throws ProtectionException {
        writeHeader(call, attempt);
        ByteBuf wrapped = null;
        if (attempt.wraps()) {
            encoder.start(allocator);
            call.procedure.arguments().encode(encoder, call.arguments());
            wrapped = attempt.wrapArguments(encoder.finish());
        }
        encoder.start(allocator);
        int bytes = header.readableBytes();
        int at = encoder.claim(bytes);
        for (int i = 0; i < bytes; i += Integer.BYTES) {
            encoder.putInt(at + i, header.getInt(i));
        }
        if (wrapped == null) {
            call.procedure.arguments().encode(encoder, call.arguments());
        } else {
            encoder.append(wrapped);
            wrapped.release();
        }
        ByteBuf message = encoder.finish();
        message.setInt(message.readerIndex(), ReplyWriter.LAST_FRAGMENT | message.readableBytes() - MARK_BYTES);
        return message;
    }

    private void writeHeader(OutgoingCall<?, ?> call, ClientAuth.Attempt attempt) {
        RpcProcedure<?, ?> procedure = call.procedure;
        header.clear();
        header.writeInt(0).writeInt(call.xid).writeInt(CallMessage.CALL).writeInt(CallMessage.RPC_VERSION);
        header.writeInt(procedure.program()).writeInt(procedure.version()).writeInt(procedure.number());
        write(attempt.credential());
        header.readerIndex(MARK_BYTES);
        OpaqueAuth verifier = attempt.verifier(header);
        header.readerIndex(0);
        write(verifier);
    }

    private void write(OpaqueAuth auth) {
        byte[] body = auth.body();
        header.writeInt(auth.flavor()).writeInt(body.length);
        if (body.length > 0) {
            header.writeBytes(body).writeZero(CallMessage.padded(body.length) - body.length);
        }
    }
}
