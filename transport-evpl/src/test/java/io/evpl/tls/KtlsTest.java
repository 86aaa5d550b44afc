package io.evpl.tls;

import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.evpl.channel.SentRecord;
import io.evpl.tls.TlsRig.Pair;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The kernel encrypts and decrypts, where it can; where it cannot, nothing is lost but that. */
class KtlsTest {
    private static final String HOST = "a.test";
    private static final int LARGE = 1 << 20;

    private final TestAuthority authority = new TestAuthority("Authority");

    KtlsTest() throws Exception {
    }

    private EvplTlsServer.Builder server() throws Exception {
        return EvplTls.server(authority.issue(HOST).identity()).kernelTls();
    }

    private EvplTlsClient.Builder client() {
        return EvplTls.client().trust(authority.trust()).kernelTls();
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return random;
    }

    // ---- on any kernel

    @ParameterizedTest
    @EnumSource(TlsWire.class)
    void whatIsWrittenBeforeTheHandshakeArrivesFirstWhoeverEncrypts(TlsWire wire) throws Exception {
        try (TlsRig rig = new TlsRig(wire, server().build())) {
            Pair pair = rig.connect(client().build(), HOST);
            byte[] bytes = random(LARGE);
            pair.server().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes, 0, 1000));
            pair.server().channel.write(Unpooled.wrappedBuffer(bytes, 1000, 2000));
            pair.handshaken();
            pair.server().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes, 3000, LARGE - 3000));
            assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            pair.exchange();
            assertEquals(pair.client().tls.isKtlsTransmit(), pair.client().tls.ktlsUnavailabilityCause() == null);
            if (wire != TlsWire.TCP) {
                assertTrue(pair.client().tls.ktlsUnavailabilityCause().getMessage().contains("on TCP alone"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TlsWire.class)
    void filesAmongBuffersArriveWhoeverEncrypts(TlsWire wire, @TempDir Path directory) throws Exception {
        byte[] bytes = random(LARGE);
        Path file = Files.write(directory.resolve("file"), bytes);
        try (TlsRig rig = new TlsRig(wire, server().build())) {
            Pair pair = rig.connect(client().provider(EvplTls.Provider.JDK).build(), HOST);
            for (TlsRig.End from : List.of(pair.server(), pair.client())) {
                from.channel.write(Unpooled.wrappedBuffer(bytes, 0, 100));
                from.channel.write(new DefaultFileRegion(file.toFile(), 100, LARGE - 200));
                from.channel.writeAndFlush(Unpooled.wrappedBuffer(bytes, LARGE - 100, 100));
            }
            assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            assertArrayEquals(bytes, pair.server().awaitBytes(LARGE));
            Throwable tooShort = pair.server().channel.writeAndFlush(new DefaultFileRegion(file.toFile(), LARGE - 10, 20))
                    .await().cause();
            assertNotNull(tooShort, "the file has fewer bytes than the region");
        }
    }

    @Test
    void aKernelWithoutTheModuleSaysSo() throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = rig.connect(client().build(), HOST).handshaken();
            if (!pair.server().tls.isKtlsTransmit()) {
                String why = pair.server().tls.ktlsUnavailabilityCause().getMessage();
                assertTrue(why.contains("modprobe tls"), why);
            }
            assertEquals(pair.server().tls.isKtlsTransmit(), pair.server().tls.isKtlsReceive());
        }
        EvplTlsServer.Builder cbc = server().versions("TLSv1.2").ciphers("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
        try (TlsRig rig = new TlsRig(TlsWire.TCP, cbc.build())) {
            Pair old = rig.connect(client().versions("TLSv1.2").ciphers("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA").build(), HOST)
                    .handshaken();
            assertFalse(old.server().tls.isKtlsTransmit() || old.server().tls.isKtlsReceive());
            assertTrue(old.server().tls.ktlsUnavailabilityCause().getMessage().contains("the kernel has no TLS_ECDHE"));
            old.exchange();
        }
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().provider(EvplTls.Provider.JDK).build())) {
            Pair jdk = rig.connect(EvplTls.client().trust(authority.trust()).build(), HOST).handshaken();
            assertTrue(jdk.server().tls.ktlsUnavailabilityCause().getMessage().contains("BoringSSL is needed"));
            assertTrue(jdk.client().tls.ktlsUnavailabilityCause().getMessage().contains("was not asked for"));
            jdk.exchange();
        }
    }

    @Test
    void writesBeforeAHandshakeThatFailsFailWithItsReason() throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = rig.connect(client().build(), "b.test");
            Throwable why = pair.client().failure();
            assertNotNull(TlsRefusal.in(why));
            Throwable write = pair.client().channel.writeAndFlush(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII))
                    .await().cause();
            assertNotNull(write);
            pair.client().awaitEnd();
        }
    }

    /** What the kernel would be told decrypts the records that BoringSSL sends: same keys, same numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"})
    void theKeysForTheKernelDecryptWhatBoringSslSends(String suite) throws Exception {
        List<byte[]> sent = Collections.synchronizedList(new ArrayList<>());
        TrafficSecrets secrets = new TrafficSecrets();
        EvplTlsServer.Builder settings = EvplTls.server(authority.issue(HOST).identity()).versions("TLSv1.3");
        EvplTlsServer tls = settings.build();
        secrets.watch(tls.first());
        try (TlsRig rig = new TlsRig(TlsWire.TCP, tls, channel -> channel.pipeline().addFirst(new Tap(sent)))) {
            Pair pair = rig.connect(EvplTls.client().trust(authority.trust()).ciphers(suite)
                    .provider(EvplTls.Provider.JDK).build(), HOST).handshaken();
            assertEquals(suite, pair.server().tls.session().getCipherSuite());
            pair.exchange();
            RecordKeys keys = RecordKeys.tls13(RecordSuite.of(suite), secrets.take(pointer(pair.server().channel)).server());
            pair.server().channel.close();
            pair.client().awaitEnd();
            long sequence = 0;
            byte last = 0;
            List<String> texts = new ArrayList<>();
            for (byte[] record : List.copyOf(sent)) {
                RecordKeys.Content content = keys.decrypt(record, sequence);
                if (content != null) {
                    sequence++;
                    last = content.type();
                    if (content.type() == 23) {
                        texts.add(new String(content.bytes(), StandardCharsets.US_ASCII));
                    }
                }
            }
            assertEquals(List.of("pong"), texts.stream().filter(text -> !text.isEmpty()).toList());
            assertEquals(21, last, "the alert close_notify");
        }
    }

    private static long pointer(Channel channel) {
        return ((ReferenceCountedOpenSslEngine) channel.pipeline()
                .get(SslHandler.class).engine()).sslPointer();
    }

    /** Keeps the records that leave. */
    private static final class Tap extends ChannelOutboundHandlerAdapter {
        private final RecordSplitter splitter = new RecordSplitter();
        private final List<byte[]> sent;

        Tap(List<byte[]> sent) {
            this.sent = sent;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            sent.addAll(splitter.next((ByteBuf) message));
            ctx.write(message, promise);
        }
    }

    /** A socket without TLS in its kernel ignores the record's type: what is left is its content, in its place. */
    @Test
    void aRecordOfAnotherTypeLeavesBetweenTheBuffersAroundIt() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1);
        TlsRig.End end = new TlsRig.End();
        try {
            Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class).childHandler(end)
                    .bind(TlsWire.TCP.address()).sync().channel();
            Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter()).connect(server.localAddress()).sync().channel();
            client.write(Unpooled.wrappedBuffer(new byte[] {'a'}));
            client.write(new SentRecord((byte) 21, new byte[] {'b', 'c'}));
            client.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'d'})).sync();
            end.expect("abcd");
            assertThrows(IllegalArgumentException.class, () -> new SentRecord((byte) 21, new byte[9]));
        } finally {
            assertTrue(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000));
        }
    }

    // ---- where the kernel has TLS

    @ParameterizedTest
    @ValueSource(strings = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"})
    void buffersAndFilesArriveBothWaysAndTheEndIsTold(String suite, @TempDir Path directory) throws Exception {
        byte[] bytes = random(LARGE);
        Path file = Files.write(directory.resolve("file"), bytes);
        // The JDK chooses by the client's order among what it is given; BoringSSL's own list of 1.3 cannot be set.
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = rig.connect(EvplTls.client().trust(authority.trust()).provider(EvplTls.Provider.JDK).ciphers(suite)
                    .build(), HOST).handshaken();
            TlsRig.requireKernel(pair.server().tls);
            assertEquals(suite, pair.server().tls.session().getCipherSuite());
            pair.exchange();
            pair.server().channel.write(Unpooled.wrappedBuffer(bytes, 0, 100));
            pair.server().channel.write(new DefaultFileRegion(file.toFile(), 100, LARGE - 200));
            pair.server().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes, LARGE - 100, 100));
            assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            pair.client().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
            assertArrayEquals(bytes, pair.server().awaitBytes(LARGE));
            pair.server().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
            // Emulated processors take longer than a close waits for the peer to read.
            pair.server().channel.pipeline().get(SslHandler.class).setCloseNotifyFlushTimeoutMillis(0);
            pair.server().channel.close();
            assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            pair.client().awaitEnd();
            // Without the alert the JDK reports the end as an attack: "closing inbound before receiving peer's close_notify".
            assertTrue(pair.client().closeNotifyReceived(), "no close_notify came");
        }
    }

    @Test
    void bothEndsMayLetTheirKernelsEncrypt(@TempDir Path directory) throws Exception {
        byte[] bytes = random(LARGE);
        Path file = Files.write(directory.resolve("file"), bytes);
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = rig.connect(client().build(), HOST).handshaken();
            TlsRig.requireKernel(pair.client().tls);
            assertNull(pair.server().tls.ktlsUnavailabilityCause());
            pair.client().channel.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, LARGE));
            pair.server().channel.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, LARGE));
            assertArrayEquals(bytes, pair.server().awaitBytes(LARGE));
            assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            pair.client().channel.close();
            pair.server().awaitEnd();
            assertTrue(pair.server().closeNotifyReceived(), "no close_notify came");
        }
    }
}
