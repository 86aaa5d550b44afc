package io.evpl.conformance;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults of libevpl's streams that ours must not have. */
@Timeout(60)
class StreamFaultsTest {
    private static final int FLOW = 1;
    private static final int PIECE_BYTES = 1 << 17;
    /** More than the 4 MiB that libevpl reads before it heeds the peer's end, and than sockets hold. */
    private static final int LONG_BYTES = 16 << 20;
    /** Three times what one sendmsg(2) takes. */
    private static final int BUFFERS = 3000;

    private EvplEventLoopGroup group;
    private final Receiver server = new Receiver();
    private Channel listener;
    private boolean halfClosure;

    /** Knows what it has to get. */
    private static final class Receiver extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Channel> active = new CompletableFuture<>();
        /** Completed with the bytes received, at the peer's end. */
        private final CompletableFuture<Long> inputEnded = new CompletableFuture<>();
        private final CompletableFuture<Long> ended = new CompletableFuture<>();
        private long received;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            active.complete(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf buf = (ByteBuf) message;
            if (!Pattern.matches(buf, FLOW, received)) {
                ended.completeExceptionally(new AssertionError("wrong bytes at " + received));
            }
            received += buf.readableBytes();
            buf.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                inputEnded.complete(received);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ended.completeExceptionally(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended.complete(received);
        }
    }

    @BeforeEach
    void begin() {
        group = new EvplEventLoopGroup(2);
    }

    @AfterEach
    void end() {
        assertTrue(group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(20_000));
    }

    private void listen(String host) throws Exception {
        listener = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(server);
                    }
                }).bind(new InetSocketAddress(host, 0)).sync().channel();
    }

    private Channel connect() throws Exception {
        return new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new ChannelInboundHandlerAdapter())
                .connect(listener.localAddress()).sync().channel();
    }

    private Socket plainPeer() throws Exception {
        return new Socket("127.0.0.1", ((InetSocketAddress) listener.localAddress()).getPort());
    }

    private static ByteBuf contents(int bytes) {
        ByteBuf buf = PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
        for (int done = 0; done < bytes; done += PIECE_BYTES) {
            ByteBuf piece = piece(done, Math.min(PIECE_BYTES, bytes - done));
            buf.writeBytes(piece);
            piece.release();
        }
        return buf;
    }

    private static ByteBuf piece(long offset, int bytes) {
        return (ByteBuf) Pattern.make(Op.BufferKind.HEAP, FLOW, offset, bytes, PooledByteBufAllocator.DEFAULT);
    }

    private void assertArrives(Channel client, ChannelFuture written, long bytes) throws Exception {
        written.sync();
        client.close().sync();
        assertEquals(bytes, server.ended.get(30, TimeUnit.SECONDS));
    }

    @Test
    void oneBufferOfAnySizeIsSent_L22() throws Exception {
        listen("127.0.0.1");
        Channel client = connect();
        assertArrives(client, client.writeAndFlush(contents(LONG_BYTES)), LONG_BYTES);
    }

    @Test
    void moreBuffersThanOneCallTakesAreSentInOrder_L19() throws Exception {
        listen("127.0.0.1");
        Channel client = connect();
        CompositeByteBuf composite = client.alloc().compositeBuffer(BUFFERS);
        for (int i = 0; i < BUFFERS; i++) {
            composite.addComponent(true, piece(i * 7L, 7));
        }
        client.write(composite, client.voidPromise());
        for (int i = BUFFERS; i < 2 * BUFFERS - 1; i++) {
            client.write(piece(i * 7L, 7), client.voidPromise());
        }
        assertArrives(client, client.writeAndFlush(piece((2 * BUFFERS - 1) * 7L, 7)), 2 * BUFFERS * 7L);
    }

    private static void sendAndEnd(Socket peer) throws Exception {
        OutputStream out = peer.getOutputStream();
        for (int done = 0; done < LONG_BYTES; done += PIECE_BYTES) {
            ByteBuf piece = piece(done, PIECE_BYTES);
            piece.readBytes(out, PIECE_BYTES);
            piece.release();
        }
        peer.shutdownOutput();
    }

    @Test
    void allThatAPeerSentBeforeItsEndIsRead_L10() throws Exception {
        listen("127.0.0.1");
        try (Socket peer = plainPeer()) {
            sendAndEnd(peer);
            assertEquals((long) LONG_BYTES, server.ended.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void aPeerThatHasEndedItsOutputStillGetsItsAnswer_L10() throws Exception {
        halfClosure = true;
        listen("127.0.0.1");
        try (Socket peer = plainPeer()) {
            sendAndEnd(peer);
            assertEquals((long) LONG_BYTES, server.inputEnded.get(30, TimeUnit.SECONDS));
            Channel child = server.active.get();
            ChannelFuture written = child.writeAndFlush(contents(LONG_BYTES));
            written.addListener(done -> child.close());
            InputStream in = peer.getInputStream();
            long answered = 0;
            byte[] bytes = new byte[PIECE_BYTES];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                answered += count;
            }
            assertEquals(LONG_BYTES, answered);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void bothFamiliesOfAddressesServe_L24(String host) throws Exception {
        listen(host);
        Channel client = connect();
        assertEquals(listener.localAddress(), client.remoteAddress());
        assertEquals(new InetSocketAddress(host, 0).getAddress(), ((InetSocketAddress) client.localAddress()).getAddress());
        assertArrives(client, client.writeAndFlush(contents(100)), 100);
    }
}
