package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.stream.Stream;

/** The server of a flow out: sends each sink the packets it has granted, while the channel is writable. */
final class PacketSourceHandler extends ChannelInboundHandlerAdapter {
    /** Packets between two flushes: what one system call can take along, and no more than a loop should hold back. */
    private static final int FLUSH_PACKETS = 64;

    private final Scenario scenario;
    private final Tally tally;
    private final Sink[] sinks;
    private int unflushedPackets;

    /** Where to, and how far it has got. */
    private static final class Sink {
        private InetSocketAddress address;
        private long nextNumber;
        private long grantedPackets;
    }

    PacketSourceHandler(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        this.sinks = Stream.generate(Sink::new).limit(scenario.connections()).toArray(Sink[]::new);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            granted(packet.content(), packet.sender());
        } finally {
            packet.release();
        }
    }

    /** A grant holds a total, so that one which is lost or overtaken does no harm. */
    private void granted(ByteBuf grant, InetSocketAddress sender) {
        long header = grant.readableBytes() == Packets.HEADER_BYTES ? grant.readLong() : -1;
        if (header < 0 || Packets.connectionOf(header) >= sinks.length) {
            tally.fault("what a sink sent is no grant");
            return;
        }
        Sink sink = sinks[Packets.connectionOf(header)];
        sink.address = sender;
        sink.grantedPackets = Math.max(sink.grantedPackets, Packets.numberOf(header));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        send(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        send(ctx);
    }

    /** Ends by itself: grants come in between only. */
    private void send(ChannelHandlerContext ctx) {
        for (int i = 0; i < sinks.length && ctx.channel().isWritable(); i++) {
            Sink sink = sinks[i];
            while (sink.nextNumber < sink.grantedPackets && ctx.channel().isWritable()) {
                ByteBuf packet = Packets.packet(ctx.alloc(), i, sink.nextNumber++, scenario.payloadBytes());
                ctx.write(new DatagramPacket(packet, sink.address), ctx.voidPromise());
                tally.sent(scenario.payloadBytes());
                flushIf(ctx, ++unflushedPackets == FLUSH_PACKETS);
            }
        }
        flushIf(ctx, unflushedPackets > 0);
    }

    /** Before the flush, which may turn the channel writable and so come back here. */
    private void flushIf(ChannelHandlerContext ctx, boolean due) {
        if (due) {
            unflushedPackets = 0;
            ctx.flush();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tally.fault(cause.toString());
    }
}
