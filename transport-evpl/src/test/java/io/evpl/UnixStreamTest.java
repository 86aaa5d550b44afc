package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.net.BindException;
import java.nio.file.Files;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What unix connections do as TCP's do, and how their servers come and go. */
class UnixStreamTest extends UnixFixture {
    private static final int LARGE = 256 << 10;

    /** Counts what arrives, and checks that byte n of the stream is n. */
    private static final class Counting extends ChannelInboundHandlerAdapter {
        private final int expected;
        private final CountDownLatch all = new CountDownLatch(1);
        private int received;
        private volatile int wrong;

        Counting(int expected) {
            this.expected = expected;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf buf = (ByteBuf) message;
            byte[] bytes = new byte[buf.readableBytes()];
            buf.readBytes(bytes).release();
            for (byte one : bytes) {
                wrong += one == (byte) received++ ? 0 : 1;
            }
            if (received == expected) {
                all.countDown();
            }
        }
    }

    private static ByteBuf numbered(int from, int bytes) {
        byte[] numbers = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            numbers[i] = (byte) (from + i);
        }
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writeBytes(numbers);
    }

    @Test
    void largeBuffersAndGatheringsArriveOnceAndWhole_S1_S8() throws Exception { // unix sockets refuse sends without a copy
        Counting counting = new Counting(4 * LARGE);
        Channel server = server(channel -> channel.pipeline().addLast(counting)).bind(path("server")).sync().channel();
        EvplDomainSocketChannel client = connect(new ChannelInboundHandlerAdapter(), path("server"));
        client.writeAndFlush(numbered(0, LARGE)).sync();
        CompositeByteBuf parts = PooledByteBufAllocator.DEFAULT.compositeBuffer();
        parts.addComponent(true, numbered(0, LARGE / 2)).addComponent(true, numbered(0, LARGE / 2));
        client.writeAndFlush(parts).sync();
        client.write(numbered(0, LARGE));
        client.writeAndFlush(numbered(0, LARGE)).sync();
        assertTrue(counting.all.await(DEADLINE_SECONDS, TimeUnit.SECONDS), () -> counting.received + " bytes");
        assertEquals(0, counting.wrong);
        client.close().sync();
        nextAccepted().closeFuture().sync();
        server.close().sync();
    }

    @Test
    void halfAConnectionGoesOn_C4() throws Exception {
        BlockingQueue<Object> events = new LinkedBlockingQueue<>();
        Channel server = server(channel -> channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event == ChannelInputShutdownEvent.INSTANCE) {
                    events.add(event);
                    ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0, 1, 2}).copy());
                }
            }
        })).childOption(ChannelOption.ALLOW_HALF_CLOSURE, true).bind(path("server")).sync().channel();
        Counting counting = new Counting(3);
        EvplDomainSocketChannel client = connect(counting, path("server"));
        client.shutdownOutput().sync();
        assertTrue(client.isOutputShutdown() && !client.isInputShutdown());
        assertEquals(ChannelInputShutdownEvent.INSTANCE, events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS));
        assertTrue(counting.all.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
        EvplDomainSocketChannel child = nextAccepted();
        assertTrue(child.isInputShutdown());
        child.close().sync();
        client.closeFuture().sync();
        server.close().sync();
    }

    @Test
    void optionsAreTheKernels() throws Exception {
        Channel server = bind(path("server"));
        EvplDomainSocketChannel client = connect(new ChannelInboundHandlerAdapter(), path("server"));
        EvplDomainSocketChannelConfig config = client.config();
        config.setSendBufferSize(50_000).setReceiveBufferSize(60_000);
        assertEquals(100_000, config.getSendBufferSize()); // doubled: socket(7)
        assertEquals(120_000, config.getOption(ChannelOption.SO_RCVBUF));
        assertTrue(config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true) && config.isAllowHalfClosure());
        assertEquals(DomainSocketReadMode.BYTES, config.getReadMode());
        assertTrue(config.getOptions().containsKey(UnixChannelOption.DOMAIN_SOCKET_READ_MODE));
        assertTrue(config.getOptions().containsKey(ChannelOption.SO_SNDBUF));
        assertFalse(config.setOption(ChannelOption.TCP_NODELAY, true), "no option of unix sockets");
        assertNull(config.getOption(ChannelOption.SO_LINGER));
        assertTrue(server.config().setOption(ChannelOption.SO_BACKLOG, 7));
        assertEquals(7, server.config().getOption(ChannelOption.SO_BACKLOG));
        client.close().sync();
        nextAccepted().closeFuture().sync();
        server.close().sync();
    }

    // ---- servers

    private void leaveStale(String name) {
        int fd = Syscalls.socket(SockAddr.AF_UNIX, SocketOptions.SOCK_STREAM | SocketOptions.SOCK_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(SockAddr.STORAGE_BYTES).address();
            assertEquals(0, Syscalls.bind(fd, address, AddressFamily.UNIX.write(path(name), address)));
        }
        Syscalls.close(fd);
    }

    @Test
    void aServerTakesOverWhatADeadOneLeft() throws Exception {
        leaveStale("server");
        Channel server = bind(path("server"));
        connect(new ChannelInboundHandlerAdapter(), path("server")).close().sync();
        nextAccepted().closeFuture().sync();
        server.close().sync();
        assertFalse(Files.exists(directory.resolve("server")));
    }

    @Test
    void aServerThatFindsAnotherLeavesItAlone() throws Exception {
        Channel server = bind(path("server"));
        assertFails(tryBind(path("server")), BindException.class, "EADDRINUSE", "a process is using");
        nextAccepted().closeFuture().sync(); // the connection that asked whether it is there
        connect(new ChannelInboundHandlerAdapter(), path("server")).close().sync();
        nextAccepted().closeFuture().sync();
        server.close().sync();
    }

    @Test
    void aServerThatCannotBindLeavesWhatIsThere() throws Exception {
        Files.writeString(directory.resolve("server"), "precious");
        assertFails(tryBind(path("server")), BindException.class, "regular file");
        assertFails(tryBind(path("nowhere/server")), BindException.class, "its directory must exist");
        assertEquals("precious", Files.readString(directory.resolve("server")));
    }

    @Test
    void theEndOfTheLoopRemovesThePath() throws Exception {
        EvplEventLoopGroup other = new EvplEventLoopGroup(1);
        Channel server = new ServerBootstrap().group(other).channel(EvplServerDomainSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter()).bind(path("server")).sync().channel();
        assertTrue(Files.exists(directory.resolve("server")));
        Future<?> ended = other.shutdownGracefully(0, DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertTrue(ended.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
        assertFalse(server.isOpen());
        assertFalse(Files.exists(directory.resolve("server")));
    }
}
