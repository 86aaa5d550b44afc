package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** A load whose connections each know what to do: started together, stopped together, owed something one by one. */
abstract class LoadConnections<C extends LoadConnection> implements Load {
    protected final List<C> connections = new ArrayList<>();

    /** A connection that sends nothing yet. */
    protected abstract C connection(int index);

    @Override
    public final ChannelHandler connect(int connectionIndex) {
        assert connections.size() == connectionIndex : connectionIndex;
        C connection = connection(connectionIndex);
        connections.add(connection);
        return connection;
    }

    @Override
    public void start(EventLoop loop) {
        connections.forEach(LoadConnection::start);
    }

    @Override
    public void overdue(long nowNs) {
        // Without a schedule, a message that is late holds back its successors and does not hide them.
    }

    @Override
    public void stop() {
        connections.forEach(LoadConnection::stop);
    }

    @Override
    public final int owedConnections() {
        return (int) connections.stream().filter(LoadConnection::owed).count();
    }
}
