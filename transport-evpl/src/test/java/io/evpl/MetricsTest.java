package io.evpl;

import io.evpl.metrics.EvplMeterBinder;
import io.evpl.metrics.EvplMetrics;
import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** After a known workload the counts are those that it implies. */
@Timeout(60)
class MetricsTest {
    private static final int ROUNDS = 25;
    private static final int BYTES = 100;

    private enum Stream {
        TCP(Protocol.TCP, EvplServerSocketChannel.class, EvplSocketChannel.class, new InetSocketAddress("127.0.0.1", 0)),
        UNIX(Protocol.UNIX, EvplServerDomainSocketChannel.class, EvplDomainSocketChannel.class,
                new DomainSocketAddress("\0evpl-metrics-" + ProcessHandle.current().pid())),
        INPROC(Protocol.INPROC, EvplServerInprocChannel.class, EvplInprocChannel.class, new InprocAddress("metrics"));

        private final Protocol protocol;
        private final Class<? extends ServerChannel> server;
        private final Class<? extends Channel> client;
        private final SocketAddress address;

        Stream(Protocol protocol, Class<? extends ServerChannel> server, Class<? extends Channel> client, SocketAddress address) {
            this.protocol = protocol;
            this.server = server;
            this.client = client;
            this.address = address;
        }
    }

