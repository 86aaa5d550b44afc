package io.evpl.rpc2.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/**
 * Between a client's connected datagram channel and its {@link io.evpl.rpc2.RpcConnection}: each datagram is a message, each message a
 * datagram. What comes from somebody else than the peer is dropped, should the channel let it through.
 */
public final class DatagramRecords extends ChannelDuplexHandler {
    /** xid and message type. */
    private static final int MIN_BYTES = 8;
    /** The higher one of CALL and REPLY. */
    private static final int LAST_TYPE = 1;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        if (!(received instanceof DatagramPacket packet)) {
            ctx.fireChannelRead(received);
            return;
        }
        InetSocketAddress peer = (InetSocketAddress) ctx.channel().remoteAddress();
        ByteBuf message = packet.content();
        // What is no message is noise, and no reason to end a connection that anybody can send to.
        if (isMessage(message) && (packet.sender() == null || packet.sender().equals(peer))) {
            ctx.fireChannelRead(message);
        } else {
            message.release();
        }
    }

    private static boolean isMessage(ByteBuf message) {
        return message.readableBytes() >= MIN_BYTES
                && Integer.compareUnsigned(message.getInt(message.readerIndex() + Integer.BYTES), LAST_TYPE) <= 0;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf batch)) {
            ctx.write(message, promise);
            return;
        }
        InetSocketAddress peer = (InetSocketAddress) ctx.channel().remoteAddress();
        try {
            MarkedMessages.forEach(batch, each -> ctx.write(new DatagramPacket(each, peer), ctx.voidPromise()));
        } finally {
            batch.release();
        }
        promise.trySuccess();
    }
}
