package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.auth.AuthSys;
import io.evpl.rpc2.replay.ReplyCache;
import io.evpl.xdr.XdrCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import java.io.File;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The client whose connections come and go. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class RpcClientContract {
    private static final int SECONDS = 30;
    private static final String TEXT = "text";
    private static final byte[] ENCODED = new Wire().string(TEXT).bytes();
    private static final Backoff QUICK = new Backoff(1_000_000, 5_000_000);
    private static final RpcProcedure<Integer, Integer> COUNTED = new RpcProcedure<>(Echo.PROGRAM, 2, 1, "COUNTED", XdrCodec.INT,
            XdrCodec.INT);

    private EventLoopGroup group;
    private ServerSocket listener;
    private final List<RpcClient> clients = new ArrayList<>();

    abstract TestTransport transport();

    @BeforeAll
    void start() {
        group = transport().newGroup(2);
    }

    @AfterAll
    void stop() {
        group.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @BeforeEach
    void listen() throws Exception {
        listener = RawPeer.listen();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (RpcClient client : clients) {
            get(client.close());
            assertEquals(0, client.pendingCalls());
        }
        clients.clear();
        listener.close();
    }

    private InetSocketAddress raw() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    private RpcClient.Builder builder(InetSocketAddress to) {
        return transport().client(RpcClient.builder().group(group)).remote(to).backoff(QUICK);
    }

    private RpcClient build(RpcClient.Builder builder) {
        RpcClient client = builder.build();
        clients.add(client);
        return client;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletionStage<?> stage) {
        return assertThrows(ExecutionException.class, () -> stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS)).getCause();
    }

    private static int xid(byte[] message) {
        return ByteBuffer.wrap(message).getInt();
    }

    private static void answer(RawPeer peer, byte[] call) throws Exception {
        peer.sendRecord(Wire.success(xid(call), ENCODED));
    }

    // ---- connections --------------------------------------------------------------------------------------------------

    @Test
    void aConnectionIsMadeForTheFirstCallAndAnewForTheNextOneWhenItWasLost() throws Exception {
        RpcClient client = build(builder(raw()).repetition(Repetition.ALWAYS)); // the next call may come before the end is heard of
        for (int round = 0; round < 3; round++) {
            RpcFuture<String> call = client.call(Echo.TEXT, TEXT);
            try (RawPeer peer = RawPeer.accept(listener)) {
                byte[] message = peer.readRecord();
                assertEquals(call.xid(), xid(message));
                answer(peer, message);
                assertEquals(TEXT, get(call));
            }
        }
    }

    @Test
    void aHostNameIsResolved() throws Exception {
        RpcClient client = build(builder(InetSocketAddress.createUnresolved("localhost", listener.getLocalPort())));
        RpcFuture<String> call = client.call(Echo.TEXT, TEXT);
        try (RawPeer peer = RawPeer.accept(listener)) {
            answer(peer, peer.readRecord());
            assertEquals(TEXT, get(call));
        }
    }

    @Test
    void callsWaitForAServerThatComesLate() throws Exception {
        InetSocketAddress where = raw();
        listener.close();
        RpcClient client = build(builder(where));
        RpcFuture<String> call = client.call(Echo.TEXT, TEXT);
        RpcFuture<String> hopeless = client.call(Echo.TEXT, TEXT, CallOptions.DEFAULT.withTimeoutNs(20_000_000));
        assertInstanceOf(RpcTimeoutException.class, failure(hopeless));
        listener = new ServerSocket(where.getPort(), 16, where.getAddress());
        try (RawPeer peer = RawPeer.accept(listener)) {
            byte[] message = peer.readRecord();
            assertEquals(call.xid(), xid(message));
            answer(peer, message);
            assertEquals(TEXT, get(call));
        }
    }

    @Test
    void noMoreCallsWaitThanTheLimitSays() throws Exception {
        InetSocketAddress where = raw();
        listener.close();
        RpcClient client = build(builder(where).config(RpcConfig.builder().limits(RpcLimits.DEFAULT.withMaxWaitingCalls(2)).build()));
        List<RpcFuture<String>> calls = List.of(client.call(Echo.TEXT, "1"), client.call(Echo.TEXT, "2"), client.call(Echo.TEXT, "3"));
        assertInstanceOf(TooManyCallsException.class, failure(calls.get(2)));
        calls.get(0).cancel(false);
        RpcFuture<String> room = client.call(Echo.TEXT, "4");
        get(client.close());
        for (RpcFuture<String> call : List.of(calls.get(1), room)) {
            assertInstanceOf(ConnectionLostException.class, failure(call));
        }
        assertInstanceOf(ConnectionLostException.class, failure(client.call(Echo.TEXT, "closed")));
    }

    @Test
    void callsSpreadOverSeveralConnections() throws Exception {
        RpcClient client = build(builder(raw()).connections(3));
        List<RpcFuture<String>> calls = new ArrayList<>();
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(client.call(Echo.TEXT, TEXT));
            peers.add(RawPeer.accept(listener));
        }
        for (int i = 0; i < 3; i++) {
            calls.add(client.call(Echo.TEXT, TEXT));
        }
        for (RawPeer peer : peers) {
            for (int i = 0; i < 2; i++) {
                answer(peer, peer.readRecord());
            }
        }
        for (RpcFuture<String> call : calls) {
            assertEquals(TEXT, get(call));
        }
        for (RawPeer peer : peers) {
            peer.close();
        }
    }

    // ---- repetition ---------------------------------------------------------------------------------------------------

    @Test
    void aCallThatWasSentFailsWithItsConnectionUnlessItMayBeRepeated() throws Exception {
        RpcClient client = build(builder(raw()).repetition(procedure -> procedure == Echo.TEXT));
        RpcFuture<String> never = client.call(Echo.TEXT, TEXT, CallOptions.DEFAULT.withRepetition(Repetition.NEVER));
        RpcFuture<Void> notThis = client.call(Echo.NULL, null);
        ByteBuf buffer = Unpooled.directBuffer().writeBytes(Wire.pattern(5000));
        RpcFuture<ByteBuf> always = client.call(Echo.BUFFER, buffer, CallOptions.DEFAULT.withRepetition(Repetition.ALWAYS));
        byte[] first;
        try (RawPeer peer = RawPeer.accept(listener)) {
            peer.readRecord();
            peer.readRecord();
            first = peer.readRecord();
        }
        assertInstanceOf(ConnectionLostException.class, failure(never));
        assertInstanceOf(ConnectionLostException.class, failure(notThis));
        try (RawPeer peer = RawPeer.accept(listener)) {
            byte[] second = peer.readRecord();
            assertArrayEquals(first, second);
            peer.sendRecord(Wire.success(xid(second), new Wire().opaque(Wire.pattern(10)).bytes()));
            ByteBuf back = get(always);
            assertEquals(10, back.readableBytes());
            back.release();
        }
        assertEquals(0, buffer.refCnt());
    }

    @Test
    void aCallKilledManyTimesIsCarriedOutOnceByAServerThatRemembers() throws Exception {
        AtomicIntegerArray executions = new AtomicIntegerArray(200);
        AtomicReference<RpcServer> self = new AtomicReference<>();
        AtomicInteger kills = new AtomicInteger();
        ReplyCache cache = new ReplyCache();
        RpcServer server = RpcServer.builder().group(group).channel(transport().serverType()).interceptor(cache)
                .program(RpcProgram.builder(Echo.PROGRAM, 2).procedure(COUNTED, (number, call) -> {
                    executions.incrementAndGet(number);
                    if (number % 10 == 0) {
                        kills.incrementAndGet();
                        self.get().connections().forEach(connection -> connection.channel().close());
                    }
                    call.reply(number);
                }).build()).build();
        self.set(server);
        InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).syncUninterruptibly().channel().localAddress();
        RpcClient client = build(builder(address).connections(2).repetition(Repetition.ALWAYS));
        List<RpcFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < executions.length(); i++) {
            calls.add(client.call(COUNTED, i));
        }
        for (int i = 0; i < executions.length(); i++) {
            assertEquals(i, get(calls.get(i)));
            assertEquals(1, executions.get(i), "call " + i);
        }
        assertEquals(20, kills.get());
        assertTrue(cache.hits() > 0);
        get(server.close());
    }

    /** Each connection ends at once; the waits between them grow, and nothing is left behind. */
    @Test
    void aStormOfReconnectionsLeavesNothing() throws Exception {
        RpcClient warm = build(builder(raw()));
        RpcFuture<String> first = warm.call(Echo.TEXT, TEXT);
        try (RawPeer peer = RawPeer.accept(listener)) {
            answer(peer, peer.readRecord());
        }
        get(first);
        get(warm.close());
        int before = openFds();
        RpcClient client = build(builder(raw()).repetition(Repetition.ALWAYS));
        List<RpcFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(client.call(Echo.TEXT, TEXT));
        }
        for (int i = 0; i < 100; i++) {
            RawPeer.accept(listener).close();
        }
        calls.get(0).cancel(false);
        get(client.close());
        for (RpcFuture<String> call : calls.subList(1, 50)) {
            assertInstanceOf(ConnectionLostException.class, failure(call));
        }
        assertEquals(0, client.pendingCalls());
        assertEquals(before, openFds());
    }

    /** Selectors let go of a closed channel's descriptor when they select the next time. */
    private int openFds() {
        for (int turn = 0; turn < 3; turn++) {
            group.forEach(loop -> loop.schedule(() -> { }, 5, TimeUnit.MILLISECONDS).syncUninterruptibly());
        }
        return new File("/proc/self/fd").list().length;
    }

    // ---- ids, credentials, versions -------------------------------------------------------------------------------------

    @Test
    void idsWrapAndPassOverThoseThatArePending() throws Exception {
        RpcClient client = build(builder(raw()).firstXid(-2));
        RpcFuture<String> zero = client.call(Echo.TEXT, TEXT, CallOptions.DEFAULT.withXid(0));
        List<RpcFuture<String>> calls = List.of(client.call(Echo.TEXT, TEXT), client.call(Echo.TEXT, TEXT),
                client.call(Echo.TEXT, TEXT));
        assertEquals(List.of(-2, -1, 1), calls.stream().map(RpcFuture::xid).toList());
        assertInstanceOf(IllegalArgumentException.class, failure(client.call(Echo.TEXT, TEXT, CallOptions.DEFAULT.withXid(-1))));
        try (RawPeer peer = RawPeer.accept(listener)) {
            for (int expected : new int[] {0, -2, -1, 1}) {
                byte[] message = peer.readRecord();
                assertEquals(expected, xid(message));
                answer(peer, message);
            }
            get(zero);
            for (RpcFuture<String> call : calls) {
                get(call);
            }
            RpcFuture<String> again = client.call(Echo.TEXT, TEXT, CallOptions.DEFAULT.withXid(0));
            answer(peer, peer.readRecord());
            assertEquals(TEXT, get(again));
        }
        assertNotEquals(build(builder(raw())).call(Echo.NULL, null).xid(), build(builder(raw())).call(Echo.NULL, null).xid());
    }

    @Test
    void callsGoInTheNameOfWhoeverTheClientIs() throws Exception {
        RpcClient client = build(builder(raw()).auth(new AuthSys("host", 7, 8).client()));
        RpcFuture<String> call = client.call(Echo.TEXT, TEXT);
        try (RawPeer peer = RawPeer.accept(listener)) {
            peer.expect(Wire.call(call.xid()).procedure(6).credential(1, Wire.authSys(0, "host", 7, 8)).arguments(ENCODED).bytes());
            peer.sendRecord(Wire.denied(call.xid(), 1, 5));
            assertInstanceOf(AuthException.class, failure(call));
            RpcFuture<String> next = client.call(Echo.TEXT, TEXT);
            answer(peer, peer.readRecord());
            assertEquals(TEXT, get(next));
        }
    }

    @Test
    void theHighestCommonVersionIsFoundOnceAndRemembered() throws Exception {
        RpcClient client = build(builder(raw()));
        CompletionStage<Integer> version = client.version(Echo.PROGRAM, 2, 9);
        try (RawPeer peer = RawPeer.accept(listener)) {
            byte[] call = peer.readRecord();
            assertArrayEquals(Wire.call(xid(call)).version(9).bytes(), call);
            peer.sendRecord(Wire.accepted(xid(call), 2, Wire.of(1, 4).bytes()));
            call = peer.readRecord();
            assertArrayEquals(Wire.call(xid(call)).version(4).bytes(), call);
            peer.sendRecord(Wire.success(xid(call), Wire.EMPTY));
            assertEquals(4, get(version));
            assertEquals(4, get(client.version(Echo.PROGRAM, 2, 9)));

            version = client.version(Echo.PROGRAM, 5, 9);
            call = peer.readRecord();
            peer.sendRecord(Wire.accepted(xid(call), 2, Wire.of(1, 4).bytes()));
            assertEquals(4, assertInstanceOf(ProgramMismatchException.class, failure(version)).high());

            version = client.version(Echo.PROGRAM, 5, 9); // failures are asked for again
            call = peer.readRecord();
            peer.sendRecord(Wire.denied(xid(call), 0, 3, 4));
            assertEquals(3, assertInstanceOf(RpcMismatchException.class, failure(version)).low());
        }
        assertThrows(IllegalArgumentException.class, () -> client.version(Echo.PROGRAM, 3, 2));
    }

    @Test
    void whatIsMissingIsSaid() {
        assertThrows(IllegalStateException.class, () -> RpcClient.builder().build());
        assertThrows(IllegalArgumentException.class, () -> RpcClient.builder().connections(0));
        assertThrows(IllegalArgumentException.class, () -> RpcClient.builder().callTimeoutNs(0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(2, 1));
    }
}
