package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code deregister()} and {@code register()}: a channel changes its loop with operations in flight, and loses nothing. */
class MovesBetweenLoopsTest {
    private static final int MOVES = 50;
    private static final int MESSAGES_PER_MOVE = 20;

    @Test
    void aConnectionThatMovesKeepsEveryByteInOrder() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(2);
        BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
        Channel[] children = new Channel[1];
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        children[0] = channel;
                        channel.pipeline().addLast(new Collector(received));
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter()).connect(server.localAddress()).sync().channel();
        int sent = 0;
        for (int move = 0; move < MOVES; move++) {
            for (int i = 0; i < MESSAGES_PER_MOVE; i++) {
                client.writeAndFlush(client.alloc().directBuffer(4).writeInt(sent++));
            }
            Channel moving = move % 2 == 0 && children[0] != null ? children[0] : client;
            moving.deregister().sync();
            group.next().register(moving).sync();
        }
        for (int expected = 0; expected < sent; expected++) {
            Integer number = received.poll(10, TimeUnit.SECONDS);
            assertEquals(expected, number);
        }
        assertTrue(client.isActive());
        client.close().sync();
        server.close().sync();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void aListenerThatMovesGoesOnAccepting() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(2);
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter()).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        for (int move = 0; move < MOVES; move++) {
            server.deregister().sync();
            EvplEventLoop next = (EvplEventLoop) group.next();
            next.register(server).sync();
            assertSame(next, server.eventLoop());
            new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new ChannelInboundHandlerAdapter())
                    .connect(server.localAddress()).sync().channel().close().sync();
        }
        server.close().sync();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private static final class Collector extends SimpleChannelInboundHandler<ByteBuf> {
        private final BlockingQueue<Integer> numbers;
        private int number;
        private int bytes;

        Collector(BlockingQueue<Integer> numbers) {
            this.numbers = numbers;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            while (message.isReadable()) {
                number = number << 8 | message.readUnsignedByte();
                if (++bytes % 4 == 0) {
                    numbers.add(number);
                }
            }
        }
    }
}
