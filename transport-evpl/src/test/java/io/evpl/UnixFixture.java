package io.evpl;

import io.evpl.linux.OpenFds;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Unix sockets in a directory of their own, on two loops; whatever a test opens it has closed in the end. */
abstract class UnixFixture {
    static final long DEADLINE_SECONDS = 10;
    private static final int LOOPS = 2;
    /** Its eventfd, and its ring or epoll instance. */
    private static final int FDS_OF_A_LOOP = 2;

    @TempDir
    Path directory;
    EvplEventLoopGroup group;
    final BlockingQueue<EvplDomainSocketChannel> accepted = new LinkedBlockingQueue<>();
    private long fds;

    @BeforeEach
    void start() throws Exception {
        group = new EvplEventLoopGroup(LOOPS);
        for (int i = 0; i < LOOPS; i++) {
            group.next().submit(() -> { }).sync();
        }
        bind(path("warm-up")).close().sync();
        fds = OpenFds.count();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertTrue(group.shutdownGracefully(0, DEADLINE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(10_000));
        assertEquals(fds - LOOPS * FDS_OF_A_LOOP, OpenFds.count(), () -> OpenFds.list().toString());
    }

    DomainSocketAddress path(String name) {
        return new DomainSocketAddress(directory.resolve(name).toFile());
    }

    ServerBootstrap server(Consumer<EvplDomainSocketChannel> init) {
        return new ServerBootstrap().group(group).channel(EvplServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<EvplDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EvplDomainSocketChannel channel) {
                        init.accept(channel);
                        accepted.add(channel);
                    }
                });
    }

    Channel bind(DomainSocketAddress address) throws InterruptedException {
        return server(channel -> { }).bind(address).sync().channel();
    }

    ChannelFuture tryBind(DomainSocketAddress address) {
        return server(channel -> { }).bind(address);
    }

    Bootstrap client(ChannelHandler handler) {
        return new Bootstrap().group(group).channel(EvplDomainSocketChannel.class).handler(handler);
    }

    EvplDomainSocketChannel connect(ChannelHandler handler, DomainSocketAddress address) throws InterruptedException {
        return (EvplDomainSocketChannel) client(handler).connect(address).sync().channel();
    }

    EvplDomainSocketChannel nextAccepted() throws InterruptedException {
        EvplDomainSocketChannel channel = accepted.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(channel, "nothing was accepted");
        return channel;
    }

    static Throwable assertFails(ChannelFuture future, Class<? extends Throwable> type, String... words) throws Exception {
        assertTrue(future.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
        Throwable cause = assertInstanceOf(type, future.cause());
        for (String word : words) {
            assertTrue(cause.getMessage().contains(word), () -> "no " + word + " in: " + cause.getMessage());
        }
        assertTrue(future.channel().closeFuture().await(DEADLINE_SECONDS, TimeUnit.SECONDS));
        return cause;
    }
}
