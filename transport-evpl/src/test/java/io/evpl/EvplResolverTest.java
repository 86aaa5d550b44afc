package io.evpl;

import io.evpl.linux.OpenFds;
import io.evpl.name.DnsServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static io.netty.handler.codec.dns.DnsRecordType.A;
import static io.netty.handler.codec.dns.DnsRecordType.AAAA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Names looked up at a server of the test's own; how long answers last follows a clock of its own. L9, L24. */
@Timeout(60)
class EvplResolverTest {
    private final DnsServer server = new DnsServer();
    private final EvplEventLoopGroup group = new EvplEventLoopGroup(1);
    private final EvplEventLoop loop = (EvplEventLoop) group.next();
    private final AtomicLong nowNs = new AtomicLong();
    private EvplResolver resolver;
    @TempDir
    private Path files;

    @AfterEach
    void stop() throws Exception {
        if (resolver != null) {
            resolver.close();
        }
        assertTrue(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        server.close();
    }

    private EvplResolver.Builder builder() {
        return EvplResolver.builder(loop).nameServers(List.of(server.address())).hosts(files.resolve("hosts"))
                .clock(nowNs::get).ipv6(true).queryTimeout(1, TimeUnit.HOURS);
    }

    private Future<List<SocketAddress>> begin(String endpoint) {
        if (resolver == null) {
            resolver = builder().build();
        }
        return resolver.resolve(EvplEndpoint.parse(endpoint), GlobalEventExecutor.INSTANCE.newPromise());
    }

    private List<String> resolve(String endpoint) throws Exception {
        return begin(endpoint).get(5, TimeUnit.SECONDS).stream().map(address -> {
            InetSocketAddress inet = (InetSocketAddress) address;
            return EvplEndpoint.inet(inet.getAddress().getHostAddress(), inet.getPort()).toString();
        }).toList();
    }

    private UnknownHostException unknown(String endpoint) {
        return unknownCause(begin(endpoint));
    }

    private static UnknownHostException unknownCause(Future<?> future) {
        return assertInstanceOf(UnknownHostException.class,
                assertThrows(ExecutionException.class, () -> future.get(5, TimeUnit.SECONDS)).getCause());
    }

    @Test
    @DisplayName("L24 a name has the addresses of both families")
    void bothFamiliesAreAsked_L24() throws Exception {
        server.answer("both.example", A, 60, "10.0.0.1", "10.0.0.2").answer("both.example", AAAA, 60, "2001:db8::1");
        assertEquals(List.of("10.0.0.1:80", "10.0.0.2:80", "[2001:db8::1]:80"), resolve("both.example:80"));
        assertEquals(List.of("10.0.0.1:81", "10.0.0.2:81", "[2001:db8::1]:81"), resolve("BOTH.example:81"));
        assertEquals(2, server.askedAltogether());
    }

    @Test
    void oneFamilyIsEnough() throws Exception {
        server.answer("four.example", A, 60, "10.0.0.1").answer("four.example", AAAA, 60);
        assertEquals(List.of("10.0.0.1:80"), resolve("four.example:80"));
        server.answer("six.example", AAAA, 60, "2001:db8::1");
        assertEquals(List.of("[2001:db8::1]:80"), resolve("six.example:80"));
        resolver.close();
        resolver = builder().ipv6(false).build();
        server.answer("four.example", AAAA, 60, "2001:db8::2");
        assertEquals(List.of("10.0.0.1:80"), resolve("four.example:80"));
        assertEquals(1, server.asked("four.example", AAAA));
    }

    @Test
    void anAnswerIsAskedForAgainWhenItsTimeIsOver() throws Exception {
        server.answer("a.example", A, 10, "10.0.0.1").answer("a.example", AAAA, 3600, "2001:db8::1");
        resolve("a.example:1");
        server.answer("a.example", A, 10, "10.0.0.9");
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(9));
        assertEquals(List.of("10.0.0.1:1", "[2001:db8::1]:1"), resolve("a.example:1"));
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertEquals(List.of("10.0.0.9:1", "[2001:db8::1]:1"), resolve("a.example:1"));
        assertEquals(2, server.asked("a.example", A));
        assertEquals(1, server.asked("a.example", AAAA));
    }

    @Test
    void thatThereIsNoSuchNameIsRemembered() throws Exception {
        assertTrue(unknown("none.example:1").getMessage().contains("none.example"));
        int asked = server.askedAltogether();
        unknown("none.example:1");
        assertEquals(asked, server.askedAltogether());
        server.answer("none.example", A, 10, "10.0.0.1");
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertEquals(List.of("10.0.0.1:1"), resolve("none.example:1"));
    }

    @Test
    void aServerThatDoesNotAnswerIsNoAnswer() throws Exception {
        server.ignore("lost.example", A).ignore("lost.example", AAAA);
        resolver = builder().queryTimeout(50, TimeUnit.MILLISECONDS).build();
        assertEquals(2, unknown("lost.example:1").getSuppressed().length);
        server.answer("lost.example", A, 10, "10.0.0.1").answer("lost.example", AAAA, 10);
        assertEquals(List.of("10.0.0.1:1"), resolve("lost.example:1"));
    }

