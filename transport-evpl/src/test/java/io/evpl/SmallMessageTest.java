package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a server that keeps small messages holds. In a JVM of its own, where nobody else holds anything. */
class SmallMessageTest {
    private static final String BYTES = "evpl.test.messageBytes";
    private static final int MESSAGES = 3000;
    private static final int WARM_UP = 100;
    /** Goes before each small message: receive buffers are large. */
    private static final int LARGE_BYTES = 40_000;
    private static final long DEADLINE_SECONDS = 40;

    @ParameterizedTest
    @ValueSource(ints = {64, 100, 500, 1024})
    void smallMessagesThatAreKeptPinAtMostTwiceTheirBytes_L18(int bytes) throws Exception {
        ChildJvm.run(Keeping.class, "-D" + BYTES + "=" + bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"incrementalBuffers", "bufferRing", "multishotRecv"})
    void olderKernelsKeepNoMore_L18(String missing) throws Exception {
        ChildJvm.run(Keeping.class, "-D" + BYTES + "=100", "-Dio.evpl.uring." + missing + "=false");
    }

    /** A client sends a large and a small message in turn, each after the answer to the one before. */
    static final class Keeping {
        private static final int SMALL_BYTES = Integer.getInteger(BYTES);

        private Keeping() {
        }

        /** On the loop. Whole runs count, but not those that are only kept for what comes next. */
        private static long pinned() {
            Evpl.allocator().trim();
            return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() + Evpl.allocator().takenBytes();
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup group = new EvplEventLoopGroup(1);
            Keeper keeper = new Keeper();
            Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                    .childHandler(keeper).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            Sender sender = new Sender();
            Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(sender)
                    .connect(server.localAddress()).sync().channel();
            boolean done = sender.done.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
            String failure = done ? group.next().submit(keeper::failure).get() : "it did not end";
            client.close().sync();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            if (failure != null) {
                throw new AssertionError(failure);
            }
        }

        private static final class Keeper extends ChannelInboundHandlerAdapter {
            private final List<ByteBuf> kept = new ArrayList<>();
            private int messages;
            private int expected = LARGE_BYTES;
            private long before;

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ByteBuf buffer = (ByteBuf) message;
                boolean large = messages % 2 == 0;
                expected -= buffer.readableBytes();
                if (large || messages < WARM_UP) {
                    buffer.release();
                } else {
                    kept.add(buffer);
                }
                if (expected == 0) {
                    messages++;
                    expected = large ? SMALL_BYTES : LARGE_BYTES;
                    if (messages == WARM_UP) {
                        before = pinned();
                    }
                    ctx.writeAndFlush(ctx.alloc().directBuffer(1).writeByte(1));
                }
            }

            /** @return null if all is well; releases what is kept */
            String failure() {
                long pinned = pinned() - before;
                long bytes = 0;
                boolean intact = true;
                for (ByteBuf buffer : kept) {
                    bytes += buffer.readableBytes();
                    for (int i = 0; i < buffer.readableBytes(); i++) {
                        intact &= buffer.getByte(i) == 'k';
                    }
                    buffer.release();
                }
                return pinned <= 2 * bytes && intact && bytes > 0 ? null
                        : bytes + " bytes kept hold " + pinned + (intact ? "" : " and are not what was sent");
            }
        }

        private static final class Sender extends ChannelInboundHandlerAdapter {
            private final CountDownLatch done = new CountDownLatch(1);
            private int messages;

            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                send(ctx);
            }

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object answer) {
                ReferenceCountUtil.release(answer);
                if (messages == WARM_UP + 2 * MESSAGES) {
                    done.countDown();
                } else {
                    send(ctx);
                }
            }

            private void send(ChannelHandlerContext ctx) {
                int bytes = messages % 2 == 0 ? LARGE_BYTES : SMALL_BYTES;
                ByteBuf buffer = ctx.alloc().directBuffer(bytes);
                for (int i = 0; i < bytes; i++) {
                    buffer.writeByte(messages % 2 == 0 ? 'x' : 'k');
                }
                messages++;
                ctx.writeAndFlush(buffer);
            }
        }
    }
}
