package io.evpl;

import io.evpl.InprocPair.Told;
import io.evpl.linux.OpenFds;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import static io.evpl.InprocPair.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Names, and connects that cannot be: one clear line, and nobody waits for ever. */
@Timeout(30)
class InprocNamesTest {
    private InprocPair pair;

    @BeforeEach
    void start() {
        pair = new InprocPair(InprocKind.MESSAGE, false);
    }

    @AfterEach
    void stop() {
        pair.close();
    }

    private static void assertFails(ChannelFuture future, Class<? extends Throwable> type, String... words)
            throws Exception {
        Throwable cause = future.await().cause();
        assertInstanceOf(type, cause);
        for (String word : words) {
            assertTrue(cause.getMessage().contains(word), () -> "no " + word + " in: " + cause.getMessage());
        }
        assertTrue(future.channel().closeFuture().await(10, TimeUnit.SECONDS));
    }

    // ---- addresses

    @Test
    void namesAreBoundedInBytes() {
        String longest = "\u00e9".repeat(53) + 'x';
        assertEquals(longest, new InprocAddress(longest).name());
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new InprocAddress(longest + 'x'));
        assertTrue(e.getMessage().contains("107") && e.getMessage().contains("108"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new InprocAddress(""));
    }

    @Test
    void addressesRenderAndCompareByName_F3() {
        assertEquals("inproc:a", new InprocAddress("a").toString());
        assertEquals("inproc:a#7", new InprocAddress("a").withSerial(7).toString());
        assertEquals(new InprocAddress("a"), InprocAddress.of(new LocalAddress("a")));
        assertSame(InprocAddress.ANY, InprocAddress.of(LocalAddress.ANY));
        assertNotEquals(new InprocAddress("a"), new InprocAddress("a").withSerial(1));
        assertThrows(IllegalArgumentException.class, () -> InprocAddress.of(new InetSocketAddress(1)));
    }

    @Test
    void bothEndsKnowBothAddresses() throws Exception {
        pair.listen();
        EvplInprocChannel client = (EvplInprocChannel) pair.connect().channel;
        EvplInprocChannel server = (EvplInprocChannel) pair.accept().channel;
        assertEquals(InprocPair.ADDRESS, client.remoteAddress());
        assertEquals(InprocPair.ADDRESS, server.localAddress());
        assertEquals(client.localAddress(), server.remoteAddress());
        assertTrue(client.localAddress().toString().matches("inproc:test#\\d+"), client.localAddress().toString());
        assertSame(pair.listener, server.parent());
    }

    @Test
    void aLocalAddressOfNettysWillDo() throws Exception {
        pair.server.bind(new LocalAddress("drop-in")).sync();
        Told client = new Told();
        Channel channel = pair.client(client).connect(new LocalAddress("drop-in"), new LocalAddress("me")).sync().channel();
        assertEquals("inproc:me", channel.localAddress().toString());
        Told server = pair.accept();
        channel.writeAndFlush("any object").sync();
        assertEquals("any object", server.next());
    }

    @Test
    void anonymousListenersHaveNamesOfTheirOwn() throws Exception {
        Channel first = pair.server.bind(InprocAddress.ANY).sync().channel();
        Channel second = pair.server.bind(LocalAddress.ANY).sync().channel();
        assertNotEquals(first.localAddress(), second.localAddress());
        pair.client(new Told()).connect(second.localAddress()).sync();
        assertEquals(second.localAddress(), pair.accept().channel.localAddress());
    }

    // ---- what is refused

    @Test
    void aNameInUseIsRefusedAndFreeAfterTheClose() throws Exception {
        pair.listen();
        long fds = OpenFds.count();
        assertFails(pair.server.bind(InprocPair.ADDRESS), BindException.class, "inproc:test", "in use");
        assertEquals(fds, OpenFds.count());
        pair.listener.close().sync();
        pair.listen();
    }

    @Test
    void aNameThatNobodyListensOnRefuses() throws Exception {
        assertFails(pair.client(new Told()).connect(new InprocAddress("nobody")), ConnectException.class, "refused",
                "inproc:nobody");
    }

    @Test
    void kindsMustAgree() throws Exception {
        pair.listen();
        assertFails(pair.client(new Told()).option(EvplChannelOption.INPROC_KIND, InprocKind.STREAM)
                .connect(InprocPair.ADDRESS), ConnectException.class, "MESSAGE", "STREAM", "INPROC_KIND");
        assertTrue(pair.accepted.isEmpty());
    }

    @Test
    void anotherKindOfAddressIsRefused() throws Exception {
        assertFails(pair.client(new Told()).connect(new InetSocketAddress("127.0.0.1", 1)),
                IllegalArgumentException.class, "127.0.0.1");
        assertFails(pair.server.bind(new InetSocketAddress("127.0.0.1", 1)), IllegalArgumentException.class, "127.0.0.1");
    }

