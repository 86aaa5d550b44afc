package io.evpl;

import io.evpl.linux.OpenFds;
import io.evpl.name.DnsServer;
import io.evpl.testsuite.FullListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import static io.netty.handler.codec.dns.DnsRecordType.A;
import static io.netty.handler.codec.dns.DnsRecordType.AAAA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** RFC 8305 on a loop whose time the test moves: addresses that answer, refuse, or never answer. */
@Timeout(60)
class EvplConnectorTest {
    private final AtomicLong nowNs = new AtomicLong(1);
    private final EvplEventLoopGroup group = new EvplEventLoopGroup(1, null, neverSpinning(), nowNs::get);
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger active = new AtomicInteger();
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
    private static ServerSocket answering;
    private static FullListener silent;
    private static FullListener silentToo;
    private static InetSocketAddress refusing;
    private long fds;

    /** A spin would not end on a clock that stands. */
    private static EvplConfig neverSpinning() {
        Properties properties = new Properties();
        properties.setProperty("io.evpl.spinNs", "0");
        properties.setProperty("io.evpl.backend", EvplConfig.fromSystemProperties().backend());
        return EvplConfig.from(properties);
    }

    @BeforeAll
    static void listen() throws Exception {
        answering = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        silent = new FullListener(InetAddress.getByName("127.0.0.1"), 0);
        silentToo = new FullListener(InetAddress.getByName("127.0.0.1"), 0);
        refusing = new InetSocketAddress("127.0.0.2", answering.getLocalPort());
    }

    @AfterAll
    static void close() throws Exception {
        answering.close();
        silent.close();
        silentToo.close();
    }

    @BeforeEach
    void start() throws Exception {
        settle();
        fds = OpenFds.count();
    }

    @AfterEach
    void stop() throws Exception {
        Future<?> ended = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        for (int i = 0; i < 1000 && !ended.await(10); i++) {
            nowNs.addAndGet(TimeUnit.SECONDS.toNanos(1)); // the quiet period is told by the same clock
        }
        assertTrue(ended.isDone());
    }

