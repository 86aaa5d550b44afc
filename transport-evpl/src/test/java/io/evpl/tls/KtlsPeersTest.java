package io.evpl.tls;

import io.evpl.EvplConfig;
import io.evpl.EvplEventLoopGroup;
import io.evpl.tls.EvplTls.Provider;
import io.evpl.tls.TlsRig.Pair;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.ssl.SslHandler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A server whose kernel does the record layer, and peers that know nothing of it. */
class KtlsPeersTest {
    private static final String HOST = "a.test";
    private static final int LARGE = 400_000;
    private static final int RECORD_BYTES = 16 << 10;

    private final TestAuthority authority = new TestAuthority("Authority");

    KtlsPeersTest() throws Exception {
    }

    /** The suites that the kernel has, in both versions, and who is at the other end. */
    static Stream<Arguments> peers() {
        List<String> suites = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
        // BoringSSL's suites of TLS 1.3 cannot be chosen.
        return suites.stream().flatMap(suite -> Arrays.stream(Provider.values())
                .filter(peer -> peer == Provider.JDK || !suite.startsWith("TLS_A") || suite.contains("128"))
                .filter(peer -> peer == Provider.JDK || !suite.startsWith("TLS_C"))
                .map(peer -> Arguments.of(peer, suite)));
    }

    private static String version(String suite) {
        return suite.contains("_WITH_") ? "TLSv1.2" : "TLSv1.3";
    }

    private EvplTlsServer.Builder server() throws Exception {
        return EvplTls.server(authority.issue(HOST).identity()).kernelTls();
    }

    private EvplTlsClient.Builder peer(Provider provider) {
        return EvplTls.client().trust(authority.trust()).provider(provider);
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return random;
    }

    private static SslHandler ssl(TlsRig.End end) {
        return end.channel.pipeline().get(SslHandler.class);
    }

    private Pair connect(TlsRig rig, EvplTlsClient client) throws Exception {
        Pair pair = rig.connect(client, HOST).handshaken();
        TlsRig.requireKernel(pair.server().tls);
        return pair;
    }

