package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;

/** One round's generating side, all connections on one loop. Every method runs on that loop. */
public interface Load {
    /** A handler for the next connection. It sends nothing before {@link #start}. */
    ChannelHandler connect(int connectionIndex);

    /** All connections are up: send. */
    void start(EventLoop loop);

    /** The window is about to shut: account for what is overdue. */
    void overdue(long nowNs);

    /** Send no more; what is under way may still complete. */
    void stop();

    /** @return connections that still wait for something they are owed; 0 when all that was owed has arrived */
    int owedConnections();
}
