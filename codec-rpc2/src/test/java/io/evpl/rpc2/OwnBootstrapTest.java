package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipelineException;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The handlers without {@link RpcServer} and without {@link RpcConnection#connect}. */
class OwnBootstrapTest {
    private static final RpcConfig CONFIG = RpcConfig.builder().program(Echo.program()).build();

    private EventLoopGroup group;
    private final EventExecutorGroup elsewhere = new DefaultEventExecutorGroup(1);

    @AfterEach
    void stop() {
        if (group != null) {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
        elsewhere.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Channel serve(TestTransport transport, EventExecutorGroup executors) throws InterruptedException {
        return new ServerBootstrap().group(group).channel(transport.serverType()).childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new RecordDecoder(CONFIG.limits())).addLast(executors, new RpcConnection(CONFIG));
            }
        }).bind(TestTransport.ANY_PORT).sync().channel();
    }

    @ParameterizedTest
    @EnumSource(TestTransport.class)
    void plainHandlersServeAndCall(TestTransport transport) throws Exception {
        group = transport.newGroup(1);
        Channel server = serve(transport, null);
        RpcConnection connection = new RpcConnection(RpcConfig.DEFAULT);
        Channel channel = transport.bootstrap(group).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new RecordDecoder(), connection);
            }
        }).connect(server.localAddress()).sync().channel();
        assertEquals("x", connection.call(Echo.TEXT, "x").get(20, TimeUnit.SECONDS));
        channel.close().sync();
        assertEquals(CloseCause.Kind.PEER, connection.closed().toCompletableFuture().get(20, TimeUnit.SECONDS).kind());
        server.close().sync();
    }

    @ParameterizedTest
    @EnumSource(TestTransport.class)
    void aConnectionCanBeAddedToAChannelThatIsConnectedAlready(TestTransport transport) throws Exception {
        group = transport.newGroup(1);
        Channel server = serve(transport, null);
        Channel channel = transport.bootstrap(group).handler(new ChannelInboundHandlerAdapter()).connect(server.localAddress()).sync()
                .channel();
        RpcConnection connection = new RpcConnection(RpcConfig.DEFAULT);
        connection.install(channel.pipeline());
        assertEquals("x", connection.call(Echo.TEXT, "x").get(20, TimeUnit.SECONDS));
        connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        server.close().sync();
    }

    /** Handlers that block can have threads of their own, as any handler of Netty. */
    @ParameterizedTest
    @EnumSource(TestTransport.class)
    void aConnectionMayRunOnAnotherExecutorThanItsChannel(TestTransport transport) throws Exception {
        group = transport.newGroup(1);
        Channel server = serve(transport, elsewhere);
        RpcConnection connection = RpcConnection.connect(transport.bootstrap(group), RpcConfig.DEFAULT, server.localAddress());
        for (int i = 0; i < 100; i++) {
            assertEquals("x" + i, connection.call(Echo.TEXT, "x" + i).get(20, TimeUnit.SECONDS));
        }
        connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        server.close().sync();
    }

    @Test
    void oneConnectionServesOneChannel() throws Exception {
        group = TestTransport.NIO.newGroup(1);
        EmbeddedPeer peer = new EmbeddedPeer(CONFIG);
        io.netty.channel.embedded.EmbeddedChannel other = new io.netty.channel.embedded.EmbeddedChannel();
        assertThrows(ChannelPipelineException.class, () -> other.pipeline().addLast(peer.connection));
        other.finishAndReleaseAll();
        peer.close();
    }

    @Test
    void aBootstrapsOwnHandlerComesFirst() throws Exception {
        group = TestTransport.NIO.newGroup(1);
        Channel server = serve(TestTransport.NIO, null);
        ChannelInboundHandlerAdapter mine = new ChannelInboundHandlerAdapter();
        Bootstrap bootstrap = TestTransport.NIO.bootstrap(group).handler(mine);
        RpcConnection connection = RpcConnection.connect(bootstrap, RpcConfig.DEFAULT, server.localAddress());
        assertEquals("x", connection.call(Echo.TEXT, "x").get(20, TimeUnit.SECONDS));
        assertEquals(mine, connection.channel().pipeline().first());
        connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        server.close().sync();
    }
}
