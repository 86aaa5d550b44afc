package io.evpl.tls;

import io.evpl.EvplEventLoopGroup;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.Future;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/** A listener with TLS on two loops, and clients of it. */
final class TlsRig implements AutoCloseable {
    private static final long DEADLINE_S = 20L * Integer.getInteger("evpl.patience", 1);

    /** One end of a connection: its TLS, and the plain text that it received. */
    static final class End extends ChannelInboundHandlerAdapter {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        volatile EvplTlsConnection tls;
        volatile Channel channel;
        private final CountDownLatch closeEvent = new CountDownLatch(1);
        private volatile boolean closeNotify;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            channel = ctx.channel();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf buf = (ByteBuf) message;
            synchronized (received) {
                received.writeBytes(ByteBufUtil.getBytes(buf));
                received.notifyAll();
            }
            buf.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failures.add(cause);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslCloseCompletionEvent closed) {
                closeNotify |= closed.isSuccess();
                closeEvent.countDown();
            }
        }

        boolean closeNotifyReceived() throws InterruptedException {
            assertTrue(closeEvent.await(DEADLINE_S, TimeUnit.SECONDS), "the end of TLS was not told");
            return closeNotify;
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended.countDown();
        }

        Throwable nextFailure() throws InterruptedException {
            Throwable failure = failures.poll(DEADLINE_S, TimeUnit.SECONDS);
            assertNotNull(failure, "nothing failed");
            return failure;
        }

        void awaitEnd() throws InterruptedException {
            assertTrue(ended.await(DEADLINE_S, TimeUnit.SECONDS), "the connection did not end");
        }

        byte[] awaitBytes(int count) throws InterruptedException {
            long deadline = System.currentTimeMillis() + TimeUnit.SECONDS.toMillis(DEADLINE_S);
            synchronized (received) {
                while (received.size() < count) {
                    long left = deadline - System.currentTimeMillis();
                    assertTrue(left > 0, () -> received.size() + " of " + count + " bytes came; " + failures);
                    received.wait(left);
                }
                byte[] all = received.toByteArray();
                received.reset();
                return all;
            }
        }

        void send(String text) throws InterruptedException {
            channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII)).sync();
        }

        void expect(String text) throws InterruptedException {
            assertEquals(text, new String(awaitBytes(text.length()), StandardCharsets.US_ASCII));
        }

        Throwable failure() throws InterruptedException {
            assertTrue(tls.handshake().await(DEADLINE_S, TimeUnit.SECONDS), "the handshake did not end");
            assertNotNull(tls.handshake().cause(), "the handshake succeeded");
            return tls.handshake().cause();
        }

        String peer() throws Exception {
            return ((X509Certificate) tls.session().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        }
    }

    /** Both ends, of which one may have failed. */
    record Pair(End client, End server) {
        Pair handshaken() throws InterruptedException {
            assertTrue(succeeded(client.tls.handshake()), () -> "client: " + client.tls.handshake().cause());
            assertTrue(succeeded(server.tls.handshake()), () -> "server: " + server.tls.handshake().cause());
            return this;
        }

        private static boolean succeeded(Future<Channel> handshake) throws InterruptedException {
            return handshake.await(DEADLINE_S, TimeUnit.SECONDS) && handshake.isSuccess();
        }

        /** Text passes both ways. The reply comes after what a server sends of itself, so that sessions can be resumed then. */
        void exchange() throws InterruptedException {
            client.send("ping");
            server.expect("ping");
            server.send("pong");
            client.expect("pong");
        }
    }

    /** Only a kernel with the module goes on; {@code -Devpl.require=ktls} makes another a failure, in the lanes. */
    static void requireKernel(EvplTlsConnection tls) {
        if (!tls.isKtlsTransmit() || !tls.isKtlsReceive()) {
            String why = "no kernel TLS: " + tls.ktlsUnavailabilityCause().getMessage();
            List<String> required = Arrays.asList(System.getProperty("evpl.require", "").split(","));
            if (required.contains("ktls")) {
                fail(why);
            }
            abort(why);
        }
    }

    final EventLoopGroup group;
    private final BlockingQueue<End> accepted = new LinkedBlockingQueue<>();
    private final TlsWire wire;
    private final Channel listener;

    TlsRig(TlsWire wire, EvplTlsServer tls) throws InterruptedException {
        this(wire, tls, channel -> { });
    }

    /** @param prepare for an accepted channel, before TLS is added */
    TlsRig(TlsWire wire, EvplTlsServer tls, Consumer<Channel> prepare) throws InterruptedException {
        this(wire, tls, prepare, new EvplEventLoopGroup(2));
    }

    /** @param group is shut down with this */
    TlsRig(TlsWire wire, EvplTlsServer tls, Consumer<Channel> prepare, EventLoopGroup group) throws InterruptedException {
        this.wire = wire;
        this.group = group;
        listener = new ServerBootstrap().group(group).channel(wire.server).childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                End end = new End();
                prepare.accept(channel);
                end.tls = tls.addTo(channel.pipeline());
                channel.pipeline().addLast(end);
                accepted.add(end);
            }
        }).bind(wire.address()).sync().channel();
    }

    Pair connect(EvplTlsClient tls, String host) throws InterruptedException {
        return connect(tls, host, channel -> { });
    }

    /** @param prepare for the client's channel, before TLS is added */
    Pair connect(EvplTlsClient tls, String host, Consumer<Channel> prepare) throws InterruptedException {
        End client = new End();
        new Bootstrap().group(group).channel(wire.client).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                prepare.accept(channel);
                client.tls = tls.addTo(channel.pipeline(), host, 443);
                channel.pipeline().addLast(client);
            }
        }).connect(listener.localAddress()).sync();
        End server = accepted.poll(DEADLINE_S, TimeUnit.SECONDS);
        assertNotNull(server, "nothing was accepted");
        return new Pair(client, server);
    }

    @Override
    public void close() {
        assertTrue(group.shutdownGracefully(0, DEADLINE_S, TimeUnit.SECONDS)
                .awaitUninterruptibly(DEADLINE_S, TimeUnit.SECONDS));
    }
}
