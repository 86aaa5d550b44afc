package io.evpl.testsuite;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.tests.DetectPeerCloseWithoutReadTest;
import io.netty.util.concurrent.DefaultThreadFactory;

class EvplDetectPeerCloseWithoutReadTest extends DetectPeerCloseWithoutReadTest {
    @Override
    protected EventLoopGroup newGroup() {
        return new EvplEventLoopGroup(2, new DefaultThreadFactory("testsuite-evpl-close", true));
    }

    @Override
    protected Class<? extends ServerChannel> serverChannel() {
        return EvplServerSocketChannel.class;
    }

    @Override
    protected Class<? extends Channel> clientChannel() {
        return EvplSocketChannel.class;
    }
}
