package io.evpl;

import io.evpl.linux.NumaNodes;
import io.netty.channel.Channel;

import java.util.List;
import java.util.function.ToIntFunction;

/** {@link Steering#incomingCpu()}. */
final class IncomingCpuSteering implements Steering {
    private static final int UNKNOWN = -1;

    private final ToIntFunction<Channel> incomingCpu;
    private final NumaNodes nodes;

    IncomingCpuSteering() {
        this(IncomingCpuSteering::incomingCpu, NumaNodes.ofThisMachine());
    }

    IncomingCpuSteering(ToIntFunction<Channel> incomingCpu, NumaNodes nodes) {
        this.incomingCpu = incomingCpu;
        this.nodes = nodes;
    }

    /** @return {@link #UNKNOWN} before the first packet, and for channels that are no sockets */
    static int incomingCpu(Channel child) {
        Integer cpu = child.config().getOption(EvplChannelOption.SO_INCOMING_CPU);
        return cpu == null ? UNKNOWN : cpu;
    }

    @Override
    public AttachedLoop choose(Channel child, List<AttachedLoop> loops) {
        int cpu = incomingCpu.applyAsInt(child);
        int node = cpu < 0 ? NumaNodes.UNKNOWN : nodes.nodeOf(cpu);
        AttachedLoop best = null;
        int bestNearness = 0;
        for (AttachedLoop loop : loops) {
            int nearness = nearness(loop, cpu, node);
            if (best == null || nearness > bestNearness || nearness == bestNearness && loop.live() < best.live()) {
                best = loop;
                bestNearness = nearness;
            }
        }
        return best;
    }

    private int nearness(AttachedLoop loop, int cpu, int node) {
        int pinned = loop.loop().cpu();
        if (cpu < 0 || pinned < 0) {
            return 0;
        }
        if (pinned == cpu) {
            return 2;
        }
        return node != NumaNodes.UNKNOWN && nodes.nodeOf(pinned) == node ? 1 : 0;
    }
}
