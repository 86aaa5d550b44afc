package io.evpl;

import io.evpl.linux.PinnedMemory;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.RingFeatures;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Connections whose allocator is evpl's. In a JVM of its own, where all of its memory is given back in the end. */
class EvplAllocatorOnChannelsTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsSentComesBackAndAllMemoryIsGivenBack(boolean unsafeIsDenied) throws Exception {
        ChildJvm.run(Echo.class, "-Dio.netty.noUnsafe=" + unsafeIsDenied, "-Dio.evpl.memory.slabBytes=1048576",
                "-Dio.evpl.memory.maxBytes=67108864");
    }

    /** Sends messages of many sizes and compares what comes back. */
    static final class Echo {
        private static final int MESSAGES = 300;
        private static final int MOST_BYTES = 200_000;
        private static final long SEED = 42;

        private Echo() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup group = new EvplEventLoopGroup(2);
            Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                    .childOption(ChannelOption.ALLOCATOR, Evpl.allocator())
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new Echoing());
                        }
                    }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            Comparing comparing = new Comparing();
            Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class)
                    .option(ChannelOption.ALLOCATOR, Evpl.allocator()).handler(comparing)
                    .connect(server.localAddress()).sync().channel();
            boolean done = comparing.done.await(40, TimeUnit.SECONDS);
            boolean pinsSlabs = ((EvplEventLoop) client.eventLoop()).backend().equals("io_uring")
                    && RingFeatures.probe().has(RingFeature.FIXED_BUFFERS) && RingFeatures.probe().has(RingFeature.SEND_ZC);
            if (pinsSlabs != PinnedMemory.bytes() > 0) {
                throw new AssertionError(PinnedMemory.bytes() + " bytes are pinned");
            }
            client.close().sync();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            Evpl.allocator().trim();
            if (!done || comparing.failure != null || Evpl.allocator().usedDirectMemory() != 0
                    || PinnedMemory.bytes() != 0) {
                throw new AssertionError(comparing.failure + ", " + Evpl.allocator() + ", pinned " + PinnedMemory.bytes());
            }
        }

        private static final class Echoing extends ChannelInboundHandlerAdapter {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.writeAndFlush(message);
            }
        }

        private static final class Comparing extends ChannelInboundHandlerAdapter {
            private final Random sent = new Random(SEED);
            private final Random expected = new Random(SEED);
            private final Random sizes = new Random(SEED);
            private final CountDownLatch done = new CountDownLatch(1);
            private int messages;
            private int owed;
            private volatile String failure;

            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                send(ctx);
            }

            private void send(ChannelHandlerContext ctx) {
                owed = 1 + sizes.nextInt(messages % 2 == 0 ? 200 : MOST_BYTES);
                messages++;
                ByteBuf buffer = ctx.alloc().buffer();
                if (!buffer.hasMemoryAddress() || buffer.alloc() != Evpl.allocator()) {
                    failure = "a buffer of " + buffer.alloc();
                }
                for (int i = 0; i < owed; i++) {
                    buffer.writeByte(sent.nextInt());
                }
                ctx.writeAndFlush(buffer);
            }

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ByteBuf buffer = (ByteBuf) message;
                owed -= buffer.readableBytes();
                while (buffer.isReadable()) {
                    if (buffer.readByte() != (byte) expected.nextInt()) {
                        failure = "message " + messages + " came back changed";
                    }
                }
                buffer.release();
                if (owed == 0) {
                    if (messages == MESSAGES || failure != null) {
                        done.countDown();
                    } else {
                        send(ctx);
                    }
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failure = cause.toString();
                done.countDown();
            }
        }
    }
}