    @ParameterizedTest
    @MethodSource("peers")
    void bytesAndFilesPassBothWaysAndBothEndsAreTold(Provider provider, String suite, @TempDir Path directory) throws Exception {
        byte[] bytes = random(LARGE);
        Path file = Files.write(directory.resolve("file"), bytes);
        EvplTlsServer.Builder server = server();
        EvplTlsClient.Builder client = peer(provider).versions(version(suite));
        if (suite.contains("_WITH_")) {
            server.ciphers(suite);
            client.ciphers(suite);
        } else if (provider == Provider.JDK) {
            client.ciphers(suite);
        }
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server.build())) {
            Pair pair = connect(rig, client.build());
            assertEquals(suite, pair.server().tls.session().getCipherSuite());
            pair.exchange();
            for (int rounds = 0; rounds < 2; rounds++) {
                pair.client().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
                pair.server().channel.write(Unpooled.wrappedBuffer(bytes, 0, 100));
                pair.server().channel.writeAndFlush(new DefaultFileRegion(file.toFile(), 100, LARGE - 100));
                assertArrayEquals(bytes, pair.server().awaitBytes(LARGE));
                assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            }
            ssl(pair.client()).closeOutbound();
            assertTrue(pair.server().closeNotifyReceived(), "no close_notify came");
            pair.server().channel.close();
            assertTrue(pair.client().closeNotifyReceived(), "no close_notify came back");
            pair.client().awaitEnd();
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void theServersEndIsToldFirst(Provider provider) throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = connect(rig, peer(provider).build());
            pair.exchange();
            ssl(pair.server()).closeOutbound();
            assertTrue(pair.client().closeNotifyReceived(), "no close_notify came");
            pair.client().channel.close();
            assertTrue(pair.server().closeNotifyReceived(), "no close_notify came back");
            pair.server().awaitEnd();
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void sessionsAreResumedWhoeverEncrypts(Provider provider) throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                EvplTlsClient.Builder settings = peer(provider).versions(version);
                EvplTlsClient client = (provider == Provider.BORINGSSL ? settings.kernelTls() : settings).build();
                for (boolean again : new boolean[] {false, true, true}) {
                    Pair pair = rig.connect(client, HOST).handshaken();
                    pair.exchange();
                    assertEquals(again, pair.client().tls.isResumed(), version);
                    pair.exchange();
                    pair.client().channel.close().sync();
                }
            }
        }
    }

    @Test
    void hostsClientsAndProtocolsAreKnownWhenTheKernelHasTheConnection() throws Exception {
        EvplTlsServer tls = server().host("b.test", authority.issue("b.test").identity()).requireClients(authority.trust())
                .applicationProtocols("h2", "http/1.1").build();
        try (TlsRig rig = new TlsRig(TlsWire.TCP, tls)) {
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                Pair pair = rig.connect(EvplTls.client().trust(authority.trust()).identity(authority.issue("client-1").identity())
                        .versions(version).applicationProtocols("h2").kernelTls().build(), "b.test").handshaken();
                assertEquals("h2", pair.server().tls.applicationProtocol());
                assertEquals("CN=client-1", pair.server().peer());
                assertEquals("CN=b.test", pair.client().peer());
                pair.exchange();
                TlsRig.requireKernel(pair.server().tls);
                TlsRig.requireKernel(pair.client().tls);
            }
        }
    }

    @Test
    void newKeysOfThePeersEndTheConnectionWithTheReason() throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = connect(rig, peer(Provider.JDK).versions("TLSv1.3").build());
            pair.exchange();
            ssl(pair.client()).renegotiate(); // the JDK's SSLEngine sends a KeyUpdate then, and wants one back
            String why = pair.server().nextFailure().getMessage();
            assertTrue(why.contains("KeyUpdate, RFC 8446"), why);
            pair.server().awaitEnd();
            String alert = pair.client().nextFailure().getMessage();
            assertTrue(alert.contains("internal_error"), alert);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void aDamagedRecordEndsTheConnectionWithTheReason(Provider provider) throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = connect(rig, peer(provider).build());
            pair.exchange();
            byte[] record = new byte[RecordKeys.HEADER_BYTES + 40];
            record[0] = 23;
            record[1] = 3;
            record[2] = 3;
            record[4] = 40;
            pair.client().channel.pipeline().firstContext().writeAndFlush(Unpooled.wrappedBuffer(record));
            String why = pair.server().nextFailure().getMessage();
            assertTrue(why.contains("could not decrypt a record of the peer's: it was forged or damaged (EBADMSG"), why);
            pair.server().awaitEnd();
            assertFalse(pair.server().closeNotifyReceived());
            String alert = pair.client().nextFailure().getMessage();
            assertTrue(alert.toLowerCase().contains("bad_record_mac"), alert);
        }
    }

    @Test
    void anEndWithoutCloseNotifyIsTakenForWhatItIs() throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = connect(rig, peer(Provider.JDK).build());
            pair.exchange();
            pair.client().channel.pipeline().firstContext().close();
            assertFalse(pair.server().closeNotifyReceived(), "nobody sent one");
            pair.server().awaitEnd();
        }
    }

    /** The kernel has no zero-copy send where it encrypts: what is above the threshold goes all the same. */
    @Test
    void sendsAboveTheZeroCopyThresholdArrive(@TempDir Path directory) throws Exception {
        byte[] bytes = random(LARGE);
        Path file = Files.write(directory.resolve("file"), bytes);
        EvplEventLoopGroup group = new EvplEventLoopGroup(2, null, EvplConfig.builder().zeroCopyBytes(RECORD_BYTES).build());
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build(), channel -> { }, group)) {
            Pair pair = connect(rig, peer(Provider.JDK).build());
            for (int rounds = 0; rounds < 3; rounds++) {
                pair.server().channel.writeAndFlush(Unpooled.directBuffer(LARGE).writeBytes(bytes));
                assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
                pair.server().channel.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, LARGE));
                assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            }
        }
    }

    /** Bytes that leave in parts, of which the test holds back the last. */
    private static final class Parts extends ChannelOutboundHandlerAdapter {
        private final int bytes;
        private final boolean keepLast;
        private ByteBuf last;

        Parts(int bytes, boolean keepLast) {
            this.bytes = bytes;
            this.keepLast = keepLast;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ByteBuf buf = (ByteBuf) message;
            while (buf.readableBytes() > bytes) {
                ctx.writeAndFlush(buf.readRetainedSlice(bytes));
            }
            if (keepLast) {
                last = buf;
                promise.setSuccess();
            } else {
                ctx.writeAndFlush(buf, promise);
            }
        }
    }

    /** On any kernel: records are received one by one until the handshake is through, wherever they are cut. */
    @ParameterizedTest
    @EnumSource(Provider.class)
    void handshakesThatComeInPartsSucceed(Provider provider) throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            EvplTlsClient client = peer(provider).build();
            Pair pair = rig.connect(client, HOST, channel -> channel.pipeline().addFirst(new Parts(3, false))).handshaken();
            pair.exchange();
        }
    }

    @Test
    void halfARecordIsWaitedFor() throws Exception {
        try (TlsRig rig = new TlsRig(TlsWire.TCP, server().build())) {
            Pair pair = connect(rig, peer(Provider.JDK).build());
            pair.exchange();
            Parts parts = new Parts(9, true);
            pair.client().channel.pipeline().addFirst(parts);
            pair.client().send("the rest");
            pair.server().send("answers come"); // the loop is not kept by a record that is not whole
            pair.client().expect("answers come");
            assertEquals(0, pair.server().awaitBytes(0).length);
            ByteBuf last = parts.last;
            assertNotNull(last);
            pair.client().channel.pipeline().firstContext().channel().eventLoop().submit(() -> {
                pair.client().channel.pipeline().context(parts).writeAndFlush(last);
            }).sync();
            pair.server().expect("the rest");
        }
    }
}
