package io.evpl.conformance;

import io.evpl.EvplConfig;
import io.evpl.EvplEventLoop;
import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.evpl.LoopTimer;
import io.evpl.linux.OpenFds;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults of libevpl's loops, configuration and listeners that ours must not have. */
@Timeout(60)
class LoopFaultsTest {
    /** Four times what libevpl's arrays hold. */
    private static final int MANY = 1024;
    /** A loop that polls looks at everything in each turn; libevpl in each thousandth. */
    private static final int NEXT_TURN = 1;
    /** A byte is written in one turn, submitted in the next one's poll, and received there or in a later one. */
    private static final int SOCKET_TURNS = 16;

    private static void shutDown(EventLoopGroup group) {
        assertTrue(group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(20_000), "ends");
    }

    /** Answers each byte with one. */
    private static class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message, ctx.voidPromise());
        }
    }

    private static Channel listen(EventLoopGroup acceptor, EventLoopGroup children) throws Exception {
        return new ServerBootstrap().group(acceptor, children).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Echo());
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
    }

    @Test
    void aLoopServesMoreThan256OfEachService_L1() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1);
        EvplEventLoop loop = (EvplEventLoop) group.next();
        CountDownLatch called = new CountDownLatch(3 * MANY);
        loop.submit(() -> {
            for (int i = 0; i < MANY; i++) {
                loop.newTimer(called::countDown).armOnce(MANY - i);
                loop.newDeferral(called::countDown).arm();
                loop.newDoorbell(called::countDown).ring();
            }
        }).sync();
        assertTrue(called.await(10, TimeUnit.SECONDS), () -> called.getCount() + " are missing");
        shutDown(group);
    }

    @Test
    void aLoopServesMoreThan256Connections_L1() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1);
        Channel listener = listen(group, group);
        CountDownLatch answered = new CountDownLatch(MANY / 2);
        Bootstrap bootstrap = new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Counting(answered));
            }
        });
        List<Channel> clients = new ArrayList<>();
        for (int i = 0; i < MANY / 2; i++) {
            clients.add(bootstrap.connect(listener.localAddress()).sync().channel());
        }
        for (Channel client : clients) { // all at once: each is busy in the same turns
            client.writeAndFlush(client.alloc().directBuffer(1).writeByte(1), client.voidPromise());
        }
        assertTrue(answered.await(20, TimeUnit.SECONDS), () -> answered.getCount() + " are missing");
        shutDown(group);
    }

    private static final class Counting extends ChannelInboundHandlerAdapter {
        private final CountDownLatch reads;

        Counting(CountDownLatch reads) {
            this.reads = reads;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            reads.countDown();
        }
    }

    /** Notes the turn in which it is called. */
    private static final class Noting extends ChannelInboundHandlerAdapter implements Runnable {
        private final EvplEventLoop loop;
        private final CountDownLatch called = new CountDownLatch(1);
        private long turn;

        Noting(EvplEventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            turn = loop.turns();
            called.countDown();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            run();
        }

        void assertWithin(int turns, long begun) throws Exception {
            assertTrue(called.await(10, TimeUnit.SECONDS), "nothing came");
            assertTrue(turn - begun <= turns, () -> "after " + (turn - begun) + " turns");
        }
    }

    @Test
    void aPollingLoopAnswersInItsNextTurn_L5() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1);
        EvplEventLoop loop = (EvplEventLoop) group.next();
        Noting rung = new Noting(loop);
        Noting due = new Noting(loop);
        Noting executed = new Noting(loop);
        LoopTimer timer = loop.newTimer(due);
        long begun = loop.submit(() -> {
            loop.pin();
            timer.armOnce(0);
            loop.newDoorbell(rung).ring();
            loop.execute(executed);
            return loop.turns();
        }).get();
        rung.assertWithin(NEXT_TURN, begun);
        due.assertWithin(NEXT_TURN, begun);
        executed.assertWithin(NEXT_TURN, begun);
        loop.submit(loop::unpin).sync();
        shutDown(group);
    }

    @Test
    void aPollingLoopSeesItsSocketsInEachTurn_L5() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1);
        EvplEventLoop loop = (EvplEventLoop) group.next();
        Channel listener = listen(group, group);
        List<Long> turns = new ArrayList<>();
        Noting answer = new Noting(loop);
        Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    private long begun;

                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        loop.pin();
                        ask(ctx);
                    }

                    private void ask(ChannelHandlerContext ctx) {
                        begun = loop.turns();
                        ctx.writeAndFlush(ctx.alloc().directBuffer(1).writeByte(1), ctx.voidPromise());
                    }

                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ReferenceCountUtil.release(message);
                        turns.add(loop.turns() - begun);
                        if (turns.size() < 100) {
                            ask(ctx);
                        } else {
                            loop.unpin();
                            answer.run();
                        }
                    }
                }).connect(listener.localAddress()).sync().channel();
        assertTrue(answer.called.await(20, TimeUnit.SECONDS));
        client.close().sync();
        turns.sort(null);
        // Nearly all: the kernel may put loopback's work off to a thread of its own.
        assertTrue(turns.get(turns.size() * 9 / 10) <= SOCKET_TURNS, turns::toString);
        shutDown(group);
    }

    @Test
    void aConnectionThatNoLoopTakesIsClosed_L12() throws Exception {
        EvplEventLoopGroup acceptors = new EvplEventLoopGroup(1);
        EvplEventLoopGroup gone = new EvplEventLoopGroup(1);
        Channel listener = listen(acceptors, gone);
        gone.next().submit(() -> { }).sync();
        shutDown(gone);
        Set<String> before = OpenFds.now();
        for (int i = 0; i < 10; i++) {
            try (Socket client = new Socket("127.0.0.1", ((InetSocketAddress) listener.localAddress()).getPort())) {
                assertTrue(isClosed(client), "the connection is neither served nor closed");
            }
        }
        acceptors.next().submit(() -> { }).sync();
        assertEquals(before.size(), OpenFds.now().size(), () -> OpenFds.list().toString());
        shutDown(acceptors);
    }

    private static boolean isClosed(Socket client) throws Exception {
        client.setSoTimeout(10_000);
        try {
            return client.getInputStream().read() == -1;
        } catch (SocketException e) {
            return true; // by a reset
        }
    }

    @Test
    void oneConfigurationServesAnyNumberOfGroups_L13() throws Exception {
        EvplConfig config = EvplConfig.fromSystemProperties();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            EvplEventLoopGroup group = new EvplEventLoopGroup(2, null, config);
            group.next().submit(ran::incrementAndGet).sync();
            group.next().submit(ran::incrementAndGet).sync();
            shutDown(group);
        }
        assertEquals(6, ran.get());
    }

    @Test
    void aThreadThatCannotBeMadeIsAnErrorAtOnce_13a_8() {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1, (ThreadFactory) task -> {
            throw new IllegalStateException("no threads left");
        });
        assertThrows(IllegalStateException.class, () -> group.next().execute(() -> { }));
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        assertTrue(group.terminationFuture().awaitUninterruptibly(10_000), "ends");
    }

    /** How an allocator that has no memory says so: Netty's own, and a user's who likes it so. */
    enum Exhaustion {
        OUT_OF_MEMORY, EXCEPTION;

        ByteBuf refuse() {
            switch (this) {
                case OUT_OF_MEMORY -> throw new OutOfMemoryError("no memory left");
                case EXCEPTION -> throw new IllegalStateException("no memory left");
            }
            throw new AssertionError(this);
        }
    }

    private static final class Exhausted extends DefaultMaxMessagesRecvByteBufAllocator {
        private final Exhaustion exhaustion;

        Exhausted(Exhaustion exhaustion) {
            this.exhaustion = exhaustion;
        }

        @SuppressWarnings("deprecation") // Netty's own way to make handles
        @Override
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return 64;
                }

                @Override
                public ByteBuf allocate(ByteBufAllocator alloc) {
                    return exhaustion.refuse();
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReceiveBufferThatCannotBeAllocatedClosesItsConnectionAndNoOther_13a_16(Exhaustion exhaustion)
            throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1);
        Channel listener = listen(group, group);
        CountDownLatch answered = new CountDownLatch(1);
        Channel other = connect(group, listener, new Counting(answered));
        Failing failing = new Failing();
        Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(failing)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new Exhausted(exhaustion))
                .connect(listener.localAddress()).sync().channel();
        client.writeAndFlush(client.alloc().directBuffer(1).writeByte(1));
        assertTrue(client.closeFuture().await(10, TimeUnit.SECONDS), "does not close");
        assertEquals("no memory left", failing.cause.get(10, TimeUnit.SECONDS).getMessage());
        other.writeAndFlush(other.alloc().directBuffer(1).writeByte(1));
        assertTrue(answered.await(10, TimeUnit.SECONDS));
        shutDown(group);
    }

    private static Channel connect(EventLoopGroup group, Channel listener, ChannelHandler handler) throws Exception {
        return new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(handler)
                .connect(listener.localAddress()).sync().channel();
    }

    private static final class Failing extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Throwable> cause = new CompletableFuture<>();

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
            cause.complete(failure);
        }
    }
}
