package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.auth.AuthSys;
import io.evpl.rpc2.datagram.DatagramPeers;
import io.evpl.rpc2.replay.ReplyCache;
import io.evpl.xdr.XdrCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RPC over UDP, client and server, on one kind of datagram channel. */
abstract class DatagramContract {
    private static final RpcProcedure<Integer, Integer> COUNT = new RpcProcedure<>(Echo.PROGRAM, 2, 1, "COUNT", XdrCodec.INT, XdrCodec.INT);
    private static final RpcProcedure<Integer, Integer> KEEP = new RpcProcedure<>(Echo.PROGRAM, 2, 2, "KEEP", XdrCodec.INT, XdrCodec.INT);
    private static final RpcProcedure<Integer, byte[]> LARGE = new RpcProcedure<>(Echo.PROGRAM, 2, 3, "LARGE", XdrCodec.INT,
            XdrCodec.opaque(0xFFFF_FFFFL));
    private static final RpcProcedure<Integer, Integer> BACK = new RpcProcedure<>(Echo.PROGRAM, 2, 4, "BACK", XdrCodec.INT, XdrCodec.INT);
    private static final RpcProcedure<Integer, Integer> TWICE = new RpcProcedure<>(0x2222_0000, 1, 1, "TWICE", XdrCodec.INT, XdrCodec.INT);
    private static final Retransmission SOON = new Retransmission(TimeUnit.MILLISECONDS.toNanos(20), TimeUnit.MILLISECONDS.toNanos(200), 60);

    private final ReplyCache cache = new ReplyCache();
    private final ConcurrentHashMap<Integer, AtomicInteger> executions = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<RpcCall<Integer>> kept = new LinkedBlockingQueue<>();
    private EventLoopGroup group;
    private RpcServer server;
    private Channel bound;
    private InetSocketAddress address;

    abstract EventLoopGroup newGroup();

    abstract Class<? extends DatagramChannel> type();

    @BeforeEach
    void start() {
        group = newGroup();
        RpcProgram second = RpcProgram.builder(Echo.PROGRAM, 2)
                .procedure(COUNT, (v, call) -> {
                    executions.computeIfAbsent(v, _ -> new AtomicInteger()).incrementAndGet();
                    call.reply(v + 1);
                })
                .procedure(KEEP, (_, call) -> kept.add(call))
                .procedure(LARGE, (bytes, call) -> call.reply(new byte[bytes]))
                .procedure(BACK, (v, call) -> call.connection().call(TWICE, v).thenAccept(call::reply)).build();
        server = RpcServer.builder().group(group).program(Echo.program()).program(second).interceptor(cache).build();
        bound = server.bindDatagram(TestTransport.ANY_PORT, type()).syncUninterruptibly().channel();
        address = (InetSocketAddress) bound.localAddress();
    }

    @AfterEach
    void stop() throws Exception {
        server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private RpcConnection connect(RpcConfig config, InetSocketAddress to) {
        return RpcConnection.connect(new Bootstrap().group(group).channel(type()), config, to);
    }

    private RpcConnection connect() {
        return connect(RpcConfig.builder().retransmission(SOON).build(), address);
    }

    private static <T> T get(RpcFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void close(RpcConnection connection) throws Exception {
        connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void callsOfManySizesAreAnswered() throws Exception {
        RpcConnection connection = connect();
        for (int bytes : new int[] {0, 1, 4, 1000, 1500, 9000, 60_000, 65_000}) {
            ByteBuf got = get(connection.call(Echo.BUFFER, Unpooled.copiedBuffer(Wire.pattern(bytes))));
            assertEquals(Unpooled.wrappedBuffer(Wire.pattern(bytes)), got);
            got.release();
        }
        close(connection);
    }

    @Test
    void manyCallsAtOnceAreOneDatagramEach() throws Exception {
        RpcConnection connection = connect();
        List<RpcFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            calls.add(connection.call(COUNT, i));
        }
        for (int i = 0; i < 500; i++) {
            assertEquals(i + 1, get(calls.get(i)));
            assertEquals(1, executions.get(i).get(), "executions of " + i);
        }
        close(connection);
    }

    @Test
    void argumentsThatFitNoDatagramAreRefusedBeforeTheyAreSent() throws Exception {
        RpcConnection connection = connect();
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> get(connection.call(Echo.BUFFER, Unpooled.wrappedBuffer(new byte[65_500]))));
        assertTrue(thrown.getCause().getMessage().contains("fits no datagram"), thrown::toString);
        assertEquals(6, get(connection.call(COUNT, 5)), "the connection goes on");
        close(connection);
    }

    @Test
    void resultsThatFitNoDatagramAreSystemErr() throws Exception {
        RpcConnection connection = connect();
        assertEquals(65_000, get(connection.call(LARGE, 65_000)).length);
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> get(connection.call(LARGE, 65_500)));
        assertInstanceOf(SystemErrorException.class, thrown.getCause());
        close(connection);
    }