    @ChannelHandler.Sharable
    private final class Counting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            active.incrementAndGet();
        }
    }

    private Bootstrap bootstrap() {
        return new Bootstrap().group(group).handler(new Counting()).channelFactory(() -> {
            attempts.incrementAndGet();
            EvplSocketChannel channel = new EvplSocketChannel();
            channels.add(channel);
            return channel;
        });
    }

    private Future<Channel> connect(SocketAddress... addresses) throws Exception {
        Future<Channel> connecting = new EvplConnector(bootstrap()).connect(List.of(addresses));
        settle();
        return connecting;
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.get(5, TimeUnit.SECONDS);
    }

    private static <T extends Throwable> T failure(Class<T> type, Future<?> future) {
        return assertInstanceOf(type, assertThrows(ExecutionException.class, () -> done(future)).getCause());
    }

    /** What is due has run, and what it asked for, too. Only a timer armed by the loop itself is sure to wait for a turn. */
    private void settle() throws Exception {
        EventLoop loop = group.next();
        for (int i = 0; i < 2; i++) {
            Promise<Void> turned = loop.newPromise();
            loop.execute(() -> loop.schedule(() -> turned.setSuccess(null), 0, TimeUnit.NANOSECONDS));
            done(turned);
        }
    }

    private void pass(long ms) throws Exception {
        nowNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
        settle();
    }

    /** When failure has been told nothing may be open; a loser or a cancelled one waits for the kernel. */
    private void assertNothingLeftOfLosers() throws Exception {
        for (Channel channel : channels) {
            assertTrue(channel.closeFuture().await(10, TimeUnit.SECONDS), channel.toString());
        }
        assertNothingLeft();
    }

    private void assertNothingLeft() {
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
    }

    private SocketAddress good() {
        return answering.getLocalSocketAddress();
    }

    @Test
    void theFirstThatAnswersIsTheOnlyOneTried() throws Exception {
        Channel channel = done(connect(good(), refusing, silent.address()));
        assertEquals(good(), channel.remoteAddress());
        pass(1000);
        assertEquals(1, attempts.get());
        channel.close().sync();
        assertNothingLeftOfLosers();
    }

    @Test
    void oneThatRefusesIsFollowedAtOnce() throws Exception {
        Channel channel = done(connect(refusing, good()));
        assertEquals(good(), channel.remoteAddress());
        assertEquals(2, attempts.get());
        channel.close().sync();
        assertEquals(1, active.get());
        assertNothingLeftOfLosers();
    }

    @Test
    void oneThatIsSilentIsFollowedAfterTheAttemptDelay() throws Exception {
        Future<Channel> connecting = connect(silent.address(), silentToo.address(), good());
        assertEquals(1, attempts.get());
        pass(ConnectRace.ATTEMPT_DELAY_MS - 1);
        assertEquals(1, attempts.get());
        pass(1);
        assertEquals(2, attempts.get(), connecting::toString);
        assertFalse(connecting.isDone());
        pass(ConnectRace.ATTEMPT_DELAY_MS);
        Channel channel = done(connecting);
        assertEquals(good(), channel.remoteAddress());
        settle();
        channel.close().sync();
        settle();
        assertEquals(3, attempts.get());
        assertEquals(1, active.get());
        assertNothingLeftOfLosers();
    }

    @Test
    void afterARefusalTheDelayBeginsAnew() throws Exception {
        Future<Channel> connecting = connect(silent.address(), refusing, silentToo.address(), good());
        pass(ConnectRace.ATTEMPT_DELAY_MS);
        awaitAttempts(3);
        pass(ConnectRace.ATTEMPT_DELAY_MS - 1);
        assertEquals(3, attempts.get());
        pass(1);
        done(connecting).close().sync();
        assertEquals(4, attempts.get());
        assertNothingLeftOfLosers();
    }

    /** A refusal comes from the kernel in its own time. */
    private void awaitAttempts(int count) throws Exception {
        for (int i = 0; attempts.get() < count; i++) {
            settle();
            assertTrue(i < 100_000, attempts + " attempts");
        }
    }

    @Test
    void whereAllRefuseTheFailureNamesEach() throws Exception {
        InetSocketAddress refusingToo = new InetSocketAddress("127.0.0.3", refusing.getPort());
        ConnectException e = failure(ConnectException.class, connect(refusing, refusingToo, refusing));
        assertNothingLeft();
        assertTrue(e.getMessage().contains("127.0.0.2:" + refusing.getPort()), e.getMessage());
        assertTrue(e.getMessage().contains("127.0.0.3:" + refusing.getPort()), e.getMessage());
        assertTrue(e.getMessage().contains("refused"), e.getMessage());
        assertEquals(2, e.getSuppressed().length, "the same address is tried once");
        assertInstanceOf(ConnectException.class, e.getSuppressed()[0]);
        assertEquals(2, attempts.get());
    }

    @Test
    void theConnectTimeoutLimitsTheWhole() throws Exception {
        Bootstrap bootstrap = bootstrap().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 400);
        Future<Channel> connecting = new EvplConnector(bootstrap)
                .connect(List.of(refusing, silent.address(), silentToo.address()));
        awaitAttempts(2);
        pass(ConnectRace.ATTEMPT_DELAY_MS);
        awaitAttempts(3);
        pass(149);
        assertFalse(connecting.isDone());
        pass(1);
        ConnectTimeoutException e = failure(ConnectTimeoutException.class, connecting);
        assertNothingLeft();
        assertEquals(3, e.getSuppressed().length);
        assertTrue(e.getMessage().contains("within 400 ms") && e.getMessage().contains("no answer"), e.getMessage());
    }

    @Test
    void cancellingEndsEveryAttempt() throws Exception {
        Future<Channel> connecting = connect(silent.address(), silentToo.address(), good());
        pass(ConnectRace.ATTEMPT_DELAY_MS);
        assertEquals(2, attempts.get());
        assertTrue(connecting.cancel(false));
        settle();
        pass(10_000);
        assertEquals(2, attempts.get());
        assertEquals(0, active.get());
        assertNothingLeftOfLosers();
    }

    @Test
    void aChannelThatCannotBeOpenedIsAFailureOfItsAddress() throws Exception {
        Bootstrap bootstrap = new Bootstrap().group(group).handler(new Counting()).channelFactory(() -> {
            throw new IllegalStateException("no socket today");
        });
        ConnectException e = failure(ConnectException.class, new EvplConnector(bootstrap).connect(List.of(good(), refusing)));
        assertEquals(2, e.getSuppressed().length);
        assertTrue(e.getMessage().contains("no socket today") || e.getSuppressed()[0].getCause() != null, e.getMessage());
        assertNothingLeft();
    }

    @Test
    void namesAreResolvedAndBothFamiliesTried() throws Exception {
        EvplEventLoopGroup resolving = new EvplEventLoopGroup(1);
        try (DnsServer server = new DnsServer();
                EvplResolver resolver = EvplResolver.builder((EvplEventLoop) resolving.next()).nameServers(List.of(server.address()))
                        .ipv6(true).build()) {
            server.answer("both.example", A, 60, "127.0.0.1").answer("both.example", AAAA, 60, "::1");
            EvplConnector connector = new EvplConnector(bootstrap(), resolver);
            Channel channel = done(connector.connect(EvplEndpoint.inet("both.example", answering.getLocalPort())));
            assertEquals(good(), channel.remoteAddress());
            assertEquals(2, attempts.get(), "IPv6 was tried first, and refused");
            channel.close().sync();
            failure(UnknownHostException.class, connector.connect(EvplEndpoint.parse("none.example:1")));
            server.ignore("slow.example", A).ignore("slow.example", AAAA);
            Future<Channel> slow = connector.connect(EvplEndpoint.parse("slow.example:1"));
            pass(30_000);
            ConnectTimeoutException e = failure(ConnectTimeoutException.class, slow);
            assertEquals("no address of slow.example:1 found within 30000 ms", e.getMessage());
        } finally {
            assertTrue(resolving.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        }
    }

    @Test
    void literalsNeedNoResolver() throws Exception {
        EvplConnector connector = new EvplConnector(bootstrap());
        done(connector.connect(EvplEndpoint.inet("127.0.0.1", answering.getLocalPort()))).close().sync();
        assertThrows(IllegalArgumentException.class, () -> connector.connect(EvplEndpoint.parse("a.example:1")));
        assertThrows(IllegalArgumentException.class, () -> connector.connect(List.of()));
        assertNothingLeftOfLosers();
    }

    @Test
    void aHandlerForOneChannelIsRefused() {
        Bootstrap bootstrap = bootstrap().handler(new ChannelInboundHandlerAdapter());
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new EvplConnector(bootstrap));
        assertTrue(e.getMessage().contains("ChannelInitializer"), e.getMessage());
    }
}
