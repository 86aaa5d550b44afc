package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/**
 * Datagrams one way. In: the load sends what it can and the server counts what arrives; the rest is loss. Out: the server sends what
 * the load grants it, which is never more than the load's socket buffers hold, so that what is measured is the server.
 */
final class PacketFlow implements Mode {
    @Override
    public String name() {
        return "packet-flow";
    }

    @Override
    public Set<String> options() {
        return Set.of("--direction");
    }

    @Override
    public String describe(Scenario scenario) {
        return scenario.direction().label() + " " + scenario.connections() + " x " + ByteCount.format(scenario.payloadBytes());
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
        return scenario.direction().serverReceives() ? new PacketSinkHandler(scenario, tally) : new PacketSourceHandler(scenario, tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        if (scenario.direction().serverReceives()) {
            return new LoadConnections<PacketSourceConnection>() {
                @Override
                protected PacketSourceConnection connection(int index) {
                    return new PacketSourceConnection(scenario, tally, index);
                }
            };
        }
        return new PacketLoad<PacketSinkConnection>() {
            @Override
            protected PacketSinkConnection connection(int index) {
                return new PacketSinkConnection(scenario, tally, index);
            }
        };
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return (receivedBytes + sentBytes) / scenario.payloadBytes();
    }
}
