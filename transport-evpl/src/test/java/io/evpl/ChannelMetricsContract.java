package io.evpl;

import io.evpl.metrics.EvplMetrics;
import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.LoopReading;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** After a known workload the counts of the loops that served it are those that it implies, whoever's loops they are. */
@Timeout(60)
abstract class ChannelMetricsContract {
    static final int ROUNDS = 25;
    private static final int BYTES = 100;

    enum Stream {
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

    final EventLoopGroup group;
    /** Kept, so that they tell of loops that have ended. */
    private final List<LoopReading> readings;
    private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

    ChannelMetricsContract(EventLoopGroup group) {
        this.group = group;
        readings = Evpl.readings(group);
    }

    @AfterEach
    void stop() {
        ForeignHost.shutDown(group, 0);
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

    private EvplMetrics metrics() {
        return EvplMetrics.of("contract", readings);
    }

    private static ByteBuf payload() {
        return Unpooled.directBuffer(BYTES).writeZero(BYTES);
    }

    Channel listen(Stream stream) {
        return new ServerBootstrap().group(group).channel(stream.server).childHandler(new Echo()).bind(stream.address)
                .syncUninterruptibly().channel();
    }

    Channel connect(Stream stream, SocketAddress address) {
        return new Bootstrap().group(group).channel(stream.client).handler(new Counting()).connect(address)
                .syncUninterruptibly().channel();
    }

    void pingPong(Channel client, int rounds) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            client.writeAndFlush(payload());
            for (int bytes = 0; bytes < BYTES; ) {
                bytes += received.take();
            }
        }
    }

    /** A close is counted when the channel leaves its loop, which is after the promise. */
    static void closed(Channel... channels) {
        for (Channel channel : channels) {
            VirtualLoop.await(() -> !channel.isOpen() && !channel.isRegistered());
        }
    }

    Map<TrafficMetric, Long> counts(Protocol protocol) {
        group.forEach(loop -> loop.submit(() -> { }).syncUninterruptibly());
        EvplMetrics metrics = metrics();
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
        assertEquals(7, metrics().total(LoopMetric.CHANNELS), "three pairs and the listener");
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
        assertEquals(0, metrics().total(LoopMetric.CHANNELS));
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
        ForeignHost.shutDown(group, 0);
        EvplMetrics metrics = metrics();
        assertEquals(2, metrics.total(Protocol.TCP, TrafficMetric.CLOSED_BY_LOOP)
                + metrics.total(Protocol.TCP, TrafficMetric.CLOSED_BY_PEER));
        assertTrue(metrics.total(Protocol.TCP, TrafficMetric.CLOSED_BY_LOOP) > 0);
    }
}
