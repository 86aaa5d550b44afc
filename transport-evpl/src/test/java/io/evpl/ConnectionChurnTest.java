package io.evpl;

import io.evpl.linux.OpenFds;
import io.evpl.uring.UringSource;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Connections that come and go, half of them by a reset in the middle of a transfer. */
class ConnectionChurnTest {
    /** Fewer where processors are emulated. */
    private static final int CONNECTIONS = Integer.getInteger("evpl.churn.connections", 50_000);
    /** Two descriptors each, well within the usual limit of open files. */
    private static final int BATCH = 1000;
    private static final int PAYLOAD_BYTES = 20_000;

    private final Semaphore accepted = new Semaphore(0);
    private final LongAdder bytesReceived = new LongAdder();
    private final ChannelGroup children = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** Answers with more than it was sent, so that a reset finds both directions busy. */
    private final class Answering extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            children.add(ctx.channel());
            accepted.release();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf buf = (ByteBuf) message;
            bytesReceived.add(buf.readableBytes());
            ctx.writeAndFlush(buf.retainedDuplicate(), ctx.voidPromise());
            ctx.writeAndFlush(buf, ctx.voidPromise());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // resets are what this test is about
        }
    }

    private static final class Discarding extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ((ByteBuf) message).release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    @Test
    @Timeout(120)
    void connectionsThatComeAndGoLeaveNothingBehind() throws Exception {
        EvplEventLoopGroup servers = new EvplEventLoopGroup(1);
        EvplEventLoopGroup clients = new EvplEventLoopGroup(1);
        Channel server = new ServerBootstrap().group(servers).channel(EvplServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BATCH)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Answering());
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        Bootstrap client = new Bootstrap().group(clients).channel(EvplSocketChannel.class).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Discarding());
            }
        });
        churn(client, server, BATCH); // what is opened, allocated and loaded once
        settle(servers, clients, BATCH);
        long fds = OpenFds.count();
        int serverOperations = inFlight(servers);
        int clientOperations = inFlight(clients);

        for (int done = 0; done < CONNECTIONS; done += BATCH) {
            churn(client, server, BATCH);
        }
        settle(servers, clients, CONNECTIONS);

        assertEquals(0, accepted.availablePermits(), "connections that nobody made");
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
        assertEquals(1, ((EvplEventLoop) servers.next()).registeredChannels(), "the listener");
        assertEquals(0, ((EvplEventLoop) clients.next()).registeredChannels());
        assertEquals(serverOperations, inFlight(servers));
        assertEquals(clientOperations, inFlight(clients));
        assertTrue(bytesReceived.sum() > 0);
        server.close().sync();
        assertTrue(servers.shutdownGracefully(0, 10, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS));
        assertTrue(clients.shutdownGracefully(0, 10, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS));
    }

    /** Operations that the kernel has of a group's one loop; none on epoll. */
    private static int inFlight(EvplEventLoopGroup group) throws Exception {
        EvplEventLoop loop = (EvplEventLoop) group.next();
        return loop.submit(() -> loop.transport() instanceof UringSource source ? source.inFlight() : 0).get();
    }

    private void churn(Bootstrap client, Channel server, int count) throws Exception {
        List<ChannelFuture> connected = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            connected.add(client.connect(server.localAddress()));
        }
        List<ChannelFuture> closed = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Channel channel = connected.get(i).sync().channel();
            boolean reset = i % 2 == 0;
            if (reset) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            ChannelFuture written = channel.writeAndFlush(channel.alloc().directBuffer(PAYLOAD_BYTES).writeZero(PAYLOAD_BYTES));
            closed.add(channel.closeFuture());
            if (reset) {
                channel.close();
            } else {
                written.addListener(done -> channel.close());
            }
        }
        for (ChannelFuture one : closed) {
            assertTrue(one.await(20, TimeUnit.SECONDS), () -> "does not close: " + one.channel());
        }
    }

    /** All children have been accepted and have noticed that their peer is gone. */
    private void settle(EvplEventLoopGroup servers, EvplEventLoopGroup clients, int connections) throws Exception {
        assertTrue(accepted.tryAcquire(connections, 20, TimeUnit.SECONDS), "all are accepted");
        for (EvplEventLoopGroup group : List.of(clients, servers)) {
            group.next().submit(() -> { }).sync();
        }
        for (int turn = 0; turn < 3; turn++) {
            assertTrue(children.newCloseFuture().await(20, TimeUnit.SECONDS), () -> "still open: " + children.size());
            servers.next().submit(() -> { }).sync();
        }
    }
}
