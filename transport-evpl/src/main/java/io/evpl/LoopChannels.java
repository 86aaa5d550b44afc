package io.evpl;

import io.evpl.channel.Transport;
import io.evpl.foreign.ForeignLoop;
import io.evpl.metrics.LoopReading;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficCounters;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The channels of ours that one loop serves, a loop of ours or somebody else's, and what they use of it. On the loop's thread. */
abstract class LoopChannels {
    private final int maxWriteBytes;
    private final TrafficCounters[] traffic = new TrafficCounters[Protocol.values().length];
    private final Set<Channel> channels = Collections.newSetFromMap(new IdentityHashMap<>());

    LoopChannels(EvplConfig config) {
        maxWriteBytes = config.maxWriteBytes();
        Arrays.setAll(traffic, protocol -> new TrafficCounters());
    }

    /** Whether channels of ours may be registered with it. Any thread. */
    static boolean areServedBy(EventLoop loop) {
        return loop instanceof EvplEventLoop || ForeignLoop.accepts(loop);
    }

    /**
     * How {@code loop} serves sockets of ours, or would serve its first. Any thread.
     *
     * @return null if it does not
     */
    static String backendOf(EventLoop loop) {
        if (!areServedBy(loop)) {
            return null;
        }
        if (loop instanceof EvplEventLoop own) {
            return own.backend();
        }
        HostedChannels present = HostedChannels.at(loop).channels();
        return present == null ? Backends.chosen(EvplConfig.fromSystemProperties()) : present.backend();
    }

    /** Those of {@code loop}, on its thread. */
    static LoopChannels of(EventLoop loop) {
        return loop instanceof EvplEventLoop own ? own.channels() : HostedChannels.of(loop);
    }

    /** The counts of {@code loop}. Any thread. @throws IllegalArgumentException it takes no channels of ours */
    static LoopReading reading(int index, EventLoop loop) {
        if (loop instanceof EvplEventLoop own) {
            return new LiveLoop(index, own);
        }
        ForeignLoop.require(loop);
        return new HostedLoop(index, loop);
    }

    /** @throws IOException the kernel refuses what a loop's first socket needs */
    abstract Transport transport() throws IOException;

    /** Somebody is about to ask something of the transport, perhaps within somebody else's task. */
    abstract void pollSoon();

    /** What this turn did came from another loop of this process; see {@link io.evpl.loop.SpinPolicy#workFromNeighbour()}. */
    abstract void workFromNeighbour();

    /** What the loop's channels of {@code protocol} count with. */
    final TrafficCounters traffic(Protocol protocol) {
        return traffic[protocol.ordinal()];
    }

    /** Bytes that a channel hands to the kernel at a time. */
    final int maxWriteBytes() {
        return maxWriteBytes;
    }

    final void add(Channel channel) {
        assert channel.eventLoop().inEventLoop();
        channels.add(channel);
    }

    final void remove(Channel channel) {
        assert channel.eventLoop().inEventLoop();
        channels.remove(channel);
    }

    final Set<Channel> all() {
        return channels;
    }

    /** The loop ends. */
    final void closeAll() {
        for (Channel channel : new ArrayList<>(channels)) {
            channel.unsafe().close(channel.unsafe().voidPromise());
        }
    }
}
