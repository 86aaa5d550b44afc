package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/** Each connection keeps {@code depth} messages outstanding; the server echoes, each echo is timed. */
final class PingPong implements Mode {
    private static final int DEFAULT_PAYLOAD_BYTES = 64;
    private static final int DEFAULT_CONNECTIONS = 64;

    @Override
    public String name() {
        return "pingpong";
    }

    @Override
    public Set<String> options() {
        return Set.of("--depth", "--rate");
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
        String label = "pingpong " + scenario.connections() + " x " + ByteCount.format(scenario.payloadBytes()) + " depth " + scenario.depth();
        return scenario.messagesPerSecond() == 0 ? label : label + " at " + scenario.messagesPerSecond() + "/s";
    }

    @Override
    public boolean timed() {
        return true;
    }

    @Override
    public int highWaterMarkBytes(Scenario scenario) {
        return 0;
    }

    @Override
    public ChannelHandler serverHandler(Scenario scenario, Tally tally) {
        return new EchoHandler(tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally) {
        return scenario.messagesPerSecond() == 0 ? new PingPongLoad(scenario, tally) : new PacedPingPongLoad(scenario, tally);
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return receivedBytes / scenario.payloadBytes();
    }
}
