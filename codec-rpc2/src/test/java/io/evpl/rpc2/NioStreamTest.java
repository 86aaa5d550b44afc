package io.evpl.rpc2;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.SocketAddress;

class NioStreamTest extends StreamContract {
    @Override
    EventLoopGroup newGroup() {
        return new NioEventLoopGroup(2);
    }

    @Override
    RpcServer.Builder channelOf(RpcServer.Builder builder) {
        return builder.channel(NioServerSocketChannel.class);
    }

    @Override
    Bootstrap channelOf(Bootstrap bootstrap) {
        return bootstrap.channel(NioSocketChannel.class);
    }

    @Override
    SocketAddress freshAddress() {
        return TestTransport.ANY_PORT;
    }
}
