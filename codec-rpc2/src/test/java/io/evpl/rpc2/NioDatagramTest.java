package io.evpl.rpc2;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;

class NioDatagramTest extends DatagramContract {
    @Override
    EventLoopGroup newGroup() {
        return new NioEventLoopGroup(1);
    }

    @Override
    Class<? extends DatagramChannel> type() {
        return NioDatagramChannel.class;
    }
}
