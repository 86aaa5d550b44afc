package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;

/** A load's end of a flow in: sends while its socket takes more, whatever becomes of it. */
final class PacketSourceConnection extends LoadConnection implements Runnable {
    /** Then it is the next connection's turn. */
    private static final int BURST_PACKETS = 32;

    private final int payloadBytes;
    private long nextNumber;
    private boolean queued;

    PacketSourceConnection(Scenario scenario, LoadTally tally, int index) {
        super(tally, index);
        this.payloadBytes = scenario.payloadBytes();
    }

    @Override
    void start() {
        running = true;
        run();
    }

    /** A burst, then the next in a task of its own; while the channel holds as much as it will, its loop need not be asked. */
    @Override
    public void run() {
        queued = false;
        if (!running) {
            return;
        }
        int packets = 0;
        while (packets < BURST_PACKETS && ctx.channel().isWritable()) {
            ctx.write(Packets.packet(ctx.alloc(), index, nextNumber++, payloadBytes), ctx.voidPromise());
            packets++;
        }
        if (packets > 0) {
            tally.sent((long) packets * payloadBytes);
            ctx.flush();
        }
        runOn();
    }

    private void runOn() {
        if (!queued && running && ctx.channel().isWritable()) {
            queued = true;
            ctx.executor().execute(this);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        runOn();
    }

    /** Nothing comes back, so nothing is missed. */
    @Override
    boolean owed() {
        return false;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
        tally.fault("connection " + index + ": the server sent something, and had nothing to send");
        running = false;
    }
}
