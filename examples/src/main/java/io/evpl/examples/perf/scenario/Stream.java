package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/** Payload as fast as the channel stays writable; the receiver verifies and discards. */
final class Stream implements Mode {
    /** Messages a sender keeps pending: with Netty's own 64 KiB mark one large message would make every flush stop and go. */
    private static final int PENDING_MESSAGES = 4;
    private static final int NETTY_HIGH_WATER_MARK_BYTES = 64 * 1024;
    /** What may be on its way over a link that does not push back: a megabyte, but never so little or so much that acks would matter. */
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int MIN_WINDOW_MESSAGES = 8;
    private static final int MAX_WINDOW_MESSAGES = 256;
    private static final int ACKS_PER_WINDOW = 4;

    @Override
    public String name() {
        return "stream";
    }

    @Override
    public Set<String> options() {
        return Set.of("--direction");
    }

    @Override
    public String describe(Scenario scenario) {
        return "stream " + scenario.direction().label() + " " + scenario.connections() + " x " + ByteCount.format(scenario.payloadBytes());
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public int highWaterMarkBytes(Scenario scenario) {
        return Math.max(NETTY_HIGH_WATER_MARK_BYTES, PENDING_MESSAGES * scenario.payloadBytes());
    }

    /** Messages a sender may be ahead of its receiver's acknowledgements; no limit where the link has one. */
    static long windowMessages(Scenario scenario) {
        return scenario.link().pushesBack() ? Long.MAX_VALUE
                : Math.clamp(WINDOW_BYTES / scenario.payloadBytes(), MIN_WINDOW_MESSAGES, MAX_WINDOW_MESSAGES);
    }

    /** Messages after which a receiver acknowledges; never where the link pushes back by itself. */
    static long ackMessages(Scenario scenario) {
        return scenario.link().pushesBack() ? Long.MAX_VALUE : windowMessages(scenario) / ACKS_PER_WINDOW;
    }

    @Override
    public ChannelHandler serverHandler(Scenario scenario, Tally tally) {
        return new StreamServerHandler(scenario, tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        return new LoadConnections<StreamConnection>() {
            @Override
            protected StreamConnection connection(int index) {
                return new StreamConnection(scenario, tally, index);
            }
        };
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return (receivedBytes + sentBytes) / scenario.payloadBytes();
    }
}
