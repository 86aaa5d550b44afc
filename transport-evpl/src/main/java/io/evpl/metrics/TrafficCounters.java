package io.evpl.metrics;

/**
 * Counts of one loop's channels of one protocol. Only the loop's thread writes, with plain stores: counting costs an addition.
 * Other threads read what is nearly so; on the loop's thread, and after something that the loop did for the reader (a promise, a
 * task's result), it is exact.
 */
public final class TrafficCounters {
    private long messagesIn;
    private long bytesIn;
    private long messagesOut;
    private long bytesOut;
    private final long[] rare = new long[TrafficMetric.values().length];

    /** A message, or what one receive brought, is passed to the handlers. */
    public void received(long bytes) {
        messagesIn++;
        bytesIn += bytes;
    }

    /** A message, or what one send took, has left. */
    public void sent(long bytes) {
        sent(1, bytes);
    }

    /** As {@link #sent(long)}, several at once. */
    public void sent(long messages, long bytes) {
        messagesOut += messages;
        bytesOut += bytes;
    }

    /** One more of what {@link #received} and {@link #sent} do not count. */
    public void count(TrafficMetric metric) {
        rare[metric.ordinal()]++;
    }

    /** Any thread. */
    public long read(TrafficMetric metric) {
        return switch (metric) {
            case MESSAGES_IN -> messagesIn;
            case BYTES_IN -> bytesIn;
            case MESSAGES_OUT -> messagesOut;
            case BYTES_OUT -> bytesOut;
            case OPENED, ACCEPTED, CLOSED_BY_US, CLOSED_BY_PEER, CLOSED_BY_FAILURE, CLOSED_BY_LOOP, CONNECTS_FAILED,
                    ACCEPTS_FAILED, ACCEPTS_DROPPED, SENDS_REFUSED, TRUNCATED, BUFFERS_EXHAUSTED -> rare[metric.ordinal()];
        };
    }
}
