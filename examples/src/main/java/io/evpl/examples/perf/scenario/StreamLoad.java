package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** The generating side of {@link Stream}. */
final class StreamLoad implements Load {
    private final Scenario scenario;
    private final LoadTally tally;
    private final List<StreamConnection> connections = new ArrayList<>();

    StreamLoad(Scenario scenario, LoadTally tally) {
        this.scenario = scenario;
        this.tally = tally;
    }

    @Override
    public ChannelHandler connect(int connectionIndex) {
        StreamConnection connection = new StreamConnection(scenario, tally, connectionIndex);
        connections.add(connection);
        return connection;
    }

    @Override
    public void start(EventLoop loop) {
        connections.forEach(StreamConnection::start);
    }

    @Override
    public void overdue(long nowNs) {
        // Nothing here has a time it is due.
    }

    @Override
    public void stop() {
        connections.forEach(StreamConnection::stop);
    }

    @Override
    public int owedConnections() {
        return (int) connections.stream().filter(LoadConnection::owed).count();
    }
}
