package io.evpl;

import io.evpl.InprocPair.Told;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Many messages, and many ways to end: number and order are exact, and nothing is kept. */
class InprocStressTest {
    private static final int MESSAGES = 1_000_000;
    private static final int PROGRAMS = 200;
    private static final int STEPS = 12;

    /** Writes as long as the channel is writable, then waits for it to be so again. */
    private static final class Writing extends ChannelInboundHandlerAdapter {
        private int next;
        private int stalls;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            writeOn(ctx);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                writeOn(ctx);
            } else {
                stalls++;
            }
        }

        private void writeOn(ChannelHandlerContext ctx) {
            while (ctx.channel().isWritable() && next < MESSAGES) {
                int message = next++;
                if (message % 3 == 0) {
                    ctx.write(message);
                } else {
                    ctx.write(message, ctx.voidPromise());
                }
                if (message % 32 == 0) {
                    ctx.flush();
                }
            }
            ctx.flush();
        }
    }

    /** Stops to read now and then. */
    private static final class Checking extends ChannelInboundHandlerAdapter {
        private final CountDownLatch done = new CountDownLatch(1);
        private int expected;
        private String wrong;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (wrong == null && (Integer) message != expected) {
                wrong = message + " instead of " + expected;
            }
            if (++expected == MESSAGES) {
                done.countDown();
            }
            if (expected % 50_000 == 0) {
                ctx.channel().config().setAutoRead(false);
                ctx.executor().execute(() -> ctx.executor().execute(() -> ctx.channel().config().setAutoRead(true)));
            }
        }
    }

    @Test
    @Timeout(120)
    void aMillionMessagesBetweenLoopsArriveInOrder() throws Exception {
        EvplEventLoopGroup servers = new EvplEventLoopGroup(1);
        EvplEventLoopGroup clients = new EvplEventLoopGroup(1);
        Checking checking = new Checking();
        Writing writing = new Writing();
        new ServerBootstrap().group(servers).channel(EvplServerInprocChannel.class).childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(checking);
            }
        }).bind(new InprocAddress("million")).sync();
        Channel client = new Bootstrap().group(clients).channel(EvplInprocChannel.class).handler(writing)
                .option(EvplChannelOption.INPROC_QUEUE_MESSAGES, 64)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new io.netty.channel.WriteBufferWaterMark(1000, 4000))
                .connect(new InprocAddress("million")).sync().channel();
        assertTrue(checking.done.await(100, TimeUnit.SECONDS), () -> "received " + checking.expected);
        client.eventLoop().submit(() -> { }).sync();
        assertEquals(MESSAGES, writing.next);
        assertEquals(null, checking.wrong);
        assertTrue(writing.stalls > 0, "the writer was never ahead of the reader");
        servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertEquals(MESSAGES, checking.expected);
    }

    /**
     * Random writes, flushes, pauses, half-closes and closes on both ends at once: what arrives is the beginning of what was
     * written with success, each end is told of its end once, and every buffer is released.
     */
    @Test
    @Timeout(120)
    void anyProgramEndsCleanly() throws Exception {
        for (int seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            InprocKind kind = random.nextBoolean() ? InprocKind.STREAM : InprocKind.MESSAGE;
            try (InprocPair pair = new InprocPair(kind, random.nextBoolean())) {
                pair.server.option(EvplChannelOption.INPROC_QUEUE_MESSAGES, 4).option(EvplChannelOption.INPROC_QUEUE_BYTES, 40L);
                pair.listen();
                Told client = new Told();
                client.channel = pair.client(client).option(EvplChannelOption.INPROC_QUEUE_MESSAGES, 4)
                        .option(EvplChannelOption.INPROC_QUEUE_BYTES, 40L).connect(InprocPair.ADDRESS).sync().channel();
                client.expect("active");
                Told server = pair.accept();
                List<ByteBuf> all = new ArrayList<>();
                Program up = new Program(client.channel, random, all);
                Program down = new Program(server.channel, random, all);
                for (int step = 0; step < STEPS; step++) {
                    (random.nextBoolean() ? up : down).step();
                }
                up.end();
                client.channel.closeFuture().sync();
                pair.settle();
                down.end(); // with half-closure, the peer's end is not its own
                server.channel.closeFuture().sync();
                pair.settle();
                down.assertDelivered(client.rest(), seed);
                up.assertDelivered(server.rest(), seed);
                for (ByteBuf one : all) {
                    assertEquals(0, one.refCnt(), "seed " + seed);
                }
            }
        }
    }

    /** What one end does. */
    private static final class Program {
        private final EvplInprocChannel channel;
        private final Random random;
        private final List<ByteBuf> all;
        private final List<ByteBuf> written = new ArrayList<>();
        private final List<ChannelFuture> writes = new ArrayList<>();

        Program(Channel channel, Random random, List<ByteBuf> all) {
            this.channel = (EvplInprocChannel) channel;
            this.random = random;
            this.all = all;
        }

        void step() throws InterruptedException {
            switch (random.nextInt(12)) {
                case 0 -> channel.config().setAutoRead(false);
                case 1 -> channel.config().setAutoRead(true);
                case 2 -> channel.read();
                case 3 -> channel.flush();
                case 4 -> channel.config().setAllowHalfClosure(true);
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        channel.shutdownOutput();
                    }
                }
                case 6 -> {
                    if (random.nextInt(6) == 0) {
                        channel.close();
                    }
                }
                default -> write(1 + random.nextInt(12));
            }
        }

        private void write(int count) {
            for (int i = 0; i < count; i++) {
                ByteBuf message = Unpooled.buffer().writeZero(1 + random.nextInt(30));
                written.add(message);
                all.add(message);
                writes.add(random.nextBoolean() ? channel.write(message) : channel.writeAndFlush(message));
            }
        }

        void end() {
            channel.config().setAutoRead(true);
            channel.flush();
            channel.close();
        }

        void assertDelivered(List<Object> told, int seed) throws InterruptedException {
            int messages = 0;
            int inactive = 0;
            for (Object event : told) {
                if (event instanceof ByteBuf buf) {
                    assertTrue(buf == written.get(messages), "seed " + seed + ": message " + messages);
                    assertTrue(writes.get(messages).await().isSuccess(), "seed " + seed);
                    assertEquals(0, inactive, "seed " + seed);
                    messages++;
                    buf.release();
                } else if ("inactive".equals(event)) {
                    inactive++;
                }
            }
            assertEquals(1, inactive, "seed " + seed + ": " + told);
            for (ChannelFuture write : writes) {
                assertTrue(write.await(10_000), "seed " + seed);
                assertFalse(write.isCancelled());
            }
        }
    }
}
