package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.util.ReferenceCountUtil;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A listener and connections to it, on one loop or on two, and what each end was told. */
final class InprocPair implements AutoCloseable {
    static final String NAME = "test";
    static final InprocAddress ADDRESS = new InprocAddress(NAME);
    private static final long DEADLINE_S = 10;

    /** What one end was told; a message is itself, any other event a word. */
    static class Told extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
        volatile Channel channel;

        Object next() throws InterruptedException {
            Object event = events.poll(DEADLINE_S, TimeUnit.SECONDS);
            assertNotNull(event, () -> "nothing came to " + channel);
            return event;
        }

        void expect(Object... expected) throws InterruptedException {
            for (Object one : expected) {
                assertEquals(one, next());
            }
        }

        boolean isQuiet() {
            return events.isEmpty();
        }

        List<Object> rest() {
            List<Object> rest = new ArrayList<>();
            events.drainTo(rest);
            return rest;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            events.add("active");
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            events.add(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            events.add(cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.add("inactive");
            ctx.fireChannelInactive();
        }
    }

    final EventLoopGroup group;
    final InprocKind kind;
    ServerBootstrap server;
    final BlockingQueue<Told> accepted = new LinkedBlockingQueue<>();
    Channel listener;

    InprocPair(InprocKind kind, boolean oneLoop) {
        this(kind, new EvplEventLoopGroup(oneLoop ? 1 : 2));
    }

    InprocPair(InprocKind kind, EventLoopGroup group) {
        this.kind = kind;
        this.group = group;
        server = new ServerBootstrap().group(group).channel(EvplServerInprocChannel.class)
                .option(EvplChannelOption.INPROC_KIND, kind).childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Told told = new Told();
                        told.channel = channel;
                        channel.pipeline().addLast(told);
                        accepted.add(told);
                    }
                });
    }

    InprocPair listen() throws InterruptedException {
        listener = server.bind(ADDRESS).sync().channel();
        return this;
    }

    Bootstrap client(Told told) {
        return new Bootstrap().group(group).channel(EvplInprocChannel.class)
                .option(EvplChannelOption.INPROC_KIND, kind).handler(told);
    }

    Told connect() throws InterruptedException {
        Told told = new Told();
        Channel channel = client(told).connect(ADDRESS).sync().channel();
        told.channel = channel;
        told.expect("active");
        return told;
    }

    Told accept() throws InterruptedException {
        Told told = accepted.poll(DEADLINE_S, TimeUnit.SECONDS);
        assertNotNull(told, "nobody connected");
        told.expect("active");
        return told;
    }

    /** All that the loops have to do by now is done, and what follows from it. */
    void settle() throws Exception {
        for (int round = 0; round < 8; round++) {
            for (var loop : group) {
                loop.submit(() -> { }).get(DEADLINE_S, TimeUnit.SECONDS);
            }
        }
    }

    static <T> T on(Channel channel, Callable<T> task) throws Exception {
        return channel.eventLoop().submit(task).get(DEADLINE_S, TimeUnit.SECONDS);
    }

    static ByteBuf bytes(int... values) {
        ByteBuf buf = Unpooled.directBuffer(Math.max(1, values.length));
        for (int value : values) {
            buf.writeByte(value);
        }
        return buf;
    }

    static void release(Object... messages) {
        for (Object message : messages) {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void close() {
        assertTrue(group.shutdownGracefully(0, DEADLINE_S, TimeUnit.SECONDS).awaitUninterruptibly(DEADLINE_S * 1000));
    }
}
