package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;

/** A load's end of a flow out: grants the server as many packets as its socket buffer holds, verifies them, counts the gaps. */
final class PacketSinkConnection extends PacketConnection {
    static final int MIN_WINDOW_PACKETS = 2;
    /** Enough to keep a server busy from one grant to the next. */
    private static final int MAX_WINDOW_PACKETS = 256;
    /** What the kernel charges a socket buffer for a packet: less than its size doubled and a kilobyte (skbuff.h, SKB_TRUESIZE). */
    private static final int PACKET_OVERHEAD_BYTES = 1024;

    private final Arrivals arrivals = new Arrivals();
    private long windowPackets;
    private long grantedPackets;
    private long heardAtNs;
    private boolean heard;

    PacketSinkConnection(Scenario scenario, LoadTally tally, int index) {
        super(scenario, tally, index);
    }

    @Override
    void start() {
        running = true;
        Integer bufferBytes = ctx.channel().config().getOption(ChannelOption.SO_RCVBUF);
        // Null: a channel that does not tell.
        windowPackets = bufferBytes == null ? MIN_WINDOW_PACKETS : windowPackets(bufferBytes, payloadBytes);
        heardAtNs = System.nanoTime();
        grant(windowPackets);
    }

    static long windowPackets(int receiveBufferBytes, int payloadBytes) {
        return Math.clamp(receiveBufferBytes / (2L * payloadBytes + PACKET_OVERHEAD_BYTES), MIN_WINDOW_PACKETS, MAX_WINDOW_PACKETS);
    }

    private void grant(long packets) {
        grantedPackets = packets;
        ctx.writeAndFlush(ctx.alloc().directBuffer(Packets.HEADER_BYTES).writeLong(Packets.header(index, packets)), ctx.voidPromise());
    }

    @Override
    void arrived(int connection, long number) {
        long lostBefore = arrivals.lost();
        if (connection != index || number >= grantedPackets) {
            fault("connection " + index + ": packet " + number + " of connection " + connection + " was not granted");
        } else if (!arrivals.arrive(number)) {
            fault("connection " + index + ": packet " + number + " arrived twice");
        }
        tally.lost(arrivals.lost() - lostBefore);
        heard = true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        long mayHave = arrivals.next() + windowPackets;
        if (running && mayHave - grantedPackets >= windowPackets / 2) {
            grant(mayHave);
        }
    }

    /** Silence: the end of the window was lost, or the grant. The next grant is beyond both; the gap will show. */
    @Override
    void sweep(long nowNs) {
        if (heard) {
            heard = false;
            heardAtNs = nowNs;
        } else if (running && nowNs - heardAtNs > LOSS_TIMEOUT_NS) {
            heardAtNs = nowNs;
            grant(grantedPackets + windowPackets);
        }
    }

    @Override
    boolean owed() {
        return false;
    }
}
