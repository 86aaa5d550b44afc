package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/**
 * A fixed number of echoes on each connection, then silence: what servers hold after it can be compared. Idle: one message each. Mixed:
 * of each hundred connections one streams, ten have a message now and then, and the others are idle.
 */
final class Program implements Mode {
    static final int IDLE_MESSAGES = 1;
    static final int TALK_MESSAGES = 20;
    static final int STREAM_MESSAGES = 64;
    static final int STREAM_BYTES = 64 * 1024;
    private static final int HUNDRED = 100;
    private static final int TALKING = 10;

    private final boolean mixed;

    Program(boolean mixed) {
        this.mixed = mixed;
    }

    @Override
    public String name() {
        return mixed ? "mixed" : "idle";
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public String describe(Scenario scenario) {
        return scenario.connections() + " connections, " + (mixed
                ? "1 of 100 streams 4 MiB, 10 have 20 messages of " + ByteCount.format(scenario.payloadBytes()) + ", the others one"
                : "one message of " + ByteCount.format(scenario.payloadBytes()) + " each, then idle");
    }

    @Override
    public boolean timed() {
        return false;
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
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        return new ProgramLoad(scenario, tally, mixed);
    }

    /** Spread evenly, so that each loop of a server has its share. */
    static boolean streams(int connectionIndex) {
        return connectionIndex % HUNDRED == 0;
    }

    static boolean talks(int connectionIndex) {
        return connectionIndex % HUNDRED <= TALKING && !streams(connectionIndex);
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return receivedBytes / scenario.payloadBytes();
    }
}