    @Test
    void aFamilyThatIsNeverAnsweredDoesNotHoldUpTheOther() throws Exception {
        server.ignore("half.example", AAAA).answer("half.example", A, 60, "10.0.0.1");
        assertEquals(List.of("10.0.0.1:1"), resolve("half.example:1"));
        server.ignore("other.example", A).answer("other.example", AAAA, 60, "2001:db8::1");
        assertEquals(List.of("[2001:db8::1]:1"), resolve("other.example:1"));
    }

    @Test
    void manyWhoAskAtOnceShareOneQuestion() throws Exception {
        server.answer("busy.example", A, 60, "10.0.0.1").answer("busy.example", AAAA, 60);
        List<Future<List<SocketAddress>>> all = new ArrayList<>();
        loop.submit(() -> {
            for (int i = 0; i < 100; i++) {
                all.add(begin("busy.example:" + i));
            }
        }).get(10, TimeUnit.SECONDS);
        for (int i = 0; i < 100; i++) {
            assertEquals(i, ((InetSocketAddress) all.get(i).get(10, TimeUnit.SECONDS).getFirst()).getPort());
        }
        assertEquals(1, server.asked("busy.example", A));
        assertEquals(1, server.asked("busy.example", AAAA));
    }

    @Test
    void whatIsNoNameIsNotAskedFor() throws Exception {
        assertEquals(List.of("10.0.0.1:80"), resolve("10.0.0.1:80"));
        assertEquals(List.of(EvplEndpoint.parse("/x").toAddress()), begin("/x").get());
        assertEquals(0, server.askedAltogether());
    }

    @Test
    void theHostsFileComesFirstAndIsReadAgain() throws Exception {
        Files.writeString(files.resolve("hosts"), "10.1.1.1 Host.example alias # one\n2001:db8::5 host.example\n");
        assertEquals(List.of("10.1.1.1:1", "[2001:db8::5]:1"), resolve("host.EXAMPLE:1"));
        assertEquals(List.of("10.1.1.1:1"), resolve("alias:1"));
        Files.writeString(files.resolve("hosts"), "10.1.1.2 host.example\n");
        assertEquals(List.of("10.1.1.1:1"), resolve("alias:1"));
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(30));
        resolve("host.example:1"); // sees that the reading is old
        GlobalEventExecutor.INSTANCE.submit(() -> null).get(10, TimeUnit.SECONDS);
        assertEquals(List.of("10.1.1.2:1"), resolve("host.example:1"));
        assertEquals(0, server.askedAltogether());
    }

    @Test
    void localhostIsNeverAskedFor() throws Exception {
        assertEquals(List.of("127.0.0.1:1", "[::1]:1"), resolve("localhost:1"));
        assertEquals(List.of("127.0.0.1:1", "[::1]:1"), resolve("db.localhost.:1"));
        assertEquals(0, server.askedAltogether());
    }

    @Test
    void anAnswerTooLongForADatagramComesByTcp() throws Exception {
        server.answer("long.example", A, 60, "10.0.0.1").answer("long.example", AAAA, 60, "2001:db8::1");
        server.truncate();
        assertEquals(List.of("10.0.0.1:1", "[2001:db8::1]:1"), resolve("long.example:1"));
        assertEquals(2, server.asked("long.example", A));
    }

    @Test
    @DisplayName("L9 a bootstrap on other loops connects to a name without blocking them")
    void aBootstrapResolvesWithIt_L9() throws Exception {
        resolver = builder().build();
        EvplEventLoopGroup loops = new EvplEventLoopGroup(1);
        try (ServerSocket listening = new ServerSocket(0, 5, java.net.InetAddress.getByName("127.0.0.1"))) {
            server.answer("service.example", A, 60, "127.0.0.1");
            Channel channel = new Bootstrap().group(loops).channel(EvplSocketChannel.class).resolver(resolver)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel any) {
                            any.pipeline().addLast(new ChannelInboundHandlerAdapter());
                        }
                    }).connect("service.example", listening.getLocalPort()).sync().channel();
            assertEquals(listening.getLocalSocketAddress(), channel.remoteAddress());
            channel.close().sync();
            assertInstanceOf(UnknownHostException.class, new Bootstrap().group(loops).channel(EvplSocketChannel.class)
                    .resolver(resolver).handler(new ChannelInboundHandlerAdapter()).connect("no.example", 1).await().cause());
        } finally {
            assertTrue(loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        }
    }

    @Test
    void closingFailsWhatIsUnderWayAndLeavesNoDescriptor() throws Exception {
        loop.submit(() -> null).get(10, TimeUnit.SECONDS);
        long before = OpenFds.count();
        server.ignore("slow.example", A).ignore("slow.example", AAAA);
        Future<List<SocketAddress>> slow = begin("slow.example:1");
        resolver.close();
        assertTrue(unknownCause(slow).getMessage().contains("is closed"));
        while (loop.submit(loop::registeredChannels).get(10, TimeUnit.SECONDS) > 0) {
            Thread.onSpinWait(); // a channel's close waits for the kernel
        }
        assertEquals(before, OpenFds.count(), () -> OpenFds.list().toString());
        resolver = null;
    }

    @Test
    void aResolverWhoseLoopEndedSaysSo() throws Exception {
        resolver = builder().build();
        assertTrue(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        assertTrue(unknown("a.example:1").getMessage().contains("loop has ended"));
    }
}
