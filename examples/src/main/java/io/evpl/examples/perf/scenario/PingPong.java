package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/** Each connection keeps {@code depth} messages outstanding; the server echoes, each echo is timed. */
final class PingPong implements Mode {
    @Override
    public String name() {
        return "pingpong";
    }

    @Override
    public Set<String> options() {
        return Set.of("--depth", "--rate");
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
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        if (scenario.messagesPerSecond() > 0) {
            return new PacedPingPongLoad(scenario, tally);
        }
        return new LoadConnections<PingPongConnection>() {
            @Override
            protected PingPongConnection connection(int index) {
                return new PingPongConnection(scenario, tally, index);
            }
        };
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return receivedBytes / scenario.payloadBytes();
    }
}
