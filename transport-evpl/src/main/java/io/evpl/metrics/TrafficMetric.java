package io.evpl.metrics;

/** What a loop counts of its channels, for each {@link Protocol}. All only grow. */
public enum TrafficMetric {
    OPENED("evpl_connections_opened_total", null, "Connections that we made, and datagram channels"),
    ACCEPTED("evpl_connections_accepted_total", null, "Connections that peers made, on the loop that serves them"),
    CLOSED_BY_US("evpl_connections_closed_total", "us", "Of those, closed, and by whom: see CloseReason"),
    CLOSED_BY_PEER("evpl_connections_closed_total", "peer", "Of those, closed, and by whom: see CloseReason"),
    CLOSED_BY_FAILURE("evpl_connections_closed_total", "failure", "Of those, closed, and by whom: see CloseReason"),
    CLOSED_BY_LOOP("evpl_connections_closed_total", "loop", "Of those, closed, and by whom: see CloseReason"),
    CONNECTS_FAILED("evpl_connects_failed_total", null, "Connects that were refused, failed or timed out"),
    ACCEPTS_FAILED("evpl_accepts_failed_total", null, "Errors of accept(2), such as too many open descriptors"),
    ACCEPTS_DROPPED("evpl_accepts_dropped_total", null, "Connections that came for a listener just closed, and were closed"),
    MESSAGES_IN("evpl_messages_received_total", null, "Datagrams or messages received; for streams, receives"),
    BYTES_IN("evpl_bytes_received_total", null, "Bytes passed to handlers"),
    MESSAGES_OUT("evpl_messages_sent_total", null, "Datagrams or messages sent; for streams, sends"),
    BYTES_OUT("evpl_bytes_sent_total", null, "Bytes that the kernel, or the peer's queue, has taken"),
    SENDS_REFUSED("evpl_sends_refused_total", null, "Datagrams that the kernel refused: their promises failed"),
    TRUNCATED("evpl_datagrams_truncated_total", null, "Datagrams longer than their buffer, dropped"),
    BUFFERS_EXHAUSTED("evpl_buffers_exhausted_total", null, "Receives that found no lent buffer left (ENOBUFS)");

    private final String metric;
    private final String by;
    private final String help;

    TrafficMetric(String metric, String by, String help) {
        this.metric = metric;
        this.by = by;
        this.help = help;
    }

    /** Its name in Prometheus. */
    public String metric() {
        return metric;
    }

    /** The value of its label {@code by}; null if it has none. */
    public String by() {
        return by;
    }

    /** What it means. */
    public String help() {
        return help;
    }
}
