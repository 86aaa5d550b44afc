package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.incubator.channel.uring.IOUringEventLoopGroup;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** A loop that sources of ours are on, with the channels that are its own. */
enum ForeignHost {
    EVPL(EvplServerSocketChannel.class, EvplSocketChannel.class),
    NIO(NioServerSocketChannel.class, NioSocketChannel.class),
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class),
    INCUBATOR(IOUringServerSocketChannel.class, IOUringSocketChannel.class);

    private static final long DEADLINE_S = 20;

    private final Class<? extends ServerChannel> server;
    private final Class<? extends Channel> client;

    ForeignHost(Class<? extends ServerChannel> server, Class<? extends Channel> client) {
        this.server = server;
        this.client = client;
    }

    Class<? extends ServerChannel> server() {
        return server;
    }

    Class<? extends Channel> client() {
        return client;
    }

    EventLoopGroup newGroup(int loops) {
        DefaultThreadFactory threads = new DefaultThreadFactory("host-" + name(), true);
        return switch (this) {
            case EVPL -> new EvplEventLoopGroup(loops, threads, VirtualLoop.config("spinNs", "0"));
            case NIO -> new NioEventLoopGroup(loops, threads);
            case EPOLL -> new EpollEventLoopGroup(loops, threads);
            case INCUBATOR -> new IOUringEventLoopGroup(loops, threads);
        };
    }

    static void shutDown(EventLoopGroup group, long quietMs) {
        assertTrue(group.shutdownGracefully(quietMs, DEADLINE_S * 1000, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(DEADLINE_S, TimeUnit.SECONDS), "the host does not end");
    }

    /** The thread that watches sleeping hosts ends with the last of them, and closes its descriptors when it does. */
    static void awaitNoWatcher() {
        VirtualLoop.await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("evpl-idle")));
    }

    /** Writes back what it reads. */
    @ChannelHandler.Sharable
    static final class Echoing extends ChannelInboundHandlerAdapter {
        static final Echoing HANDLER = new Echoing();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    /** Sends a byte, and the next when one has come back. */
    private static final class Pinging extends ChannelInboundHandlerAdapter {
        private final CountDownLatch echoes;

        Pinging(int count) {
            echoes = new CountDownLatch(count);
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ping());
        }

        private static ByteBuf ping() {
            return Unpooled.directBuffer(1).writeByte(1);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            echoes.countDown();
            if (echoes.getCount() > 0) {
                ctx.writeAndFlush(ping());
            }
        }
    }

    /** Echoes over TCP, the host's own channels at both ends, on {@code loop}. */
    void echo(EventLoop loop, int count) throws InterruptedException {
        echo(loop, count, server, client);
    }

    /** Echoes over TCP on {@code loop}. */
    static void echo(EventLoop loop, int count, Class<? extends ServerChannel> server, Class<? extends Channel> client)
            throws InterruptedException {
        Channel listener = new ServerBootstrap().group(loop).channel(server).childHandler(Echoing.HANDLER)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel();
        Pinging pinging = new Pinging(count);
        Channel connection = new Bootstrap().group(loop).channel(client).handler(pinging)
                .connect(listener.localAddress()).sync().channel();
        boolean done = pinging.echoes.await(DEADLINE_S, TimeUnit.SECONDS);
        connection.close().sync();
        listener.close().sync();
        assertTrue(done, () -> pinging.echoes.getCount() + " echoes of " + count + " did not come");
    }
}
