package io.evpl.rpc2;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;

class EvplStreamTest extends StreamContract {
    @Override
    EventLoopGroup newGroup() {
        return new EvplEventLoopGroup(2);
    }

    @Override
    RpcServer.Builder channelOf(RpcServer.Builder builder) {
        return builder.channel(EvplServerSocketChannel.class);
    }

    @Override
    Bootstrap channelOf(Bootstrap bootstrap) {
        return bootstrap.channel(EvplSocketChannel.class);
    }

    @Override
    SocketAddress freshAddress() {
        return TestTransport.ANY_PORT;
    }
}