    @Test
    void aServerCallsBack() throws Exception {
        RpcProgram twice = RpcProgram.builder(TWICE.program(), 1).procedure(TWICE, (v, call) -> call.reply(2 * v)).build();
        RpcConnection connection = connect(RpcConfig.builder().program(twice).build(), address);
        assertEquals(42, get(connection.call(BACK, 21)));
        close(connection);
    }

    @Test
    void aCallThatNobodyAnswersEndsAfterItsTransmissions() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(TestTransport.ANY_PORT)) {
            Retransmission thrice = new Retransmission(TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(40), 3);
            RpcConnection connection = connect(RpcConfig.builder().retransmission(thrice).build(), (InetSocketAddress) silent.getLocalSocketAddress());
            RpcFuture<Integer> call = connection.call(COUNT, 1);
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> get(call));
            assertInstanceOf(RpcTimeoutException.class, thrown.getCause());
            assertTrue(thrown.getCause().getMessage().contains("sent 3 times"), thrown::toString);
            byte[] first = receive(silent);
            assertEquals(40 + 4, first.length, "no mark");
            assertArrayEquals(first, receive(silent), "the same bytes, the xid among them");
            assertArrayEquals(first, receive(silent));
            silent.setSoTimeout(1);
            assertThrows(SocketTimeoutException.class, () -> receive(silent));
            close(connection);
        }
    }

    private static byte[] receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Test
    void aPortWhereNobodyListensFailsCalls() throws Exception {
        int port;
        try (DatagramSocket gone = new DatagramSocket(TestTransport.ANY_PORT)) {
            port = gone.getLocalPort();
        }
        RpcConnection connection = connect(RpcConfig.builder().retransmission(SOON).build(), new InetSocketAddress("127.0.0.1", port));
        assertThrows(ExecutionException.class, () -> get(connection.call(COUNT, 1)));
        close(connection);
    }

    @Test
    void aServerWithoutAnInterceptorExecutesADuplicateOnce() throws Exception {
        AtomicInteger count = new AtomicInteger();
        RpcServer plain = RpcServer.builder().group(group).program(RpcProgram.builder(Echo.PROGRAM, 2)
                .procedure(COUNT, (_, call) -> call.reply(count.incrementAndGet())).build()).build();
        InetSocketAddress where = (InetSocketAddress) plain.bindDatagram(TestTransport.ANY_PORT, type()).syncUninterruptibly().channel()
                .localAddress();
        byte[] call = Wire.call(5).version(2).procedure(1).arguments(Wire.of(0).bytes()).bytes();
        byte[] answer = Wire.success(5, Wire.of(1).bytes());
        for (int i = 0; i < 2; i++) {
            try (DatagramSocket socket = new DatagramSocket(0, address.getAddress())) { // another port each time
                socket.setSoTimeout(20_000);
                socket.send(new DatagramPacket(call, call.length, where));
                DatagramPacket reply = new DatagramPacket(new byte[1000], 1000);
                socket.receive(reply);
                assertArrayEquals(answer, Arrays.copyOf(reply.getData(), reply.getLength()));
            }
        }
        plain.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void noiseFromTheServersAddressCostsAClientNothing() throws Exception {
        try (DatagramSocket peer = new DatagramSocket(0, address.getAddress())) {
            peer.setSoTimeout(20_000);
            RpcConnection connection = connect(RpcConfig.DEFAULT, (InetSocketAddress) peer.getLocalSocketAddress());
            RpcFuture<String> call = connection.call(Echo.TEXT, "mine");
            DatagramPacket received = new DatagramPacket(new byte[1000], 1000);
            peer.receive(received);
            for (byte[] message : List.of(new byte[5], Wire.call(call.xid()).type(2).bytes(), Wire.call(call.xid()).type(-1).bytes(),
                    Wire.success(call.xid() + 1, Wire.EMPTY), Wire.success(call.xid(), new Wire().string("mine").bytes()))) {
                peer.send(new DatagramPacket(message, message.length, received.getSocketAddress()));
            }
            assertEquals("mine", get(call));
            close(connection);
        }
    }

    @Test
    void nothingIsScheduledForPeersThatAreNoMore() {
        DatagramPeers peers = new DatagramPeers(new io.netty.channel.ChannelInboundHandlerAdapter());
        io.netty.channel.embedded.EmbeddedChannel channel = new io.netty.channel.embedded.EmbeddedChannel(peers);
        assertTrue(channel.runScheduledPendingTasks() > 0);
        channel.pipeline().remove(peers);
        assertEquals(-1, channel.runScheduledPendingTasks());
        channel.finishAndReleaseAll();
    }

    @Test
    void aDuplicateGetsTheReplyOfTheFirst() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(TestTransport.ANY_PORT)) {
            socket.setSoTimeout(20_000);
            byte[] call = Wire.call(7).version(2).procedure(1).arguments(Wire.of(5).bytes()).bytes();
            byte[] first = null;
            for (int i = 0; i < 5; i++) {
                socket.send(new DatagramPacket(call, call.length, address));
                byte[] reply = receive(socket);
                first = first == null ? reply : first;
                assertArrayEquals(first, reply);
            }
            assertEquals(1, executions.get(5).get());
            assertEquals(4, cache.hits());
        }
    }

    @Test
    void aDuplicateOfACallInWorkIsDropped() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(TestTransport.ANY_PORT)) {
            socket.setSoTimeout(20_000);
            byte[] call = Wire.call(8).version(2).procedure(2).arguments(Wire.of(5).bytes()).bytes();
            socket.send(new DatagramPacket(call, call.length, address));
            RpcCall<Integer> open = kept.poll(20, TimeUnit.SECONDS);
            assertNotNull(open);
            socket.send(new DatagramPacket(call, call.length, address));
            byte[] other = Wire.call(9).version(2).procedure(1).arguments(Wire.of(6).bytes()).bytes();
            socket.send(new DatagramPacket(other, other.length, address));
            assertArrayEquals(Wire.of(9).bytes(), Arrays.copyOf(receive(socket), 4), "the one behind it has its answer");
            assertEquals(1, cache.inProgress());
            open.reply(1);
            assertArrayEquals(Wire.of(8).bytes(), Arrays.copyOf(receive(socket), 4));
            assertTrue(kept.isEmpty());
        }
    }

    @Test
    void whatIsNoMessageIsDroppedAndNeverAnswered() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(TestTransport.ANY_PORT)) {
            socket.setSoTimeout(20_000);
            byte[] reply = Wire.success(3, Wire.of(1).bytes());
            List<byte[]> noise = List.of(new byte[0], new byte[] {1}, new byte[7], Wire.of(1, 2, 3, 4).bytes(), reply);
            for (byte[] each : noise) {
                socket.send(new DatagramPacket(each, each.length, address));
            }
            byte[] call = Wire.call(4).version(2).procedure(1).arguments(Wire.of(1).bytes()).bytes();
            socket.send(new DatagramPacket(call, call.length, address));
            assertArrayEquals(Wire.of(4).bytes(), Arrays.copyOf(receive(socket), 4), "the first thing that comes back answers the call");
            assertEquals(noise.size(), bound.pipeline().get(DatagramPeers.class).dropped());
        }
    }

    @Test
    void handlersLearnWhoCalls() throws Exception {
        RpcConnection connection = connect(RpcConfig.builder().clientAuth(new AuthSys(0, "here", 5, 6, new int[0]).client()).build(), address);
        RpcFuture<Integer> call = connection.call(KEEP, 1);
        RpcCall<Integer> open = kept.poll(20, TimeUnit.SECONDS);
        assertEquals(5, ((AuthSys) open.credential()).uid());
        assertEquals(connection.channel().localAddress(), open.remoteAddress());
        open.reply(3);
        assertEquals(3, get(call));
        close(connection);
    }

    /** One datagram in five gets lost, in each direction: each call is executed once, and answered. */
    @Test
    void lossIsMadeUpForAndNothingIsExecutedTwice() throws Exception {
        try (LossyRelay relay = new LossyRelay(address, 20, 4711)) {
            RpcConnection connection = connect(RpcConfig.builder().retransmission(SOON)
                    .limits(RpcLimits.DEFAULT.withPending(64, 1 << 20)).build(), relay.address());
            List<RpcFuture<Integer>> calls = new ArrayList<>();
            int count = 2_000;
            for (int i = 0; i < count; i++) {
                calls.add(connection.call(COUNT, i));
            }
            for (int i = 0; i < count; i++) {
                assertEquals(i + 1, get(calls.get(i)));
            }
            for (int i = 0; i < count; i++) {
                assertEquals(1, executions.get(i).get(), "executions of " + i);
            }
            assertTrue(relay.lost() > count / 5, () -> relay.lost() + " were lost");
            assertTrue(cache.hits() > 0, "some replies were lost, too");
            close(connection);
        }
    }
}
