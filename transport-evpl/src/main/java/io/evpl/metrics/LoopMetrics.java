package io.evpl.metrics;

import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The counts of a loop as they were. */
public final class LoopMetrics implements LoopReading {
    private final int index;
    private final String backend;
    private final long[] own;
    private final long[][] traffic;

    private LoopMetrics(int index, String backend, long[] own, long[][] traffic) {
        this.index = index;
        this.backend = backend;
        this.own = own;
        this.traffic = traffic;
    }

    /** Reads each count once. */
    public static LoopMetrics of(LoopReading loop) {
        return new LoopMetrics(loop.index(), loop.backend(), Stream.of(LoopMetric.values()).mapToLong(loop::read).toArray(),
                Stream.of(Protocol.values()).map(protocol -> traffic(loop, protocol)).toArray(long[][]::new));
    }

    private static long[] traffic(LoopReading loop, Protocol protocol) {
        return Stream.of(TrafficMetric.values()).mapToLong(metric -> loop.read(protocol, metric)).toArray();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public String backend() {
        return backend;
    }

    @Override
    public long read(LoopMetric metric) {
        return own[metric.ordinal()];
    }

    @Override
    public long read(Protocol protocol, TrafficMetric metric) {
        return traffic[protocol.ordinal()][metric.ordinal()];
    }

    /** Whether the loop has had any channel of that protocol. */
    public boolean hasUsed(Protocol protocol) {
        return LongStream.of(traffic[protocol.ordinal()]).anyMatch(count -> count != 0);
    }
}
