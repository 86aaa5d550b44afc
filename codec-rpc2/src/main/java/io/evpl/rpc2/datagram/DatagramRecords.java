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
    /** IPv4's largest packet without its header and UDP's. */
    public static final int MAX_MESSAGE_BYTES = 65_535 - 20 - 8;
    /** What a receive buffer has to have, so that no datagram is cut. */
    public static final int RECEIVE_BUFFER_BYTES = 64 << 10;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        if (!(received instanceof DatagramPacket packet)) {
            ctx.fireChannelRead(received);
            return;
        }
        InetSocketAddress peer = (InetSocketAddress) ctx.channel().remoteAddress();
        ByteBuf message = packet.content();
        // Noise is no reason to end a connection that anybody can send to.
        if (MarkedMessages.isMessage(message) && (packet.sender() == null || packet.sender().equals(peer))) {
            ctx.fireChannelRead(message);
        } else {
            message.release();
        }
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
