package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a message costs once everything is warm. In a JVM without leak detection, which would itself allocate. */
class SteadyStateTest {
    /**
     * FFM makes a slice of the errno segment at each call, 40 bytes that C2 removes where it inlines the whole call; from
     * a deep stack its default of 15 levels does not reach down there.
     */
    private static final int WARM_UP = 200_000;
    private static final int MESSAGES = 100_000;
    /** The compilers take their time on a busy machine: steady is the state that is reached, not the one after so many messages. */
    private static final int MAX_WINDOWS = 10;
    private static final double NEARLY_NOTHING = 0.5;
    /** The counters are read from another thread, one after the other. */
    private static final int SNAPSHOT_TURNS = 10;
    private static final String UNIX = "evpl.test.unix";
    /** Two loops that spin would starve each other wherever there is not a core for each. */
    private static final String ONE_LOOP = "evpl.test.oneLoop";

    @Test
    void anEchoAllocatesNothingAndEntersTheKernelAtMostOnceATurn() throws Exception {
        ChildJvm.run(Echo.class, "-Dio.evpl.spinNs=0");
    }

    @Test
    void anEchoOnASpinningLoopAllocatesNothing() throws Exception {
        ChildJvm.run(Echo.class, "-Dio.evpl.spinNs=-1", "-D" + ONE_LOOP + "=true");
    }

    @Test
    void anEchoOverAUnixSocketAllocatesNothingAndEntersTheKernelAtMostOnceATurn() throws Exception {
        ChildJvm.run(Echo.class, "-Dio.evpl.spinNs=0", "-D" + UNIX + "=true");
    }

    /** One connection, client and server each on a loop of its own unless asked otherwise. */
    static final class Echo {
        private Echo() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup servers = new EvplEventLoopGroup(1);
            EvplEventLoopGroup clients = Boolean.getBoolean(ONE_LOOP) ? servers : new EvplEventLoopGroup(1);
            boolean unix = Boolean.getBoolean(UNIX);
            Channel server = new ServerBootstrap().group(servers)
                    .channel(unix ? EvplServerDomainSocketChannel.class : EvplServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new Echoing());
                        }
                    }).bind(unix ? new DomainSocketAddress("\0evpl-" + ProcessHandle.current().pid())
                            : new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            Pinging pinging = new Pinging((EvplEventLoop) servers.next());
            Channel client = new Bootstrap().group(clients)
                    .channel(unix ? EvplDomainSocketChannel.class : EvplSocketChannel.class).handler(pinging)
                    .connect(server.localAddress()).sync().channel();
            boolean done = pinging.done.await(40, TimeUnit.SECONDS);
            client.close().sync();
            server.close().sync();
            clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            // epoll has no memory to look at: a spinning loop asks the kernel.
            boolean looksEnter = pinging.serverLoop.backend().equals("epoll") && pinging.serverLoop.spins() > 0;
            System.out.println(pinging);
            if (!done || pinging.bytesPerMessage >= NEARLY_NOTHING
                    || !looksEnter && pinging.serverEntries > pinging.serverTurns + SNAPSHOT_TURNS) {
                throw new AssertionError(pinging);
            }
        }
    }

    private static final class Echoing extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message, ctx.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    private static final class Pinging extends ChannelInboundHandlerAdapter {
        private final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final EvplEventLoop serverLoop;
        private final CountDownLatch done = new CountDownLatch(1);
        private int messages;
        private long allocatedBytes;
        private double bytesPerMessage;
        private long serverTurns;
        private long serverEntries;

        Pinging(EvplEventLoop serverLoop) {
            this.serverLoop = serverLoop;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(PooledByteBufAllocator.DEFAULT.directBuffer(64).writeZero(64), ctx.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            messages++;
            boolean windowEnds = messages > WARM_UP && (messages - WARM_UP) % MESSAGES == 0;
            if (windowEnds) {
                allocatedBytes += bothLoopsAllocated();
                bytesPerMessage = (double) allocatedBytes / MESSAGES;
                serverTurns += serverLoop.turns();
                serverEntries += serverLoop.kernelEntries();
            }
            boolean last = windowEnds
                    && (bytesPerMessage < NEARLY_NOTHING || messages == WARM_UP + MAX_WINDOWS * MESSAGES);
            if (messages == WARM_UP || windowEnds && !last) {
                serverTurns = -serverLoop.turns();
                serverEntries = -serverLoop.kernelEntries();
                allocatedBytes = -bothLoopsAllocated();
            }
            if (last) {
                done.countDown();
            }
            if (!last) {
                ctx.writeAndFlush(message, ctx.voidPromise());
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        private long bothLoopsAllocated() {
            long here = threads.getCurrentThreadAllocatedBytes();
            return serverLoop.inEventLoop() ? here
                    : here + threads.getThreadAllocatedBytes(serverLoop.threadProperties().id());
        }

        @Override
        public String toString() {
            return messages + " messages, " + bytesPerMessage + " bytes allocated for each, " + serverTurns + " turns, "
                    + serverEntries + " kernel entries";
        }
    }
}
