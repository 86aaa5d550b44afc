package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/** Payload as fast as the channel stays writable; the receiver verifies and discards. */
final class Stream implements Mode {
    private static final int DEFAULT_PAYLOAD_BYTES = 64 * 1024;
    private static final int DEFAULT_CONNECTIONS = 4;
    /** Messages a sender keeps pending: with Netty's own 64 KiB mark one large message would make every flush stop and go. */
    private static final int PENDING_MESSAGES = 4;
    private static final int NETTY_HIGH_WATER_MARK_BYTES = 64 * 1024;

    @Override
    public String name() {
        return "stream";
    }

    @Override
    public Set<String> options() {
        return Set.of("--direction");
    }

    @Override
    public int defaultPayloadBytes() {
        return DEFAULT_PAYLOAD_BYTES;
    }

    @Override
    public int defaultConnections() {
        return DEFAULT_CONNECTIONS;
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

    @Override
    public ChannelHandler serverHandler(Scenario scenario, Tally tally) {
        return new StreamServerHandler(scenario, tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally) {
        return new StreamLoad(scenario, tally);
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return (receivedBytes + sentBytes) / scenario.payloadBytes();
    }
}
