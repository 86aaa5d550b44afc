package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.XdrCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Client and server of ours over one type of stream channel. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class StreamContract {
    private static final RpcProcedure<Integer, Integer> SLOW = new RpcProcedure<>(Echo.PROGRAM, 2, 1, "SLOW", XdrCodec.INT, XdrCodec.INT);
    private static final RpcProcedure<Integer, Integer> BACK = new RpcProcedure<>(Echo.PROGRAM, 2, 2, "BACK", XdrCodec.INT, XdrCodec.INT);
    private static final RpcProcedure<Integer, Integer> TWICE = new RpcProcedure<>(0x2222_0000, 1, 1, "TWICE", XdrCodec.INT,
            XdrCodec.INT);

    private final List<RpcCall<Integer>> slow = new ArrayList<>();
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private CompletableFuture<List<RpcCall<Integer>>> allSlow = new CompletableFuture<>();
    private int awaited = Integer.MAX_VALUE;
    private EventLoopGroup group;
    private RpcServer server;
    private SocketAddress address;

    abstract EventLoopGroup newGroup();

    abstract RpcServer.Builder channelOf(RpcServer.Builder builder);

    abstract Bootstrap channelOf(Bootstrap bootstrap);

    abstract SocketAddress freshAddress();

    @BeforeAll
    void start() {
        group = newGroup();
        server = server();
        address = bind(server);
    }

    private RpcServer server() {
        RpcProgram second = RpcProgram.builder(Echo.PROGRAM, 2).procedure(SLOW, this::keep)
                .procedure(BACK, (v, call) -> call.connection().call(TWICE, v).whenComplete((twice, failure) -> {
                    if (failure == null) {
                        call.reply(twice);
                    } else {
                        call.fail(failure);
                    }
                })).build();
        return channelOf(RpcServer.builder().group(group)).program(Echo.program()).program(second)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(16 << 10, 32 << 10)).build();
    }

    private synchronized void keep(Integer value, RpcCall<Integer> call) {
        slow.add(call);
        if (slow.size() == awaited) {
            allSlow.complete(List.copyOf(slow));
            slow.clear();
        }
    }

    private synchronized CompletableFuture<List<RpcCall<Integer>>> await(int calls) {
        awaited = calls;
        allSlow = new CompletableFuture<>();
        return allSlow;
    }

    private SocketAddress bind(RpcServer server) {
        return server.bind(freshAddress()).syncUninterruptibly().channel().localAddress();
    }

    @AfterAll
    void stop() throws Exception {
        get(server.close().toCompletableFuture());
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdown();
    }

    private RpcConnection connect() {
        return connect(address);
    }

    private RpcConnection connect(SocketAddress to) {
        RpcProgram twice = RpcProgram.builder(TWICE.program(), 1).procedure(TWICE, (v, call) -> call.reply(2 * v)).build();
        return RpcConnection.connect(channelOf(new Bootstrap().group(group)), RpcConfig.builder().program(twice).build(), to);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void close(RpcConnection connection) throws Exception {
        assertEquals(CloseCause.Kind.LOCAL, get(connection.close().toCompletableFuture()).kind());
    }

    @Test
    void buffersOfManySizesComeBack() throws Exception {
        RpcConnection connection = connect();
        List<RpcFuture<ByteBuf>> calls = new ArrayList<>();
        int[] sizes = {0, 1, 3, 4, 511, 512, 1023, 1024, 1025, 4095, 4096, 65_536, 131_072, 1 << 20};
        for (int bytes : sizes) {
            calls.add(connection.call(Echo.BUFFER, Unpooled.directBuffer(bytes + 1).writeBytes(Wire.pattern(bytes))));
        }
        for (int i = 0; i < sizes.length; i++) {
            ByteBuf expected = Unpooled.wrappedBuffer(Wire.pattern(sizes[i]));
            ByteBuf got = get(calls.get(i));
            assertEquals(expected, got);
            got.release();
        }
        close(connection);
    }

    @Test
    void answersComeFromAnyThreadInAnyOrder() throws Exception {
        RpcConnection connection = connect();
        int count = 200;
        CompletableFuture<List<RpcCall<Integer>>> kept = await(count);
        List<RpcFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(connection.call(SLOW, i));
        }
        List<RpcCall<Integer>> open = get(kept);
        for (int i = count - 1; i >= 0; i--) {
            int value = open.get(i).xid();
            RpcCall<Integer> call = open.get(i);
            workers.execute(() -> call.reply(value));
        }
        for (RpcFuture<Integer> call : calls) {
            assertEquals(call.xid(), get(call));
        }
        close(connection);
    }

    @Test
    void callsComeFromAnyThread() throws Exception {
        RpcConnection connection = connect();
        CountDownLatch done = new CountDownLatch(2);
        List<CompletableFuture<String>> calls = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int worker = 0; worker < 2; worker++) {
            workers.execute(() -> {
                for (int i = 0; i < 500; i++) {
                    String text = "call " + i;
                    calls.add(connection.call(Echo.TEXT, text).thenApply(back -> {
                        assertEquals(text, back);
                        return back;
                    }));
                }
                done.countDown();
            });
        }
        assertTrue(done.await(30, TimeUnit.SECONDS));
        for (CompletableFuture<String> call : calls) {
            get(call);
        }
        assertEquals(1000, calls.size());
        close(connection);
    }

    @Test
    void aServerCallsBackWhileItServes() throws Exception {
        RpcConnection connection = connect();
        List<RpcFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(connection.call(BACK, i));
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(2 * i, get(calls.get(i)));
        }
        close(connection);
    }

    /** More than fits any buffer in between, both ways, with the lowest water marks: nobody waits for the other for ever. */
    @Test
    void floodsOfLargeCallsFlowUnderBackPressure() throws Exception {
        RpcConnection connection = connect();
        List<RpcFuture<ByteBuf>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(connection.call(Echo.BUFFER, Unpooled.directBuffer(100_000).writeBytes(Wire.pattern(100_000))));
        }
        for (RpcFuture<ByteBuf> call : calls) {
            ByteBuf back = get(call);
            assertEquals(100_000, back.readableBytes());
            back.release();
        }
        close(connection);
    }

    @Test
    void callsInFlightFailWhenTheConnectionIsClosed() throws Exception {
        RpcConnection connection = connect();
        CompletableFuture<List<RpcCall<Integer>>> kept = await(3);
        List<RpcFuture<Integer>> calls = List.of(connection.call(SLOW, 1), connection.call(SLOW, 2), connection.call(SLOW, 3));
        List<RpcCall<Integer>> open = get(kept);
        close(connection);
        for (RpcFuture<Integer> call : calls) {
            ExecutionException failure = assertThrows(ExecutionException.class, () -> call.get(30, TimeUnit.SECONDS));
            assertInstanceOf(ConnectionLostException.class, failure.getCause());
        }
        open.forEach(call -> call.reply(0));
    }

    @Test
    void aServerThatClosesAnswersWhatIsOpenAndTakesNothingNew() throws Exception {
        RpcServer other = server();
        SocketAddress where = bind(other);
        RpcConnection connection = connect(where);
        CompletableFuture<List<RpcCall<Integer>>> kept = await(1);
        RpcFuture<Integer> open = connection.call(SLOW, 1);
        RpcCall<Integer> call = get(kept).getFirst();
        CompletableFuture<Void> closed = other.close().toCompletableFuture();
        assertFalse(closed.isDone());
        call.reply(7);
        assertEquals(7, get(open));
        get(closed);
        assertEquals(CloseCause.Kind.PEER, get(connection.closed().toCompletableFuture()).kind());
        assertThrows(IllegalStateException.class, () -> other.bind(freshAddress()));
        assertEquals(List.of(), other.connections());
    }

    @Test
    void aServerThatClosesDoesNotWaitLongerThanItIsTold() throws Exception {
        RpcServer other = server();
        RpcConnection connection = connect(bind(other));
        CompletableFuture<List<RpcCall<Integer>>> kept = await(1);
        RpcFuture<Integer> open = connection.call(SLOW, 1);
        RpcCall<Integer> call = get(kept).getFirst();
        get(other.close(1).toCompletableFuture());
        ExecutionException failure = assertThrows(ExecutionException.class, () -> open.get(30, TimeUnit.SECONDS));
        assertInstanceOf(ConnectionLostException.class, failure.getCause());
        assertFalse(call.isOpen());
        call.drop();
    }

    @Test
    void oneServerListensAtSeveralAddresses() throws Exception {
        SocketAddress second = bind(server);
        for (SocketAddress where : List.of(address, second)) {
            RpcConnection connection = connect(where);
            assertEquals("x", get(connection.call(Echo.TEXT, "x")));
            close(connection);
        }
    }
}
