package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;

/** Opens one more connection of a round to its server, on the load's loop. Any thread. */
public interface Dialer {
    /** @param handler what comes after TLS, if the link has it */
    ChannelFuture dial(ChannelHandler handler);
}
