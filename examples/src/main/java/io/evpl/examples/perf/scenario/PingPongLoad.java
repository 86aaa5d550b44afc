package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** Closed loop: a message is written for each one echoed. */
class PingPongLoad implements Load {
    protected final Scenario scenario;
    protected final LoadTally tally;
    protected final List<PingPongConnection> connections = new ArrayList<>();

    PingPongLoad(Scenario scenario, LoadTally tally) {
        this.scenario = scenario;
        this.tally = tally;
    }

    @Override
    public ChannelHandler connect(int connectionIndex) {
        PingPongConnection connection = new PingPongConnection(scenario, tally, connectionIndex);
        connections.add(connection);
        return connection;
    }

    @Override
    public void start(EventLoop loop) {
        connections.forEach(PingPongConnection::start);
    }

    @Override
    public void overdue(long nowNs) {
        // Closed loop: a message that is late holds back its successors, it does not hide them.
    }

    @Override
    public void stop() {
        connections.forEach(LoadConnection::stop);
    }

    @Override
    public int owedConnections() {
        return (int) connections.stream().filter(LoadConnection::owed).count();
    }
}
