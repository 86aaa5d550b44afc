package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.util.stream.Stream;

/** The server of a flow in: verifies each packet, and counts what is missing by the gaps in each sender's numbers. */
final class PacketSinkHandler extends ChannelInboundHandlerAdapter {
    private final Scenario scenario;
    private final Tally tally;
    private final Arrivals[] arrivals;

    PacketSinkHandler(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        this.arrivals = Stream.generate(Arrivals::new).limit(scenario.connections()).toArray(Arrivals[]::new);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            String fault = Packets.fault(packet.content(), scenario.connections(), scenario.payloadBytes());
            if (fault == null) {
                arrived(packet.content().getLong(packet.content().readerIndex()));
            } else {
                tally.fault(fault);
            }
        } finally {
            packet.release();
        }
    }

    private void arrived(long header) {
        Arrivals of = arrivals[Packets.connectionOf(header)];
        long lostBefore = of.lost();
        if (!of.arrive(Packets.numberOf(header))) {
            tally.fault("connection " + Packets.connectionOf(header) + ": packet " + Packets.numberOf(header) + " arrived twice");
        }
        tally.lost(of.lost() - lostBefore);
        tally.received(scenario.payloadBytes());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tally.fault(cause.toString());
    }
}
