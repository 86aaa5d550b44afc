package io.evpl.examples.perf.scenario;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What carries a scenario's bytes from the load to the server and back. */
public enum Link {
    TCP("", 1, Link.MAX_STREAM_BYTES, EnumSet.allOf(Direction.class)),
    /** TCP, encrypted by BoringSSL. */
    TLS("tls ", 1, Link.MAX_STREAM_BYTES, EnumSet.allOf(Direction.class)),
    /** One datagram per message, at most what fits into one over IPv4: 65,535 less the headers of IP and UDP. */
    UDP("datagram ", Packets.HEADER_BYTES, 65_507, EnumSet.of(Direction.IN, Direction.OUT)),
    /** ONC RPC over TCP: a message is a call and its reply, its payload what the procedure takes and gives; NULL has none. */
    RPC("rpc ", 0, 1 << 20, EnumSet.allOf(Direction.class)),
    UNIX("unix ", 1, Link.MAX_STREAM_BYTES, EnumSet.allOf(Direction.class)),
    /** From loop to loop, by reference. Both ways are the same way, so streams flow in only. */
    INPROC("inproc ", 1, Link.MAX_STREAM_BYTES, EnumSet.of(Direction.IN));

    private static final int MAX_STREAM_BYTES = 16 << 20;

    private final String labelPrefix;
    private final int minPayloadBytes;
    private final int maxPayloadBytes;
    private final Set<Direction> directions;

    Link(String labelPrefix, int minPayloadBytes, int maxPayloadBytes, Set<Direction> directions) {
        this.labelPrefix = labelPrefix;
        this.minPayloadBytes = minPayloadBytes;
        this.maxPayloadBytes = maxPayloadBytes;
        this.directions = directions;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a row's name begins with. */
    String labelPrefix() {
        return labelPrefix;
    }

    public int minPayloadBytes() {
        return minPayloadBytes;
    }

    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** Those a scenario without echoes may have. */
    public Set<Direction> directions() {
        return directions;
    }

    /** True if server and load are loops of one JVM, each contestant having its own load. */
    public boolean inOneJvm() {
        return this == INPROC;
    }

    /** True if a message may be lost without anybody's fault: then losses are counted, and not a failure. */
    public boolean lossy() {
        return this == UDP;
    }

    /** True if a sender writes each message by itself. Over sockets those that are due together are one write. */
    boolean writesEachMessage() {
        return this == UDP || this == INPROC;
    }

    /**
     * False if a sender is not held back by a receiver that does not keep up: Netty's LocalChannel queues without a limit. Then a
     * stream's receiver acknowledges.
     */
    boolean pushesBack() {
        return overTcp() || this == UNIX;
    }

    public boolean overTcp() {
        return this == TCP || this == TLS || this == RPC;
    }

    /** What one message is called, in the head of a column. */
    public String messageName() {
        return this == UDP ? "packet" : this == RPC ? "call" : "op";
    }
}
