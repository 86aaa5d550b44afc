package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/** The usual Netty echo of datagrams: back to where it came from, flushed on read complete. */
final class PacketEchoHandler extends ChannelInboundHandlerAdapter {
    private final Tally tally;

    PacketEchoHandler(Tally tally) {
        this.tally = tally;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        tally.received(packet.content().readableBytes());
        ctx.write(new DatagramPacket(packet.content(), packet.sender()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tally.fault(cause.toString());
    }
}
