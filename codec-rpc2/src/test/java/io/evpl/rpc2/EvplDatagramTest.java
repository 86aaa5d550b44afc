package io.evpl.rpc2;

import io.evpl.EvplDatagramChannel;
import io.evpl.EvplEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;

class EvplDatagramTest extends DatagramContract {
    @Override
    EventLoopGroup newGroup() {
        return new EvplEventLoopGroup(1);
    }

    @Override
    Class<? extends DatagramChannel> type() {
        return EvplDatagramChannel.class;
    }
}
