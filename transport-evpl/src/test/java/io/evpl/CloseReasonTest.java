package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** L8: whoever learns that a connection is gone can ask why. */
@Timeout(60)
class CloseReasonTest {
    private enum Kind {
        TCP(EvplServerSocketChannel.class, EvplSocketChannel.class, new InetSocketAddress("127.0.0.1", 0)),
        UNIX(EvplServerDomainSocketChannel.class, EvplDomainSocketChannel.class,
                new DomainSocketAddress("\0evpl-close-reason-" + ProcessHandle.current().pid())),
        INPROC(EvplServerInprocChannel.class, EvplInprocChannel.class, new InprocAddress("close-reason"));

        private final Class<? extends ServerChannel> server;
        private final Class<? extends Channel> client;
        private final SocketAddress address;

        Kind(Class<? extends ServerChannel> server, Class<? extends Channel> client, SocketAddress address) {
            this.server = server;
            this.client = client;
            this.address = address;
        }
    }

    private final EvplEventLoopGroup loops = new EvplEventLoopGroup(2);
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<CloseReason> told = new LinkedBlockingQueue<>();

    /** Asks in channelInactive, where users do. */
    @Sharable
    private final class Asking extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Channel> active;

        Asking(BlockingQueue<Channel> active) {
            this.active = active;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            assertNull(reasonOf(ctx.channel()));
            active.add(ctx.channel());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            told.add(reasonOf(ctx.channel()));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // as most handlers do: the reason stays what failed
        }
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static CloseReason reasonOf(Channel channel) {
        return channel instanceof EvplChannel socket ? socket.closeReason() : ((EvplInprocChannel) channel).closeReason();
    }

    private Channel listen(Kind kind) {
        return new ServerBootstrap().group(loops).channel(kind.server).childHandler(new Asking(accepted))
                .bind(kind.address).syncUninterruptibly().channel();
    }

    private Bootstrap client(Kind kind) {
        return new Bootstrap().group(loops).channel(kind.client).handler(new Asking(new LinkedBlockingQueue<>()));
    }

    private Channel[] connect(Kind kind) throws InterruptedException {
        Channel server = listen(kind);
        Channel client = client(kind).connect(server.localAddress()).syncUninterruptibly().channel();
        return new Channel[] {client, accepted.take(), server};
    }

    @ParameterizedTest
    @EnumSource
    void theEndThatClosesSaysUsAndTheOtherPeer_L8(Kind kind) throws InterruptedException {
        Channel[] pair = connect(kind);
        pair[0].close().syncUninterruptibly();
        pair[1].closeFuture().syncUninterruptibly();
        assertEquals(CloseReason.By.US, reasonOf(pair[0]).by());
        assertEquals(CloseReason.By.PEER, reasonOf(pair[1]).by());
        assertNull(reasonOf(pair[1]).cause());
        for (int end = 0; end < 2; end++) {
            CloseReason reason = told.take();
            assertTrue(reason == reasonOf(pair[0]) || reason == reasonOf(pair[1]), reason::toString);
        }
        pair[2].close().syncUninterruptibly();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "INPROC"})
    void aResetIsAFailureThatNamesIt_L8(Kind kind) throws InterruptedException {
        Channel[] pair = connect(kind);
        pair[0].config().setOption(ChannelOption.SO_LINGER, 0);
        pair[0].close().syncUninterruptibly();
        pair[1].closeFuture().syncUninterruptibly();
        CloseReason reason = reasonOf(pair[1]);
        assertEquals(CloseReason.By.FAILURE, reason.by());
        assertInstanceOf(IOException.class, reason.cause());
        assertTrue(reason.cause().getMessage().contains("reset"), reason::toString);
        pair[2].close().syncUninterruptibly();
    }

    @ParameterizedTest
    @EnumSource
    void aLoopThatEndsSaysSo_L8(Kind kind) throws InterruptedException {
        Channel[] pair = connect(kind);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        assertEquals(CloseReason.By.LOOP, reasonOf(pair[0]) == null ? null : firstOf(pair));
    }

    /** One end's loop ends first, and the other may hear of its peer before its own loop ends. */
    private static CloseReason.By firstOf(Channel[] pair) {
        CloseReason.By one = reasonOf(pair[0]).by();
        return one == CloseReason.By.LOOP ? one : reasonOf(pair[1]).by();
    }

    @Test
    void aRefusedConnectIsTheReason_L8() throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0)) {
            port = gone.getLocalPort();
        }
        var connecting = client(Kind.TCP).connect("127.0.0.1", port);
        assertThrows(ConnectException.class, connecting::syncUninterruptibly);
        connecting.channel().closeFuture().syncUninterruptibly();
        CloseReason reason = reasonOf(connecting.channel());
        assertEquals(CloseReason.By.FAILURE, reason.by());
        assertInstanceOf(ConnectException.class, reason.cause());
    }

    @Test
    void aConnectThatTimesOutIsTheReason_L8() throws IOException {
        // A full backlog answers nothing: the kernel queues backlog + 1 connections and drops what comes then.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SocketAddress address = full.getLocalSocketAddress();
            for (int i = 0; i < 2; i++) {
                client(Kind.TCP).connect(address).syncUninterruptibly();
            }
            var late = client(Kind.TCP).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 50).connect(address);
            assertThrows(ConnectTimeoutException.class, late::syncUninterruptibly);
            late.channel().closeFuture().syncUninterruptibly();
            assertInstanceOf(ConnectTimeoutException.class, reasonOf(late.channel()).cause());
        }
    }
}
