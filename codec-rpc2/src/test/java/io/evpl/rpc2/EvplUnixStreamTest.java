package io.evpl.rpc2;

import io.evpl.EvplDomainSocketChannel;
import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerDomainSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.util.UUID;

class EvplUnixStreamTest extends StreamContract {
    @Override
    EventLoopGroup newGroup() {
        return new EvplEventLoopGroup(2);
    }

    @Override
    RpcServer.Builder channelOf(RpcServer.Builder builder) {
        return builder.channel(EvplServerDomainSocketChannel.class);
    }

    @Override
    Bootstrap channelOf(Bootstrap bootstrap) {
        return bootstrap.channel(EvplDomainSocketChannel.class);
    }

    @Override
    SocketAddress freshAddress() {
        return new DomainSocketAddress("\0rpc-" + UUID.randomUUID());
    }
}
