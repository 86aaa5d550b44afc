package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.Channel;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a message within the process costs once everything is warm. In a JVM without leak detection, which would allocate. */
class InprocSteadyStateTest {
    private static final int WARM_UP = 300_000;
    private static final int MESSAGES = 100_000;
    /** Steady is the state that is reached on a busy machine, not the one after so many messages. */
    private static final int MAX_WINDOWS = 10;
    private static final double NEARLY_NOTHING = 0.5;
    private static final double HARDLY_EVER = 0.1;

    @Test
    void anEchoOnOneLoopAllocatesNothingAndHardlyEntersTheKernel() throws Exception {
        ChildJvm.run(Echo.class, "-Dtest.loops=1");
    }

    @Test
    void anEchoBetweenLoopsAllocatesNothing() throws Exception {
        ChildJvm.run(Echo.class, "-Dtest.loops=2");
    }

    /** One connection. */
    static final class Echo {
        private Echo() {
        }

        public static void main(String[] args) throws Exception {
            int loops = Integer.getInteger("test.loops");
            EvplEventLoopGroup servers = new EvplEventLoopGroup(1);
            EvplEventLoopGroup clients = loops == 1 ? servers : new EvplEventLoopGroup(1);
            new ServerBootstrap().group(servers).channel(EvplServerInprocChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new Echoing());
                        }
                    }).bind(new InprocAddress("echo")).sync();
            Pinging pinging = new Pinging((EvplEventLoop) servers.next(), loops);
            new Bootstrap().group(clients).channel(EvplInprocChannel.class).handler(pinging)
                    .connect(new InprocAddress("echo")).sync();
            boolean done = pinging.done.await(40, TimeUnit.SECONDS);
            clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            System.out.println(pinging);
            if (!done || !pinging.isSteady()) {
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
        private final int loops;
        private final CountDownLatch done = new CountDownLatch(1);
        private int messages;
        private long allocatedBytes;
        private long entries;
        private double bytesPerMessage = Double.MAX_VALUE;
        private double entriesPerMessage;

        Pinging(EvplEventLoop serverLoop, int loops) {
            this.serverLoop = serverLoop;
            this.loops = loops;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(PooledByteBufAllocator.DEFAULT.directBuffer(64).writeZero(64), ctx.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            messages++;
            if (messages >= WARM_UP && (messages - WARM_UP) % MESSAGES == 0) {
                windowEnds();
                if (isSteady() || messages == WARM_UP + MAX_WINDOWS * MESSAGES) {
                    ReferenceCountUtil.release(message);
                    done.countDown();
                    return;
                }
                allocatedBytes = allocated();
                entries = serverLoop.kernelEntries();
            }
            ctx.writeAndFlush(message, ctx.voidPromise());
        }

        private void windowEnds() {
            if (messages > WARM_UP) {
                bytesPerMessage = (double) (allocated() - allocatedBytes) / MESSAGES;
                entriesPerMessage = (double) (serverLoop.kernelEntries() - entries) / MESSAGES;
            }
        }

        boolean isSteady() {
            return bytesPerMessage < NEARLY_NOTHING && (loops > 1 || entriesPerMessage < HARDLY_EVER);
        }

        private long allocated() {
            long own = threads.getCurrentThreadAllocatedBytes();
            return loops == 1 ? own : own + threads.getThreadAllocatedBytes(serverLoop.threadProperties().id());
        }

        @Override
        public String toString() {
            return messages + " messages, " + bytesPerMessage + " bytes allocated and " + entriesPerMessage
                    + " kernel entries for each";
        }
    }
}
