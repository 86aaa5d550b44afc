package io.evpl.rpc2;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What the same tests run on. */
enum TestTransport {
    NIO(NioServerSocketChannel.class, NioSocketChannel.class) {
        @Override
        EventLoopGroup newGroup(int threads) {
            return new NioEventLoopGroup(threads);
        }
    },
    EVPL(EvplServerSocketChannel.class, EvplSocketChannel.class) {
        @Override
        EventLoopGroup newGroup(int threads) {
            return new EvplEventLoopGroup(threads);
        }
    };

    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Class<? extends ServerChannel> serverType;
    private final Class<? extends Channel> clientType;

    TestTransport(Class<? extends ServerChannel> serverType, Class<? extends Channel> clientType) {
        this.serverType = serverType;
        this.clientType = clientType;
    }

    abstract EventLoopGroup newGroup(int threads);

    Class<? extends ServerChannel> serverType() {
        return serverType;
    }

    RpcClient.Builder client(RpcClient.Builder builder) {
        return builder.channel(clientType);
    }

    Bootstrap bootstrap(EventLoopGroup group) {
        return new Bootstrap().group(group).channel(clientType);
    }
}
