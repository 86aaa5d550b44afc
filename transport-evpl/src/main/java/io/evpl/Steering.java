package io.evpl;

import io.netty.channel.Channel;

import java.util.List;

/**
 * Chooses the loop that serves a new connection of an {@link EvplListener}.
 *
 * <p>Called on the listener's accepting loop for each connection, so it must not block. One that keeps state belongs to
 * one listener.
 */
@FunctionalInterface
public interface Steering {
    /**
     * @param child the connection, not registered yet; its options can be read
     * @param loops the attached loops in the order of their attachment, never empty
     * @return one of {@code loops}; null refuses the connection, which is closed. One that throws refuses it too
     */
    AttachedLoop choose(Channel child, List<AttachedLoop> loops);

    /** Each loop in turn. */
    static Steering roundRobin() {
        return new Steering() {
            private int next;

            @Override
            public AttachedLoop choose(Channel child, List<AttachedLoop> loops) {
                next = next < loops.size() ? next : 0;
                return loops.get(next++);
            }
        };
    }

    /** The loop with the fewest live connections of this listener; of several, the one attached first. */
    static Steering leastConnections() {
        return (child, loops) -> {
            AttachedLoop least = loops.getFirst();
            for (AttachedLoop loop : loops) {
                least = loop.live() < least.live() ? loop : least;
            }
            return least;
        };
    }

    /**
     * The loop that is pinned to the CPU on which the connection's packets arrive (SO_INCOMING_CPU, socket(7)); else the
     * one with the fewest connections among those pinned to CPUs of the same NUMA node; else among all. Loops are pinned
     * with {@code -Dio.evpl.cpus}. It is worth something where the network card spreads its queues over these CPUs.
     */
    static Steering incomingCpu() {
        return new IncomingCpuSteering();
    }
}
