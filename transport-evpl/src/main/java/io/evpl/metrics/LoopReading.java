package io.evpl.metrics;

/** The counts of a loop: as they are now, or as they were ({@link LoopMetrics}). Any thread. */
public interface LoopReading {
    /** Its index in its group, from 0. */
    int index();

    /** {@code io_uring} or {@code epoll}. */
    String backend();

    long read(LoopMetric metric);

    long read(Protocol protocol, TrafficMetric metric);
}