    private final EvplEventLoopGroup group = new EvplEventLoopGroup(2);
    private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        VirtualLoop.shutDown(group);
    }

    /** Sends back what comes. */
    @Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message instanceof DatagramPacket packet
                    ? new DatagramPacket(packet.content(), packet.sender()) : message);
        }
    }

    @Sharable
    private final class Counting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = message instanceof ByteBufHolder packet ? packet.content() : (ByteBuf) message;
            received.add(bytes.readableBytes());
            ReferenceCountUtil.release(message);
        }
    }

    private static ByteBuf payload() {
        return Unpooled.directBuffer(BYTES).writeZero(BYTES);
    }

    private Channel listen(Stream stream) {
        return new ServerBootstrap().group(group).channel(stream.server).childHandler(new Echo()).bind(stream.address)
                .syncUninterruptibly().channel();
    }

    private Channel connect(Stream stream, SocketAddress address) {
        return new Bootstrap().group(group).channel(stream.client).handler(new Counting()).connect(address)
                .syncUninterruptibly().channel();
    }

    private void pingPong(Channel client, int rounds) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            client.writeAndFlush(payload());
            for (int bytes = 0; bytes < BYTES; ) {
                bytes += received.take();
            }
        }
    }

    /** A close is counted when the channel leaves its loop, which is after the promise. */
    private static void closed(Channel... channels) {
        for (Channel channel : channels) {
            VirtualLoop.await(() -> !channel.isOpen() && !channel.isRegistered());
        }
    }

    private Map<TrafficMetric, Long> counts(Protocol protocol) {
        group.forEach(loop -> VirtualLoop.call((EvplEventLoop) loop, () -> null));
        EvplMetrics metrics = group.metrics();
        Map<TrafficMetric, Long> counts = new EnumMap<>(TrafficMetric.class);
        for (TrafficMetric metric : TrafficMetric.values()) {
            long count = metrics.total(protocol, metric);
            if (count != 0) {
                counts.put(metric, count);
            }
        }
        return counts;
    }

    private static Map<TrafficMetric, Long> expected(Object... counts) {
        Map<TrafficMetric, Long> expected = new EnumMap<>(TrafficMetric.class);
        for (int i = 0; i < counts.length; i += 2) {
            expected.put((TrafficMetric) counts[i], ((Integer) counts[i + 1]).longValue());
        }
        return expected;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("F6 one scrape after a known workload has its counts: streams")
    void connectionsMessagesAndBytesAreCounted_F6(Stream stream) throws InterruptedException {
        Channel server = listen(stream);
        List<Channel> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(connect(stream, server.localAddress()));
            pingPong(clients.get(i), ROUNDS);
        }
        int messages = 3 * ROUNDS * 2;
        Map<TrafficMetric, Long> open = expected(TrafficMetric.OPENED, 3, TrafficMetric.ACCEPTED, 3,
                TrafficMetric.MESSAGES_IN, messages, TrafficMetric.BYTES_IN, messages * BYTES,
                TrafficMetric.MESSAGES_OUT, messages, TrafficMetric.BYTES_OUT, messages * BYTES);
        assertEquals(open, counts(stream.protocol));
        assertEquals(7, group.metrics().total(LoopMetric.CHANNELS), "three pairs and the listener");
        for (Channel client : clients) {
            client.close();
        }
        closed(clients.toArray(new Channel[0]));
        for (int i = 0; i < 3; i++) {
            closed(accepted.take());
        }
        closed(server.close().channel());
        Map<TrafficMetric, Long> over = new EnumMap<>(open);
        over.putAll(expected(TrafficMetric.CLOSED_BY_US, 3, TrafficMetric.CLOSED_BY_PEER, 3));
        assertEquals(over, counts(stream.protocol));
        assertEquals(0, group.metrics().total(LoopMetric.CHANNELS));
    }

    /** To what is not bound one cannot answer: datagrams go one way. */
    @Test
    @DisplayName("F6 one scrape after a known workload has its counts: unix datagrams")
    void unixDatagramsAreCounted_F6() throws InterruptedException {
        SocketAddress address = new DomainSocketAddress("\0evpl-metrics-datagrams-" + ProcessHandle.current().pid());
        Channel server = new Bootstrap().group(group).channel(EvplDomainDatagramChannel.class).handler(new Counting())
                .bind(address).syncUninterruptibly().channel();
        Channel client = new Bootstrap().group(group).channel(EvplDomainDatagramChannel.class).handler(new Counting())
                .connect(address).syncUninterruptibly().channel();
        for (int i = 0; i < ROUNDS; i++) {
            client.writeAndFlush(payload()).syncUninterruptibly();
            assertEquals(BYTES, received.take());
        }
        Map<TrafficMetric, Long> open = expected(TrafficMetric.OPENED, 2, TrafficMetric.MESSAGES_IN, ROUNDS,
                TrafficMetric.BYTES_IN, ROUNDS * BYTES, TrafficMetric.MESSAGES_OUT, ROUNDS,
                TrafficMetric.BYTES_OUT, ROUNDS * BYTES);
        assertEquals(open, counts(Protocol.UNIX_DATAGRAM));
        closed(client.close().channel(), server.close().channel());
        Map<TrafficMetric, Long> over = new EnumMap<>(open);
        over.putAll(expected(TrafficMetric.CLOSED_BY_US, 2));
        assertEquals(over, counts(Protocol.UNIX_DATAGRAM));
    }

    @Test
    @DisplayName("F6 one scrape after a known workload has its counts: datagrams")
    void datagramsAreCounted_F6() throws InterruptedException {
        Channel server = new Bootstrap().group(group).channel(EvplDatagramChannel.class).handler(new Echo())
                .bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel();
        Channel client = new Bootstrap().group(group).channel(EvplDatagramChannel.class).handler(new Counting())
                .connect(server.localAddress()).syncUninterruptibly().channel();
        pingPong(client, ROUNDS);
        // Larger than any datagram: the kernel refuses it, the promise fails, and nothing else is counted.
        assertTrue(client.writeAndFlush(Unpooled.directBuffer(70_000).writeZero(70_000)).awaitUninterruptibly().cause() != null);
        int messages = 2 * ROUNDS;
        Map<TrafficMetric, Long> open = expected(TrafficMetric.OPENED, 2, TrafficMetric.SENDS_REFUSED, 1,
                TrafficMetric.MESSAGES_IN, messages, TrafficMetric.BYTES_IN, messages * BYTES,
                TrafficMetric.MESSAGES_OUT, messages, TrafficMetric.BYTES_OUT, messages * BYTES);
        assertEquals(open, counts(Protocol.UDP));
        closed(client.close().channel(), server.close().channel());
        Map<TrafficMetric, Long> over = new EnumMap<>(open);
        over.putAll(expected(TrafficMetric.CLOSED_BY_US, 2));
        assertEquals(over, counts(Protocol.UDP));
    }

    @Test
    void datagramsThatDoNotFitAreCountedAsTruncated() throws InterruptedException {
        Channel server = new Bootstrap().group(group).channel(EvplDatagramChannel.class).handler(new Echo())
                .option(EvplChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 512)
                .bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel();
        Channel client = new Bootstrap().group(group).channel(EvplDatagramChannel.class).handler(new Counting())
                .connect(server.localAddress()).syncUninterruptibly().channel();
        client.writeAndFlush(Unpooled.directBuffer(30_000).writeZero(30_000)).syncUninterruptibly();
        pingPong(client, 1);
        Map<TrafficMetric, Long> counts = counts(Protocol.UDP);
        assertEquals(1, counts.get(TrafficMetric.TRUNCATED));
        assertEquals(2, counts.get(TrafficMetric.MESSAGES_IN), "the other two arrived");
        closed(client.close().channel(), server.close().channel());
    }

    @Test
    void connectsThatFailAndResetsAreCounted() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0)) {
            port = gone.getLocalPort();
        }
        assertThrows(ConnectException.class, () -> connect(Stream.TCP, new InetSocketAddress("127.0.0.1", port)));
        assertThrows(ConnectException.class, () -> connect(Stream.INPROC, new InprocAddress("nobody-there")));
        Channel server = listen(Stream.TCP);
        Channel client = connect(Stream.TCP, server.localAddress());
        client.config().setOption(io.netty.channel.ChannelOption.SO_LINGER, 0);
        Channel child = accepted.take();
        client.close();
        closed(client, child);
        assertEquals(expected(TrafficMetric.CONNECTS_FAILED, 1, TrafficMetric.OPENED, 1, TrafficMetric.ACCEPTED, 1,
                TrafficMetric.CLOSED_BY_US, 1, TrafficMetric.CLOSED_BY_FAILURE, 1), counts(Protocol.TCP));
        assertEquals(expected(TrafficMetric.CONNECTS_FAILED, 1), counts(Protocol.INPROC));
        closed(server.close().channel());
    }

    @Test
    void aLoopThatEndsClosesItsConnectionsAndCountsThem() throws InterruptedException {
        Channel server = listen(Stream.TCP);
        connect(Stream.TCP, server.localAddress());
        accepted.take();
        VirtualLoop.shutDown(group);
        EvplMetrics metrics = group.metrics();
        assertEquals(2, metrics.total(Protocol.TCP, TrafficMetric.CLOSED_BY_LOOP)
                + metrics.total(Protocol.TCP, TrafficMetric.CLOSED_BY_PEER));
        assertTrue(metrics.total(Protocol.TCP, TrafficMetric.CLOSED_BY_LOOP) > 0);
    }

    @Test
    void aLoopCountsItsOwnWork() throws InterruptedException {
        Channel server = listen(Stream.TCP);
        Channel client = connect(Stream.TCP, server.localAddress());
        pingPong(client, 1);
        EvplMetrics before = group.metrics();
        pingPong(client, ROUNDS);
        EvplMetrics after = group.metrics();
        for (LoopMetric metric : List.of(LoopMetric.TURNS, LoopMetric.KERNEL_ENTRIES)) {
            assertTrue(after.total(metric) - before.total(metric) >= ROUNDS, metric::metric);
        }
        for (LoopMetric metric : LoopMetric.values()) {
            assertTrue(!metric.isCounter() || after.total(metric) >= before.total(metric), metric::metric);
        }
        assertTrue(after.total(LoopMetric.SPIN_HITS) <= after.total(LoopMetric.SPINS));
        EvplConfig config = EvplConfig.fromSystemProperties();
        boolean lends = group.readings().get(0).backend().equals("io_uring") && Backends.features()
                .has(io.evpl.linux.uring.RingFeature.BUFFER_RING);
        assertEquals(lends ? 2L * config.bufferCount() * config.bufferBytes() : 0, after.total(LoopMetric.LENT_BYTES));
        closed(client.close().channel(), server.close().channel());
    }

    @Test
    @DisplayName("F6 the scrape is Prometheus text, whole or not at all")
    void theScrapeIsPrometheusTextWholeOrNotAtAll_F6() throws InterruptedException {
        Channel server = listen(Stream.TCP);
        Channel client = connect(Stream.TCP, server.localAddress());
        pingPong(client, 1);
        EvplMetrics metrics = group.metrics("a\"b");
        String text = metrics.prometheusText();
        String sample = "[a-z_]+\\{group=\"a\\\\\"b\",loop=\"[01]\",backend=\"\\w+\"(,protocol=\"\\w+\")?(,by=\"\\w+\")?} \\d+";
        for (String line : text.split("\n")) {
            assertTrue(line.matches("# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge)|" + sample), line);
        }
        List<String> families = text.lines().filter(line -> line.startsWith("# TYPE")).map(line -> line.split(" ")[2]).toList();
        assertEquals(families.size(), families.stream().distinct().count(), "a family stands once");
        assertTrue(families.contains("evpl_allocator_lent_bytes"));
        assertEquals(text.lines().count(), text.lines().distinct().count(), "each sample stands once");
        assertTrue(text.endsWith("\n"));
        assertTrue(text.contains("evpl_connections_accepted_total{group=\"a\\\"b\",loop="));

        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        ByteBuffer tooSmall = ByteBuffer.allocate(bytes - 1);
        assertEquals(-1, metrics.writePrometheusText(tooSmall));
        assertEquals(0, tooSmall.position());
        ByteBuffer room = ByteBuffer.allocate(bytes);
        assertEquals(bytes, metrics.writePrometheusText(room));
        assertEquals(text, new String(room.array(), StandardCharsets.UTF_8));

        String both = EvplMetrics.prometheusText(List.of(group.metrics("one"), group.metrics("two")));
        assertEquals(families, both.lines().filter(line -> line.startsWith("# TYPE")).map(line -> line.split(" ")[2]).toList());
        assertTrue(both.contains("group=\"one\"") && both.contains("group=\"two\""));
        assertThrows(IllegalArgumentException.class, () -> EvplMetrics.prometheusText(List.of(metrics, metrics)));
        closed(client.close().channel(), server.close().channel());
    }

    @Test
    void micrometerSeesTheSame() throws InterruptedException {
        Channel server = listen(Stream.UNIX);
        Channel client = connect(Stream.UNIX, server.localAddress());
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new EvplMeterBinder("here", group.readings()).bindTo(registry);
        pingPong(client, ROUNDS);
        counts(Protocol.UNIX);
        EvplMetrics metrics = group.metrics();
        for (TrafficMetric metric : TrafficMetric.values()) {
            String name = metric.metric().replaceFirst("_total$", "").replace('_', '.');
            var search = registry.get(name).tag("group", "here").tag("protocol", "unix");
            double sum = (metric.by() == null ? search : search.tag("by", metric.by())).functionCounters().stream()
                    .mapToDouble(counter -> counter.count()).sum();
            assertEquals(metrics.total(Protocol.UNIX, metric), sum, name);
        }
        assertEquals(metrics.total(LoopMetric.CHANNELS), registry.get("evpl.loop.channels").gauges().stream()
                .mapToDouble(gauge -> gauge.value()).sum());
        assertEquals(List.of("0", "1"), registry.get("evpl.loop.turns").functionCounters().stream()
                .map(counter -> counter.getId().getTag("loop")).sorted().collect(Collectors.toList()));
        closed(client.close().channel(), server.close().channel());
        registry.close();
    }
}
