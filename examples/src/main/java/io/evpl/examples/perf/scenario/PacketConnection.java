package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;

/** A load's end that sends and receives datagrams from a connected socket, and does not wait for ever for one that was lost. */
abstract class PacketConnection extends LoadConnection {
    /** After this a packet is given up: a thousand times what loopback takes, and far less than the watchdog's patience. */
    static final long LOSS_TIMEOUT_NS = 200_000_000L;

    protected final Scenario scenario;
    protected final int payloadBytes;

    PacketConnection(Scenario scenario, LoadTally tally, int index) {
        super(tally, index);
        this.scenario = scenario;
        this.payloadBytes = scenario.payloadBytes();
    }

    /** Called every few milliseconds: what is overdue is given up. */
    abstract void sweep(long nowNs);

    /** A whole packet has arrived, of whichever connection. */
    abstract void arrived(int connection, long number);

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            String fault = Packets.fault(packet.content(), scenario.connections(), payloadBytes);
            if (fault != null) {
                fault(fault);
                return;
            }
            tally.received(payloadBytes);
            long header = packet.content().getLong(packet.content().readerIndex());
            arrived(Packets.connectionOf(header), Packets.numberOf(header));
        } finally {
            packet.release();
        }
    }

    protected final void fault(String reason) {
        tally.fault(reason);
        running = false;
    }

    protected final void writePacket(long number) {
        ctx.write(Packets.packet(ctx.alloc(), index, number, payloadBytes), ctx.voidPromise());
    }
}
