package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/** Connections that come and go: connect, handshake, one echo, close; timed from connecting to the echo. */
final class Handshake implements Mode {
    private final boolean resumed;

    /** @param resumed whether they resume the session of the one before */
    Handshake(boolean resumed) {
        this.resumed = resumed;
    }

    @Override
    public String name() {
        return resumed ? "resumption" : "handshake";
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public String describe(Scenario scenario) {
        return name() + " " + scenario.connections() + " at a time, echo of " + ByteCount.format(scenario.payloadBytes());
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
    public boolean resumesSessions() {
        return resumed;
    }

    @Override
    public ChannelHandler serverHandler(Scenario scenario, Tally tally) {
        return new EchoHandler(tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        return new HandshakeLoad(scenario, tally, dialer, resumed);
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return receivedBytes / scenario.payloadBytes();
    }
}
