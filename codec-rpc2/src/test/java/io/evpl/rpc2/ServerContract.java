package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.evpl.rpc2.Echo.Target;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What a server answers to raw bytes: RS01 to RS38 and RS90, each in one write, in two, and byte by byte. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class ServerContract {
    private static final int XID = 0x7e57_0001;
    private static final int PROBE_XID = 0x7e57_ffff;
    private static final int CAP_BYTES = 64 << 10;
    private static final byte[] MISMATCH = Wire.denied(XID, 0, 2, 2);
    private static final byte[] PROGRAM_MISMATCH = Wire.accepted(XID, 2, Wire.of(1, 1).bytes());
    private static final byte[] GARBAGE = Wire.accepted(XID, 4, Wire.EMPTY);
    private static final byte[] SYS = Wire.authSys(0x1234, "eleven-byte", 1000, 100, 4, 24, 27);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private EventLoopGroup group;
    private RpcServer server;
    private InetSocketAddress address;

    abstract TestTransport transport();

    @BeforeAll
    void start() {
        group = transport().newGroup(1);
        server = RpcServer.builder().group(group).channel(transport().serverType()).program(Echo.program())
                .limits(RpcLimits.DEFAULT.withMaxRecordBytes(CAP_BYTES)).build();
        address = bind(server);
    }

    private static InetSocketAddress bind(RpcServer server) {
        return (InetSocketAddress) server.bind(TestTransport.ANY_PORT).syncUninterruptibly().channel().localAddress();
    }

    @AfterAll
    void stop() throws Exception {
        server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // ---- the envelope -------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RS01 a call of AUTH_NONE is served")
    void echoes() throws IOException {
        forTargets(target -> target.call(XID), target -> Wire.success(XID, target.arguments));
    }

    @Test
    @DisplayName("RS02 RS03 RS04 RS05 another RPC version is refused with the range 2 to 2")
    void otherRpcVersion() throws IOException {
        for (int version : new int[] {0, 1, 3, -1}) {
            forTargets(target -> target.call(XID).rpcVersion(version), _ -> MISMATCH);
        }
    }

    @Test
    @DisplayName("RS06 an unknown program is PROG_UNAVAIL")
    void unknownProgram() throws IOException {
        forTargets(target -> target.call(XID).program(7), _ -> Wire.accepted(XID, 1, Wire.EMPTY));
    }

    @Test
    @DisplayName("RS07 RS08 RS09 another version of a known program is PROG_MISMATCH with the range")
    void otherVersion() throws IOException {
        for (int version : new int[] {0, 2, -1}) {
            forTargets(target -> target.call(XID).version(version), _ -> PROGRAM_MISMATCH);
        }
    }

    @Test
    @DisplayName("RS10 RS11 an unknown procedure is PROC_UNAVAIL")
    void unknownProcedure() throws IOException {
        for (int procedure : new int[] {10, 127, 128, 9999, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            forTargets(target -> target.call(XID).procedure(procedure), _ -> Wire.accepted(XID, 3, Wire.EMPTY));
        }
    }

    @Test
    @DisplayName("RS12 procedure 0 is answered though nobody has defined it, whatever follows the header")
    void nullProcedure() throws IOException {
        exchange(Wire.call(XID).bytes(), Wire.success(XID, Wire.EMPTY));
        exchange(Wire.call(XID).arguments(Wire.pattern(16)).bytes(), Wire.success(XID, Wire.EMPTY));
    }

    @Test
    @DisplayName("RS13 RS14 a flavor that nobody knows is AUTH_ERROR, as is the probe for TLS")
    void unknownFlavor() throws IOException {
        for (int flavor : new int[] {2, 42, 99, 7, 6, -1}) {
            forTargets(target -> target.call(XID).credential(flavor, Wire.EMPTY), _ -> Wire.denied(XID, 1, 2));
        }
    }

    @Test
    @DisplayName("RS15 a credential that runs past the message is AUTH_ERROR")
    void credentialPastTheEnd() throws IOException {
        byte[] cut = Wire.of(XID, 0, 2, Echo.PROGRAM, 1, 1, 1, 380).raw(SYS).bytes();
        exchange(cut, Wire.denied(XID, 1, 1));
        exchange(Wire.call(XID).credential(1, Wire.of(1, 64).raw(Wire.pattern(8)).bytes()).bytes(), Wire.denied(XID, 1, 1));
        exchange(Wire.call(XID).credential(1, Wire.concat(SYS, Wire.of(1).bytes())).bytes(), Wire.denied(XID, 1, 1));
        exchange(Wire.call(XID).credential(1, Wire.authSys(1, "h", 0, 0, new int[17])).bytes(), Wire.denied(XID, 1, 1));
        exchange(Wire.call(XID).credential(1, Wire.of(1, 1, 0, 0, 0, 0x4000_0000).bytes()).bytes(), Wire.denied(XID, 1, 1));
        exchange(Wire.call(XID).credential(0, new byte[404]).bytes(), Wire.denied(XID, 1, 1));
    }

    @Test
    @DisplayName("RS16 a call of AUTH_SYS is served")
    void authSys() throws IOException {
        forTargets(target -> target.call(XID).credential(1, SYS), target -> Wire.success(XID, target.arguments));
    }

    @Test
    void theEarlierOfTwoFaultsIsToldAsTheOrderOfChecksIs() throws IOException {
        exchange(Wire.call(XID).rpcVersion(3).credential(42, Wire.EMPTY).program(7).bytes(), MISMATCH);
        exchange(Wire.call(XID).credential(42, Wire.EMPTY).program(7).bytes(), Wire.denied(XID, 1, 2));
        exchange(Wire.call(XID).program(7).version(9).procedure(99).bytes(), Wire.accepted(XID, 1, Wire.EMPTY));
        exchange(Wire.call(XID).version(9).procedure(99).bytes(), PROGRAM_MISMATCH);
        exchange(Wire.call(XID).procedure(99).arguments(Wire.pattern(3)).bytes(), Wire.accepted(XID, 3, Wire.EMPTY));
    }

    @Test
    void aHeaderThatIsCutShortIsRefusedAsFarAsItsXidIsThere() throws IOException {
        byte[] whole = Wire.call(XID).bytes();
        for (int bytes = 8; bytes < 32; bytes++) {
            exchange(Arrays.copyOf(whole, bytes), Wire.denied(XID, 1, 1));
        }
        for (int bytes = 32; bytes < 40; bytes++) {
            exchange(Arrays.copyOf(whole, bytes), Wire.denied(XID, 1, 3));
        }
        for (int bytes = 1; bytes < 8; bytes++) {
            expectClosed(Wire.record(Arrays.copyOf(whole, bytes)));
        }
    }

    @Test
    void aReplyToNobodyIsIgnoredAndAnotherTypeOfMessageEndsTheConnection() throws IOException {
        exchange(Wire.call(XID).type(1).bytes(), null);
        expectClosed(Wire.record(Wire.call(XID).type(2).bytes()));
        expectClosed(Wire.record(Wire.call(XID).type(-1).bytes()));
    }

    // ---- arguments ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RS17 RS18 RS19 arguments that are cut short are GARBAGE_ARGS")
    void cutArguments() throws IOException {
        for (int bytes : new int[] {1, 4, 8}) {
            forTargets(target -> target.call(XID).arguments(target.cut(bytes)), _ -> GARBAGE);
        }
    }

    @Test
    @DisplayName("RS20 RS21 bytes behind the arguments are GARBAGE_ARGS")
    void trailingBytes() throws IOException {
        for (int bytes : new int[] {4, 64}) {
            forTargets(target -> target.call(XID).arguments(Wire.concat(target.arguments, Wire.pattern(bytes))), _ -> GARBAGE);
        }
    }

    @Test
    @DisplayName("RS22 RS23 a string longer than the message is GARBAGE_ARGS")
    void stringBeyondMessage() throws IOException {
        for (int length : new int[] {-1, 0x1000, Integer.MAX_VALUE, 0xFFFF_FFFD}) {
            garbage(2, new Wire().string("").opaque(Wire.EMPTY).words(length).raw(Wire.pattern(24)).bytes());
        }
    }

    @Test
    @DisplayName("RS24 RS25 RS26 one more than a bound is GARBAGE_ARGS")
    void beyondBound() throws IOException {
        garbage(2, new Wire().string("nine char").opaque(Wire.EMPTY).string("").raw(Wire.pattern(16)).bytes());
        garbage(2, new Wire().string("").opaque(new byte[9]).string("").raw(Wire.pattern(16)).bytes());
        garbage(3, Wire.of(9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0).bytes());
    }

    @Test
    @DisplayName("RS27 a count whose bytes overflow 32 bits is GARBAGE_ARGS")
    void hugeCount() throws IOException {
        garbage(3, Wire.of(0, 0x4000_0000, 1, 2).bytes());
        garbage(3, Wire.of(0, -1, 1, 2).bytes());
    }

    @Test
    @DisplayName("RS28 RS29 RS30 a discriminant, bool or enum of no such value is GARBAGE_ARGS")
    void undeclaredValues() throws IOException {
        garbage(4, Wire.of(99).bytes());
        garbage(1, Wire.of(1).hyper(1).hyper(0).words(2, 1).bytes());
        garbage(1, Wire.of(1).hyper(1).hyper(0).words(1, 99).bytes());
    }

    // ---- record marking -----------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RS31 a fragment beyond the limit ends the connection before it is read")
    void hugeFragment() throws IOException {
        expectClosed(Wire.of(-1).raw(Wire.pattern(40)).bytes());
        expectClosed(Wire.of(Integer.MAX_VALUE).raw(Wire.pattern(40)).bytes());
        expectClosed(Wire.of(0x8000_0000 | CAP_BYTES + 1).bytes());
    }

    @Test
    @DisplayName("RS32 an empty record ends the connection")
    void emptyRecord() throws IOException {
        expectClosed(Wire.of(0x8000_0000).bytes());
        expectClosed(Wire.of(0, 0, 0x8000_0000).bytes());
    }

    @Test
    @DisplayName("RS33 RS34 RS35 a call in fragments is served, empty ones among them")
    void fragments() throws IOException {
        for (int count : new int[] {2, 3, 16}) {
            for (Target target : Target.values()) {
                for (Delivery delivery : Delivery.values()) {
                    exchange(delivery, Wire.record(target.call(XID).bytes(), count), Wire.success(XID, target.arguments));
                }
            }
        }
        exchange(Delivery.ONE_WRITE, Wire.of(0).raw(Wire.record(Wire.call(XID).bytes())).bytes(), Wire.success(XID, Wire.EMPTY));
        byte[] call = Wire.call(XID).bytes();
        exchange(Delivery.ONE_WRITE, Wire.of(call.length).raw(call).words(0, 0x8000_0000).bytes(), Wire.success(XID, Wire.EMPTY));
    }

    @Test
    @DisplayName("RS36 a call in 400 fragments is served")
    void manyFragments() throws IOException {
        byte[] arguments = new Wire().opaque(Wire.pattern(2048)).bytes();
        for (Delivery delivery : Delivery.values()) {
            exchange(delivery, Wire.record(Wire.call(XID).procedure(5).arguments(arguments).bytes(), 400), Wire.success(XID, arguments));
        }
    }

    @Test
    @DisplayName("RS37 lawful fragments that are too long together end the connection")
    void fragmentsBeyondLimit() throws IOException {
        Wire stream = new Wire();
        for (int sent = 0; sent <= CAP_BYTES; sent += 4096) {
            stream.words(4096).raw(Wire.pattern(4096));
        }
        expectClosed(stream.bytes());
    }

    @Test
    @DisplayName("RS38 a peer that leaves within a record harms nobody")
    void abandonedRecord() throws IOException {
        for (int fragments : new int[] {3, 10}) {
            byte[] stream = Wire.record(Wire.call(XID).procedure(5).arguments(new Wire().opaque(Wire.pattern(20_000)).bytes()).bytes(),
                    fragments);
            for (int sent : new int[] {2, 4, 6, stream.length / 2, stream.length - 1}) {
                try (RawPeer peer = RawPeer.connect(address)) {
                    peer.send(Delivery.ONE_WRITE, Arrays.copyOf(stream, sent));
                }
                exchange(Wire.call(XID).bytes(), Wire.success(XID, Wire.EMPTY));
            }
        }
    }

    @Test
    @DisplayName("RS90 each connection is announced once, before it is reported gone, once")
    void connectionsAreAnnounced() throws Exception {
        List<RpcConnection> seen = new ArrayList<>();
        RpcListener listener = new RpcListener() {
            @Override
            public void connected(RpcConnection connection) {
                seen.add(connection);
                connection.attachment("mine " + seen.size());
                heard.add("connected " + connection.attachment());
            }

            @Override
            public void disconnected(RpcConnection connection, CloseCause cause) {
                assertNotNull(connection.remoteAddress());
                heard.add("gone " + connection.attachment() + " " + cause.kind());
            }
        };
        RpcServer other = RpcServer.builder().group(group).channel(transport().serverType()).program(Echo.program()).listener(listener)
                .build();
        InetSocketAddress where = bind(other);
        for (int i = 1; i <= 5; i++) {
            try (RawPeer peer = RawPeer.connect(where)) {
                peer.sendRecord(Wire.call(XID).bytes());
                peer.expect(Wire.success(XID, Wire.EMPTY));
                assertEquals("connected mine " + i, heard.poll(20, TimeUnit.SECONDS));
                assertEquals(1, other.connections().size());
                assertSame(seen.getLast(), other.connections().getFirst());
            }
            assertEquals("gone mine " + i + " PEER", heard.poll(20, TimeUnit.SECONDS));
        }
        other.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertEquals(5, seen.size());
        assertFalse(heard.iterator().hasNext());
    }

    // ---- how they are asked -------------------------------------------------------------------------------------------

    private void forTargets(Function<Target, Wire.Call> call, Function<Target, byte[]> reply) throws IOException {
        for (Target target : Target.values()) {
            exchange(call.apply(target).bytes(), reply.apply(target));
        }
    }

    private void garbage(int procedure, byte[] arguments) throws IOException {
        exchange(Wire.call(XID).procedure(procedure).arguments(arguments).bytes(), GARBAGE);
    }

    /** In each delivery, whole and in 2 fragments; then the connection must still serve. */
    private void exchange(byte[] message, byte[] reply) throws IOException {
        for (Delivery delivery : Delivery.values()) {
            exchange(delivery, Wire.record(message), reply);
        }
        exchange(Delivery.ONE_WRITE, Wire.record(message, 2), reply);
    }

    /** @param reply null: none */
    private void exchange(Delivery delivery, byte[] stream, byte[] reply) throws IOException {
        try (RawPeer peer = RawPeer.connect(address)) {
            peer.send(delivery, stream);
            if (reply != null) {
                peer.expect(reply);
            }
            peer.sendRecord(Wire.call(PROBE_XID).bytes());
            peer.expect(Wire.success(PROBE_XID, Wire.EMPTY));
        }
    }

    private void expectClosed(byte[] stream) throws IOException {
        for (Delivery delivery : Delivery.values()) {
            try (RawPeer peer = RawPeer.connect(address)) {
                try {
                    peer.send(delivery, stream);
                } catch (java.net.SocketException e) {
                    continue; // closed before all was sent
                }
                peer.expectEnd();
            }
        }
    }
}