    @Test
    void theBacklogIsBounded() throws Exception {
        pair.server.option(ChannelOption.SO_BACKLOG, 2).option(ChannelOption.AUTO_READ, false);
        pair.listen();
        pair.connect();
        pair.connect();
        assertFails(pair.client(new Told()).connect(InprocPair.ADDRESS), ConnectException.class, "2 connections",
                "SO_BACKLOG");
        pair.listener.read();
        pair.accept();
    }

    @Test
    void aStreamTakesBuffersOnlyAndNoEmptyOnes() throws Exception {
        try (InprocPair stream = new InprocPair(InprocKind.STREAM, false).listen()) {
            Told client = stream.connect();
            Told server = stream.accept();
            Throwable cause = client.channel.writeAndFlush("text").await().cause();
            assertInstanceOf(UnsupportedOperationException.class, cause);
            assertTrue(cause.getMessage().contains("String") && cause.getMessage().contains("ByteBuf"), cause.getMessage());
            ByteBuf empty = bytes();
            assertTrue(client.channel.writeAndFlush(empty).await().isSuccess());
            assertEquals(0, empty.refCnt());
            ByteBuf one = bytes(1);
            client.channel.writeAndFlush(one).sync();
            assertSame(one, server.next());
            one.release();
            assertThrows(UnsupportedOperationException.class, ((EvplInprocChannel) client.channel)::remoteMemory);
        }
    }

    @Test
    void oneWriteIsOneDeliveryOfAMessage_S4() throws Exception {
        pair.listen();
        Told client = pair.connect();
        Told server = pair.accept();
        ByteBuf empty = bytes();
        client.channel.writeAndFlush(empty).sync();
        client.channel.writeAndFlush(42).sync();
        server.expect(empty, 42);
        empty.release();
    }

    // ---- the listener goes

    @Test
    void whoWaitsToBeAcceptedIsToldWhenTheListenerCloses() throws Exception {
        pair.server.option(ChannelOption.AUTO_READ, false);
        pair.listen();
        Told client = pair.connect();
        ByteBuf written = bytes(1);
        client.channel.writeAndFlush(written).sync();
        pair.listener.close().sync();
        assertEquals("ConnectException: inproc:test was closed before it accepted this connection", client.next());
        client.expect("inactive");
        assertEquals(0, written.refCnt());
    }

    @Test
    void whoseChildCannotBeRegisteredIsTold() throws Exception {
        EvplEventLoopGroup gone = new EvplEventLoopGroup(1);
        gone.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        pair.server = new io.netty.bootstrap.ServerBootstrap().group(pair.group, gone).channel(EvplServerInprocChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter());
        pair.listen();
        Told client = pair.connect();
        assertTrue(((String) client.next()).contains("did not accept this connection"));
        client.expect("inactive");
    }

    @Test
    void aChildHandlerThatFailsClosesTheConnection() throws Exception {
        pair.server.childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                throw new IllegalStateException("no handlers today");
            }
        });
        pair.listen();
        pair.connect().expect("inactive");
    }

    @Test
    void aListenerThatMovesGoesOnAccepting() throws Exception {
        pair.listen();
        for (int move = 0; move < 20; move++) {
            pair.listener.deregister().sync();
            Told client = pair.connect(); // waits
            pair.group.next().register(pair.listener).sync();
            pair.accept();
            client.channel.close().sync();
        }
    }

    @Test
    void acceptingIsFair() throws Exception {
        pair.listen();
        for (int i = 0; i < 100; i++) {
            pair.connect();
        }
        for (int i = 0; i < 100; i++) {
            pair.accept();
        }
        pair.settle();
        assertTrue(pair.accepted.isEmpty());
    }

    @Test
    void aHandlerThatWritesWithinItsReadIsNotEnteredAgain() throws Exception {
        try (InprocPair one = new InprocPair(InprocKind.MESSAGE, true)) {
            boolean[] within = new boolean[1];
            boolean[] nested = new boolean[1];
            one.server.childHandler(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    nested[0] |= within[0];
                    within[0] = true;
                    ctx.writeAndFlush(message);
                    within[0] = false;
                }
            });
            one.listen();
            Told client = new Told() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    nested[0] |= within[0];
                    int left = (Integer) message;
                    if (left == 0) {
                        super.channelRead(ctx, message);
                    } else {
                        ctx.writeAndFlush(left - 1);
                    }
                }
            };
            Channel channel = one.client(client).connect(InprocPair.ADDRESS).sync().channel();
            channel.writeAndFlush(100_000);
            client.expect("active", 0);
            assertFalse(nested[0]);
        }
    }
}
