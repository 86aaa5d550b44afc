package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.AuthSys;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What a client makes of raw bytes: RC01 to RC31, each in one write, in two, and byte by byte. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class ClientContract {
    private static final String TEXT = "hello";
    private static final byte[] ENCODED = new Wire().string(TEXT).bytes();

    private EventLoopGroup group;
    private ServerSocket server;

    abstract TestTransport transport();

    @BeforeAll
    void start() throws IOException {
        group = transport().newGroup(1);
        server = RawPeer.listen();
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private RpcConnection connect() {
        return connect(RpcConfig.DEFAULT);
    }

    private RpcConnection connect(RpcConfig config) {
        return RpcConnection.connect(transport().bootstrap(group), config, new InetSocketAddress(server.getInetAddress(),
                server.getLocalPort()));
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS)).getCause();
    }

    private static int xid(byte[] call) {
        return ByteBuffer.wrap(call).getInt();
    }

    // ---- good replies -------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RC01 a reply completes its call")
    void goodReply() throws Exception {
        succeeds(xid -> Wire.record(Wire.success(xid, ENCODED)));
    }

    @Test
    @DisplayName("RC02 a reply verifier of AUTH_SYS is taken")
    void authSysVerifier() throws Exception {
        byte[] body = Wire.authSys(1, "host", 0, 0);
        assertEquals(24, body.length);
        succeeds(xid -> Wire.record(Wire.of(xid, 1, 0, 1).opaque(body).words(0).raw(ENCODED).bytes()));
    }

    @Test
    @DisplayName("RC03 a reply in fragments completes its call")
    void fragmentedReply() throws Exception {
        for (int fragments : new int[] {2, 3, 16}) {
            succeeds(xid -> Wire.record(Wire.success(xid, ENCODED), fragments));
        }
    }

    @Test
    @DisplayName("RC04 a reply to nobody is ignored")
    void unknownXid() throws Exception {
        succeeds(xid -> Wire.concat(Wire.record(Wire.success(xid + 77, ENCODED)), Wire.record(Wire.success(xid, ENCODED))));
    }

    @Test
    @DisplayName("RC05 a reply that comes twice completes its call once")
    void duplicateReply() throws Exception {
        succeeds(xid -> {
            byte[] reply = Wire.record(Wire.success(xid, ENCODED));
            return Wire.concat(reply, reply);
        });
    }

    @Test
    @DisplayName("RC06 a call is no reply, and is answered PROG_UNAVAIL")
    void callFromServer() throws Exception {
        for (Delivery delivery : Delivery.values()) {
            RpcConnection connection = connect();
            try (RawPeer peer = RawPeer.accept(server)) {
                RpcFuture<String> future = connection.call(Echo.TEXT, TEXT);
                int xid = xid(peer.readRecord());
                peer.send(delivery, Wire.record(Wire.call(xid).bytes()));
                peer.expect(Wire.accepted(xid, 1, Wire.EMPTY));
                assertFalse(future.isDone());
                peer.send(delivery, Wire.record(Wire.success(xid, ENCODED)));
                assertEquals(TEXT, get(future));
                get(connection.close().toCompletableFuture());
            }
        }
    }

    private void succeeds(IntFunction<byte[]> stream) throws Exception {
        for (Delivery delivery : Delivery.values()) {
            RpcConnection connection = connect();
            try (RawPeer peer = RawPeer.accept(server)) {
                RpcFuture<String> future = connection.call(Echo.TEXT, TEXT);
                AtomicInteger completions = new AtomicInteger();
                CompletableFuture<?> counted = future.whenComplete((_, _) -> completions.incrementAndGet());
                byte[] call = peer.readRecord();
                assertArrayEquals(Wire.call(future.xid()).procedure(6).arguments(ENCODED).bytes(), call);
                peer.send(delivery, stream.apply(xid(call)));
                assertEquals(TEXT, get(future));
                get(counted);
                probe(connection, peer);
                assertEquals(1, completions.get());
                get(connection.close().toCompletableFuture());
            }
        }
    }

    private static void probe(RpcConnection connection, RawPeer peer) throws Exception {
        RpcFuture<String> probe = connection.call(Echo.TEXT, "probe");
        peer.sendRecord(Wire.success(xid(peer.readRecord()), new Wire().string("probe").bytes()));
        assertEquals("probe", get(probe));
    }

    // ---- bad replies --------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RC07 a record that has no header fails the call")
    void shortRecord() throws Exception {
        for (int bytes : new int[] {0, 4}) {
            Throwable failure = fails(false, xid -> Wire.record(Arrays.copyOf(Wire.success(xid, ENCODED), bytes)));
            assertEquals(BadRecordException.class, assertInstanceOf(ConnectionLostException.class, failure).getCause().getClass());
        }
        assertInstanceOf(MalformedReplyException.class,
                fails(true, xid -> Wire.record(Arrays.copyOf(Wire.success(xid, ENCODED), 9))));
    }

    @Test
    @DisplayName("RC08 a message of an unknown type fails the call")
    void unknownType() throws Exception {
        for (int type : new int[] {2, -1}) {
            assertInstanceOf(ConnectionLostException.class, fails(false, xid -> Wire.record(Wire.of(xid, type, 0, 0, 0, 0).bytes())));
        }
    }

    @Test
    @DisplayName("RC09 an AUTH_NONE verifier with a body fails the call")
    void verifierWithBody() throws Exception {
        assertInstanceOf(MalformedReplyException.class,
                fails(true, xid -> Wire.record(Wire.of(xid, 1, 0, 0).opaque(new byte[8]).words(0).raw(ENCODED).bytes())));
        assertInstanceOf(MalformedReplyException.class,
                fails(true, xid -> Wire.record(Wire.of(xid, 1, 0, 1).opaque(new byte[404]).words(0).raw(ENCODED).bytes())));
        assertInstanceOf(MalformedReplyException.class,
                fails(true, xid -> Wire.record(Wire.of(xid, 1, 0, 1, -1, 0).raw(ENCODED).bytes())));
    }

    @Test
    @DisplayName("RC10 the end of the connection fails the call")
    void peerCloses() throws Exception {
        RpcConnection connection = connect();
        RpcFuture<String> future = connection.call(Echo.TEXT, TEXT);
        try (RawPeer peer = RawPeer.accept(server)) {
            peer.readRecord();
        }
        assertInstanceOf(ConnectionLostException.class, failure(future));
        assertEquals(CloseCause.Kind.PEER, get(connection.closed().toCompletableFuture()).kind());
    }

    @Test
    @DisplayName("RC11 RC12 RC14 a refusal fails the call, and nothing behind it is delivered")
    void denied() throws Exception {
        for (byte[] tail : List.of(Wire.EMPTY, ENCODED)) {
            AuthException auth = assertInstanceOf(AuthException.class,
                    fails(true, xid -> Wire.record(Wire.concat(Wire.denied(xid, 1, 13), tail))));
            assertEquals(AuthStat.RPCSEC_GSS_CREDPROBLEM, auth.stat());
            RpcMismatchException mismatch = assertInstanceOf(RpcMismatchException.class,
                    fails(true, xid -> Wire.record(Wire.concat(Wire.denied(xid, 0, 2, 3), tail))));
            assertEquals(2, mismatch.low());
            assertEquals(3, mismatch.high());
            assertInstanceOf(MalformedReplyException.class,
                    fails(true, xid -> Wire.record(Wire.concat(Wire.denied(xid, 2), tail))));
        }
        assertInstanceOf(MalformedReplyException.class, fails(true, xid -> Wire.record(Wire.denied(xid, 0, 2))));
        assertInstanceOf(MalformedReplyException.class, fails(true, xid -> Wire.record(Wire.denied(xid, 1))));
    }

    @Test
    @DisplayName("RC13 RC15 an accept_stat other than SUCCESS fails the call, whatever follows")
    void notAccepted() throws Exception {
        for (byte[] tail : List.of(Wire.EMPTY, ENCODED)) {
            assertInstanceOf(ProgramUnavailableException.class, accepted(1, tail));
            assertInstanceOf(ProcedureUnavailableException.class, accepted(3, tail));
            assertInstanceOf(GarbageArgumentsException.class, accepted(4, tail));
            assertInstanceOf(SystemErrorException.class, accepted(5, tail));
            assertInstanceOf(MalformedReplyException.class, accepted(6, tail));
            ProgramMismatchException mismatch = assertInstanceOf(ProgramMismatchException.class,
                    accepted(2, Wire.of(3, 4).raw(tail).bytes()));
            assertEquals(3, mismatch.low());
            assertEquals(4, mismatch.high());
        }
        assertInstanceOf(MalformedReplyException.class, accepted(2, Wire.of(3).bytes()));
    }

    private Throwable accepted(int stat, byte[] tail) throws Exception {
        return fails(true, xid -> Wire.record(Wire.accepted(xid, stat, tail)));
    }

    @Test
    @DisplayName("RC16 an unknown reply_stat fails the call")
    void unknownReplyStat() throws Exception {
        for (int stat : new int[] {2, -1}) {
            assertInstanceOf(MalformedReplyException.class,
                    fails(true, xid -> Wire.record(Wire.of(xid, 1, stat, 0, 0, 0).raw(ENCODED).bytes())));
        }
    }

    @Test
    @DisplayName("RC17 RC18 RC19 RC20 RC21 RC22 results that are none fail the call")
    void badResults() throws Exception {
        for (byte[] results : List.of(Wire.EMPTY, Arrays.copyOf(ENCODED, 1), Arrays.copyOf(ENCODED, 4), Arrays.copyOf(ENCODED, 8),
                Wire.concat(ENCODED, new byte[4]), Wire.concat(ENCODED, new byte[64]), Wire.pattern(40),
                Wire.of(-1).raw(ENCODED).bytes(), Wire.of(0x1000).raw(ENCODED).bytes())) {
            assertInstanceOf(MalformedReplyException.class, fails(true, xid -> Wire.record(Wire.success(xid, results))));
        }
    }

    /** In each delivery; returns the last failure. */
    private Throwable fails(boolean kept, IntFunction<byte[]> stream) throws Exception {
        Throwable failure = null;
        for (Delivery delivery : Delivery.values()) {
            RpcConnection connection = connect();
            try (RawPeer peer = RawPeer.accept(server)) {
                RpcFuture<String> future = connection.call(Echo.TEXT, TEXT);
                try {
                    peer.send(delivery, stream.apply(xid(peer.readRecord())));
                } catch (java.net.SocketException e) {
                    assertFalse(kept, "closed before all was sent");
                }
                failure = failure(future);
                if (kept) {
                    probe(connection, peer);
                }
                get(connection.close().toCompletableFuture());
            }
        }
        return failure;
    }

    // ---- what is sent -------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RC23 AUTH_SYS on the wire: machine names, groups, bounds")
    void authSysOnTheWire() throws Exception {
        RpcConnection connection = connect();
        try (RawPeer peer = RawPeer.accept(server)) {
            for (String name : List.of("a-machine-of-18-by", "m", "abc", "four", "")) {
                for (int count : new int[] {3, 0, 1, 16}) {
                    for (int id : new int[] {0, -1}) {
                        int[] gids = new int[count];
                        Arrays.setAll(gids, i -> i - 1);
                        RpcFuture<String> future = connection.call(Echo.TEXT, TEXT,
                                CallOptions.DEFAULT.withAuth(new AuthSys(name, id, id, gids).client()));
                        byte[] expected = Wire.call(future.xid()).procedure(6).credential(1, Wire.authSys(0, name, id, id, gids))
                                .arguments(ENCODED).bytes();
                        peer.expect(expected);
                        peer.sendRecord(Wire.success(future.xid(), ENCODED));
                        assertEquals(TEXT, get(future));
                    }
                }
            }
            get(connection.close().toCompletableFuture());
        }
    }

    @Test
    @DisplayName("RC30 calls made before there is a connection fail with it, and their callbacks may connect and call")
    void reentrantReconnect() throws Exception {
        RpcConnection connection = connect();
        CompletableFuture<String> again = new CompletableFuture<>();
        CompletableFuture<RpcConnection> second = new CompletableFuture<>();
        RpcFuture<String> first = connection.call(Echo.TEXT, "one");
        RpcFuture<String> other = connection.call(Echo.TEXT, "two");
        CompletableFuture<Throwable> deadEnd = new CompletableFuture<>();
        first.whenComplete((_, _) -> {
            connection.call(Echo.TEXT, "dead").whenComplete((_, failure) -> deadEnd.complete(failure));
            RpcConnection next = connect();
            next.call(Echo.TEXT, TEXT).whenComplete((value, failure) -> {
                if (failure == null) {
                    again.complete(value);
                } else {
                    again.completeExceptionally(failure);
                }
            });
            second.complete(next);
        });
        RawPeer.accept(server).close();
        assertInstanceOf(ConnectionLostException.class, failure(first));
        assertInstanceOf(ConnectionLostException.class, failure(other));
        assertInstanceOf(ConnectionLostException.class, get(deadEnd));
        try (RawPeer peer = RawPeer.accept(server)) {
            peer.sendRecord(Wire.success(xid(peer.readRecord()), ENCODED));
            assertEquals(TEXT, get(again));
        }
        get(get(second).close().toCompletableFuture());
    }

    @Test
    @DisplayName("RC30 where nobody listens, calls made before there is a connection fail")
    void refusedConnection() throws Exception {
        ServerSocket gone = RawPeer.listen();
        InetSocketAddress nobody = new InetSocketAddress(gone.getInetAddress(), gone.getLocalPort());
        gone.close();
        RpcConnection connection = RpcConnection.connect(transport().bootstrap(group), RpcConfig.DEFAULT, nobody);
        RpcFuture<String> call = connection.call(Echo.TEXT, TEXT);
        assertInstanceOf(ConnectionLostException.class, failure(call));
        assertEquals(CloseCause.Kind.TRANSPORT, get(connection.closed().toCompletableFuture()).kind());
        assertInstanceOf(ConnectionLostException.class, failure(connection.connected().toCompletableFuture()));
        assertInstanceOf(ConnectionLostException.class, failure(connection.call(Echo.TEXT, TEXT)));
    }

    @Test
    @DisplayName("RC31 xids count up by one, can be seen and set, and begin anywhere")
    void xids() throws Exception {
        RpcConnection connection = connect();
        try (RawPeer peer = RawPeer.accept(server)) {
            int first = connection.call(Echo.NULL, null).xid();
            assertEquals(first, xid(peer.readRecord()));
            for (int i = 1; i < 5; i++) {
                RpcFuture<Void> future = connection.call(Echo.NULL, null);
                assertEquals(first + i, future.xid());
                assertEquals(first + i, xid(peer.readRecord()));
            }
            RpcFuture<Void> same = connection.call(Echo.NULL, null, CallOptions.DEFAULT.withXid(first));
            assertInstanceOf(IllegalArgumentException.class, failure(same));
            RpcFuture<Void> chosen = connection.call(Echo.NULL, null, CallOptions.DEFAULT.withXid(first + 5));
            assertEquals(first + 5, xid(peer.readRecord()));
            RpcFuture<Void> avoided = connection.call(Echo.NULL, null);
            assertEquals(first + 6, xid(peer.readRecord()));
            assertEquals(first + 6, avoided.xid());
            peer.sendRecord(Wire.success(first + 5, Wire.EMPTY));
            get(chosen);
            RpcFuture<Void> repeated = connection.call(Echo.NULL, null, CallOptions.DEFAULT.withXid(first + 5));
            assertEquals(first + 5, xid(peer.readRecord()));
            peer.sendRecord(Wire.success(first + 5, Wire.EMPTY));
            get(repeated);
            get(connection.close().toCompletableFuture());
        }
        RpcConnection other = connect();
        RpcConnection third = connect();
        int a = other.call(Echo.NULL, null).xid();
        int b = third.call(Echo.NULL, null).xid();
        assertFalse(a == b && a == 1, "two connections began with xid 1");
        RawPeer.accept(server).close();
        RawPeer.accept(server).close();
        get(other.closed().toCompletableFuture());
        get(third.closed().toCompletableFuture());
    }
}
