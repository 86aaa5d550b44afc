package io.evpl.testsuite;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;
import io.netty.util.concurrent.DefaultThreadFactory;

class EvplEventLoopTest extends AbstractSingleThreadEventLoopTest {
    @Override
    protected boolean supportsChannelIteration() {
        return true;
    }

    @Override
    protected EventLoopGroup newEventLoopGroup() {
        return new EvplEventLoopGroup(2, new DefaultThreadFactory("testsuite-evpl-loop", true));
    }

    @Override
    protected Channel newChannel() {
        return new EvplServerSocketChannel();
    }

    @Override
    protected Class<? extends ServerChannel> serverChannelClass() {
        return EvplServerSocketChannel.class;
    }
}
