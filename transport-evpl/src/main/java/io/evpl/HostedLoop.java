package io.evpl;

import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.LoopReading;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;

/** The counts of channels of ours on a loop of Netty's as they are: zeros before there is one. */
record HostedLoop(int index, SingleThreadEventLoop host, HostedChannels.Place place) implements LoopReading {
    HostedLoop(int index, EventLoop host) {
        this(index, (SingleThreadEventLoop) host, HostedChannels.at(host));
    }

    @Override
    public String backend() {
        HostedChannels channels = place.channels();
        return channels == null ? Backends.chosen(EvplConfig.fromSystemProperties()) : channels.backend();
    }

    @Override
    public long read(LoopMetric metric) {
        HostedChannels channels = place.channels();
        return channels == null ? 0 : switch (metric) {
            case TURNS -> channels.sources().turns();
            case KERNEL_ENTRIES -> channels.kernelEntries();
            case SLEEPS -> channels.sources().sleeps();
            case WAKEUPS -> channels.sources().wakeups();
            case SPINS -> channels.sources().spins();
            case SPIN_HITS -> channels.sources().spinHits();
            case SPIN_NS -> channels.sources().spinNs();
            case CHANNELS -> channels.all().size();
            case PENDING_TASKS -> host.pendingTasks();
            case LENT_BYTES -> channels.lentBytes();
        };
    }

    @Override
    public long read(Protocol protocol, TrafficMetric metric) {
        HostedChannels channels = place.channels();
        return channels == null ? 0 : channels.traffic(protocol).read(metric);
    }
}
