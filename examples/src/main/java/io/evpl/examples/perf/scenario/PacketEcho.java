package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/** Ping-pong by datagrams: each client socket keeps {@code depth} packets in flight; one that is lost is counted, and replaced. */
final class PacketEcho implements Mode {
    @Override
    public String name() {
        return "packet-echo";
    }

    @Override
    public Set<String> options() {
        return Set.of("--depth");
    }

    @Override
    public String describe(Scenario scenario) {
        return "echo " + scenario.connections() + " x " + ByteCount.format(scenario.payloadBytes()) + " depth " + scenario.depth();
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
        return new PacketEchoHandler(tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        return new PacketLoad<PacketEchoConnection>() {
            @Override
            protected PacketEchoConnection connection(int index) {
                return new PacketEchoConnection(scenario, tally, index);
            }
        };
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return receivedBytes / scenario.payloadBytes();
    }
}
