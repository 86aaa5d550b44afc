package io.evpl.rpc2;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplInprocChannel;
import io.evpl.EvplServerInprocChannel;
import io.evpl.InprocAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import java.util.UUID;

class EvplInprocStreamTest extends StreamContract {
    @Override
    EventLoopGroup newGroup() {
        return new EvplEventLoopGroup(2);
    }

    @Override
    RpcServer.Builder channelOf(RpcServer.Builder builder) {
        return builder.channel(EvplServerInprocChannel.class);
    }

    @Override
    Bootstrap channelOf(Bootstrap bootstrap) {
        return bootstrap.channel(EvplInprocChannel.class);
    }

    @Override
    SocketAddress freshAddress() {
        return new InprocAddress("rpc-" + UUID.randomUUID());
    }
}
