package io.evpl;

import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.LoopReading;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;

/** The counts of a loop as they are. */
record LiveLoop(int index, EvplEventLoop loop) implements LoopReading {
    @Override
    public String backend() {
        return loop.backend();
    }

    @Override
    public long read(LoopMetric metric) {
        return switch (metric) {
            case TURNS -> loop.turns();
            case KERNEL_ENTRIES -> loop.kernelEntries();
            case SLEEPS -> loop.sleeps();
            case WAKEUPS -> loop.wakeups();
            case SPINS -> loop.spins();
            case SPIN_HITS -> loop.spinHits();
            case SPIN_NS -> loop.spinNs();
            case CHANNELS -> loop.registeredChannels();
            case PENDING_TASKS -> loop.pendingTasks();
            case LENT_BYTES -> loop.transport().lentBytes();
        };
    }

    @Override
    public long read(Protocol protocol, TrafficMetric metric) {
        return loop.traffic(protocol).read(metric);
    }
}
