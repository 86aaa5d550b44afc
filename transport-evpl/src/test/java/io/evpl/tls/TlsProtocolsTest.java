package io.evpl.tls;

import io.evpl.EvplEndpoint.Kind;
import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplProtocol;
import io.evpl.EvplProtocol.Need;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** STREAM_SOCKET_TLS: channels that say nothing in plain text. */
class TlsProtocolsTest {
    private static final EvplProtocol TLS = EvplProtocol.of("STREAM_SOCKET_TLS");

    @Test
    void theProtocolIsThereAndIsTheOneThatEncrypts() {
        assertNull(TLS.unavailabilityCause());
        assertTrue(TLS.isEncrypted() && TLS.isStream() && TLS.isReliable());
        assertEquals(TLS, EvplProtocol.best(Kind.INET, Need.STREAM, Need.ENCRYPTED));
    }

    @Test
    void withTlsInThePipelineItTalks() throws Exception {
        TestAuthority authority = new TestAuthority("Authority");
        EvplTlsServer server = EvplTls.server(authority.issue("a.test").identity()).build();
        EvplTlsClient client = EvplTls.client().trust(authority.trust()).build();
        try (Talk talk = new Talk(channel -> server.addTo(channel.pipeline()), channel ->
                client.addTo(channel.pipeline(), "a.test", 1))) {
            talk.client.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII)).sync();
            talk.end.expect("hello");
        }
    }

    @Test
    void withoutItAWriteFailsAndNothingIsSent() throws Exception {
        try (Talk talk = new Talk(channel -> { }, channel -> { })) {
            Throwable cause = talk.client.writeAndFlush(Unpooled.copiedBuffer("secret", StandardCharsets.US_ASCII))
                    .await().cause();
            assertTrue(cause.getMessage().contains("no plain text"), cause.getMessage());
            talk.end.awaitEnd();
            assertEquals(0, talk.end.awaitBytes(0).length);
        }
    }

    @Test
    void withoutItWhatComesIsNotPassedOn() throws Exception {
        TestAuthority authority = new TestAuthority("Authority");
        EvplTlsClient client = EvplTls.client().trust(authority.trust()).build();
        try (Talk talk = new Talk(channel -> { }, channel -> client.addTo(channel.pipeline(), "a.test", 1))) {
            assertTrue(talk.end.nextFailure().getMessage().contains("no plain text"));
            talk.end.awaitEnd();
            assertEquals(0, talk.end.awaitBytes(0).length);
        }
    }

    /** A connection of the protocol's channels. */
    private static final class Talk implements AutoCloseable {
        private final EvplEventLoopGroup group = TLS.newGroup(1);
        final Channel client;
        final TlsRig.End end;

        Talk(Consumer<Channel> server, Consumer<Channel> own) throws InterruptedException {
            BlockingQueue<TlsRig.End> accepted = new LinkedBlockingQueue<>();
            Channel listener = new ServerBootstrap().group(group).channelFactory(TLS.server()).childHandler(initializer(channel -> {
                server.accept(channel);
                TlsRig.End each = new TlsRig.End();
                channel.pipeline().addLast(each);
                accepted.add(each);
            })).bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync().channel();
            client = new Bootstrap().group(group).channelFactory(TLS.client()).handler(initializer(own))
                    .connect(listener.localAddress()).sync().channel();
            end = accepted.poll(20, TimeUnit.SECONDS);
        }

        private static ChannelInitializer<Channel> initializer(Consumer<Channel> init) {
            return new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    init.accept(channel);
                }
            };
        }

        @Override
        public void close() {
            assertTrue(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000));
        }
    }
}
