package io.evpl.rpc2.tls;

import io.evpl.rpc2.RecordDecoder;
import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.auth.AuthStat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import java.nio.channels.ClosedChannelException;

/**
 * The server's side: answers the probe. Calls that came before it are answered before it is, in the clear as they came: their replies
 * must not stand beside those of protected calls.
 */
final class ServerStart extends StartTls {
    private final RpcConnection connection;
    private final boolean required;
    /** Calls back, which wait for TLS where it is required; null if none does. */
    private PendingWriteQueue held;

    ServerStart(RecordDecoder records, RpcConnection connection, TlsHandlers handlers, long handshakeTimeoutNs, boolean required) {
        super(records, handlers, handshakeTimeoutNs);
        this.connection = connection;
        this.required = required;
    }

    @Override
    void inTheClear(ByteBuf message) {
        if (Probe.hasFlavor(message) && Probe.isOfTls(message)) {
            onProbe(message);
        } else if (required) {
            refuse(message);
        } else {
            context().fireChannelRead(message);
        }
    }

    /** As the connection would, which may not say anything in the clear. What is no message of RPC ends the connection there. */
    private void refuse(ByteBuf message) {
        if (Probe.isReply(message)) {
            message.release(); // nothing was called in the clear: it cannot be true
        } else if (!Probe.isCall(message)) {
            context().fireChannelRead(message);
        } else if (Probe.hasFlavor(message)) {
            deny(message, AuthStat.AUTH_TOOWEAK);
        } else if (Probe.isOfOtherVersion(message)) {
            answer(message, Probe.mismatch(context().alloc(), Probe.xid(message)));
        } else {
            deny(message, AuthStat.AUTH_BADCRED);
        }
    }

    private void onProbe(ByteBuf message) {
        AuthStat stat = Probe.check(message);
        if (stat != AuthStat.AUTH_OK) {
            deny(message, stat);
            return;
        }
        int xid = Probe.xid(message);
        message.release();
        if (isNothingBehind()) {
            probed();
            connection.whenAnswered(() -> answer(xid));
        }
    }

    private void answer(int xid) {
        if (state() == State.PROBED && isNothingBehind()) {
            ChannelHandlerContext ctx = context();
            ctx.writeAndFlush(Probe.starttls(ctx.alloc(), xid), ctx.voidPromise());
            begin(null, 0);
        }
    }

    @Override
    void afterProbe(ByteBuf message) {
        message.release();
        spurious();
    }

    @Override
    String objection(RpcTlsSession session) {
        return null;
    }

    @Override
    void secured() {
        if (held != null) {
            held.removeAndWriteAll();
            context().flush();
        }
    }

    @Override
    String failedHandshake(String reason) {
        return "the client's handshake failed: " + reason;
    }

    // ---- calls back ---------------------------------------------------------------------------------------------------

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean clear = switch (state()) {
            case CLEAR, PROBED -> true;
            case HANDSHAKE, SECURE, FAILED -> false;
        };
        if (!required || !clear || !(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
            ctx.write(message, promise);
            return;
        }
        if (held == null) {
            held = new PendingWriteQueue(ctx);
        }
        held.add(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        super.channelInactive(ctx);
        failHeld();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        super.handlerRemoved(ctx);
        failHeld();
    }

    private void failHeld() {
        if (held != null && !held.isEmpty()) {
            held.removeAndFailAll(new ClosedChannelException());
        }
    }
}
