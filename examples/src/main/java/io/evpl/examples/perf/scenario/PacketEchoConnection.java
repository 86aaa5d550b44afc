package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandlerContext;
import java.util.Arrays;

/**
 * One client socket with {@code depth} lanes, each of which has one packet in flight. Packet n belongs to lane n % depth, so an echo
 * tells its lane, and reordering between lanes is no loss.
 */
final class PacketEchoConnection extends PacketConnection {
    private static final long IDLE = Long.MIN_VALUE;

    private final int depth;
    private final long[] number;
    private final long[] sentAtNs;
    private long givenUp;
    private long late;

    PacketEchoConnection(Scenario scenario, LoadTally tally, int index) {
        super(scenario, tally, index);
        this.depth = scenario.depth();
        this.number = new long[depth];
        this.sentAtNs = new long[depth];
        Arrays.fill(sentAtNs, IDLE);
    }

    @Override
    void start() {
        running = true;
        long nowNs = System.nanoTime();
        for (int lane = 0; lane < depth; lane++) {
            number[lane] = lane;
            send(lane, nowNs);
        }
        ctx.flush();
    }

    private void send(int lane, long nowNs) {
        sentAtNs[lane] = nowNs;
        writePacket(number[lane]);
    }

    @Override
    void arrived(int connection, long arrived) {
        int lane = (int) (arrived % depth);
        if (connection != index || arrived > number[lane]) {
            fault("connection " + index + ": packet " + arrived + " of connection " + connection + " came back and was never sent");
        } else if (arrived == number[lane] && sentAtNs[lane] != IDLE) {
            long nowNs = System.nanoTime();
            tally.echoed(nowNs - sentAtNs[lane]);
            next(lane, nowNs);
        } else if (++late > givenUp) {
            // More came late than were given up: some came twice.
            fault("connection " + index + ": packet " + arrived + " came back twice");
        } else {
            tally.lost(-1);
        }
    }

    private void next(int lane, long nowNs) {
        if (running) {
            number[lane] += depth;
            send(lane, nowNs);
        } else {
            sentAtNs[lane] = IDLE;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    void sweep(long nowNs) {
        for (int lane = 0; lane < depth; lane++) {
            if (sentAtNs[lane] != IDLE && nowNs - sentAtNs[lane] > LOSS_TIMEOUT_NS) {
                givenUp++;
                tally.lost(1);
                next(lane, nowNs);
            }
        }
        ctx.flush();
    }

    @Override
    boolean owed() {
        for (long sentAt : sentAtNs) {
            if (sentAt != IDLE) {
                return true;
            }
        }
        return false;
    }
}
