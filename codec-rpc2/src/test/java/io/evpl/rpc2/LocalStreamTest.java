package io.evpl.rpc2;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.net.SocketAddress;
import java.util.UUID;

class LocalStreamTest extends StreamContract {
    @Override
    EventLoopGroup newGroup() {
        return new DefaultEventLoopGroup(2);
    }

    @Override
    RpcServer.Builder channelOf(RpcServer.Builder builder) {
        return builder.channel(LocalServerChannel.class);
    }

    @Override
    Bootstrap channelOf(Bootstrap bootstrap) {
        return bootstrap.channel(LocalChannel.class);
    }

    @Override
    SocketAddress freshAddress() {
        return new LocalAddress("rpc-" + UUID.randomUUID());
    }
}
