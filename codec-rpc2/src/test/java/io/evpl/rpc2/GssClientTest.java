package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.gss.GssClient;
import io.evpl.rpc2.gss.GssException;
import io.evpl.rpc2.gss.GssReason;
import io.evpl.rpc2.gss.ScriptedMechanism;
import io.evpl.rpc2.gss.Service;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A client with RPCSEC_GSS against a server of raw bytes: RC32 and RC33. */
class GssClientTest {
    private static final String KEY = "alice";
    private static final String TEXT = "text";
    private static final byte[] ENCODED = new Wire().string(TEXT).bytes();
    private static final byte[] HANDLE = Wire.pattern(20);
    private static final byte[] DONE = "done".getBytes(StandardCharsets.US_ASCII);
    private static final int WINDOW = 16;

    private final AtomicLong nowMs = new AtomicLong(1_000_000);
    private EventLoopGroup group;
    private ServerSocket server;
    private RpcConnection connection;
    private RawPeer peer;

    @BeforeEach
    void start() throws IOException {
        group = TestTransport.NIO.newGroup(1);
        server = RawPeer.listen();
        connection = RpcConnection.connect(TestTransport.NIO.bootstrap(group), RpcConfig.DEFAULT,
                new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
        peer = RawPeer.accept(server);
    }

    @AfterEach
    void stop() throws Exception {
        connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        peer.close();
        server.close();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private GssClient client(ScriptedMechanism mechanism, Service service) {
        return GssClient.builder().target("echo@host").mechanism(mechanism).service(service)
                .clock(() -> Instant.ofEpochMilli(nowMs.get())).build();
    }

    private GssClient client(Service service) {
        return client(ScriptedMechanism.initiator(KEY, 1), service);
    }

    private RpcFuture<String> call(GssClient client) {
        return connection.call(Echo.TEXT, TEXT, CallOptions.DEFAULT.withAuth(client));
    }

    private static int xid(byte[] message) {
        return ByteBuffer.wrap(message).getInt();
    }

    /** Expects INIT, and answers it. */
    private void establish(Service service, byte[] handle) throws IOException {
        byte[] init = peer.readRecord();
        assertArrayEquals(GssWire.unsigned(xid(init), 0, GssWire.credential(1, GssWire.INIT, 0, service.value(), Wire.EMPTY),
                new Wire().opaque(ScriptedMechanism.token(KEY, 1)).bytes()), init);
        peer.sendRecord(GssWire.accepted(KEY, xid(init), WINDOW, 0, GssWire.initResult(handle, 0, WINDOW, DONE)));
    }

    private static byte[] body(Service service, int sequence) {
        return switch (service) {
            case NONE -> ENCODED;
            case INTEGRITY -> GssWire.integrity(KEY, sequence, ENCODED);
            case PRIVACY -> GssWire.privacy(KEY, sequence, ENCODED);
        };
    }

    /** Expects a call of TEXT. @return its xid */
    private int expectCall(Service service, int sequence, byte[] handle) throws IOException {
        byte[] got = peer.readRecord();
        assertArrayEquals(GssWire.signed(KEY, xid(got), 6, GssWire.credential(1, GssWire.DATA, sequence, service.value(), handle),
                body(service, sequence)), got);
        return xid(got);
    }

    private void serve(Service service, int sequence, byte[] handle) throws IOException {
        peer.sendRecord(GssWire.accepted(KEY, expectCall(service, sequence, handle), sequence, 0, body(service, sequence)));
    }

    private static String get(RpcFuture<String> call) throws Exception {
        return call.get(20, TimeUnit.SECONDS);
    }

    private static <T extends Throwable> T failure(Class<T> type, RpcFuture<?> call) throws Exception {
        try {
            throw new AssertionError("succeeded with " + call.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return assertInstanceOf(type, e.getCause());
        }
    }

    // ---- a context ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RC32 RC33 the first call makes a context, in which all calls are signed, sealed and read")
    void calls() throws Exception {
        for (Service service : Service.values()) {
            GssClient client = client(service);
            RpcFuture<String> first = call(client);
            RpcFuture<String> second = call(client);
            establish(service, HANDLE);
            serve(service, 1, HANDLE);
            serve(service, 2, HANDLE);
            assertEquals(TEXT, get(first));
            assertEquals(TEXT, get(second));
            var destroyed = client.destroy().toCompletableFuture();
            byte[] destroy = peer.readRecord();
            assertArrayEquals(GssWire.signed(KEY, xid(destroy), 0,
                    GssWire.credential(1, GssWire.DESTROY, 3, service.value(), HANDLE), Wire.EMPTY), destroy);
            peer.sendRecord(GssWire.accepted(KEY, xid(destroy), 3, 0, Wire.EMPTY));
            destroyed.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aContextOfThreeLegsIsMadeByContinueInit() throws Exception {
        RpcFuture<String> call = call(client(ScriptedMechanism.initiator(KEY, 3), Service.NONE));
        byte[] init = peer.readRecord();
        peer.sendRecord(Wire.success(xid(init), GssWire.initResult(HANDLE, 1, 0, "more".getBytes(StandardCharsets.US_ASCII))));
        byte[] next = new Wire().opaque("next".getBytes(StandardCharsets.US_ASCII)).bytes();
        for (int leg = 0; leg < 2; leg++) {
            byte[] step = peer.readRecord();
            assertArrayEquals(GssWire.unsigned(xid(step), 0, GssWire.credential(1, GssWire.CONTINUE, 0, 1, HANDLE), next), step);
            peer.sendRecord(leg == 0 ? Wire.success(xid(step), GssWire.initResult(HANDLE, 1, 0, "more".getBytes(StandardCharsets.US_ASCII)))
                    : GssWire.accepted(KEY, xid(step), WINDOW, 0, GssWire.initResult(HANDLE, 0, WINDOW, DONE)));
        }
        serve(Service.NONE, 1, HANDLE);
        assertEquals(TEXT, get(call));
    }

    @Test
    void aServerThatDoesNotProveItselfHasNoContext() throws Exception {
        for (byte[] reply : List.of(
                Wire.success(0, GssWire.initResult(HANDLE, 0, WINDOW, DONE)), // not signed
                GssWire.accepted("mallory", 0, WINDOW, 0, GssWire.initResult(HANDLE, 0, WINDOW, DONE)),
                GssWire.accepted(KEY, 0, WINDOW, 0, GssWire.initResult(HANDLE, 0, WINDOW + 1, DONE)), // another window than is signed
                GssWire.accepted(KEY, 0, 0, 0, GssWire.initResult(HANDLE, 0, 0, DONE)),
                GssWire.accepted(KEY, 0, WINDOW, 0, GssWire.initResult(HANDLE, 0, WINDOW, Wire.EMPTY)), // not proven
                Wire.success(0, GssWire.initResult(HANDLE, 1, 0, DONE)))) { // to go on, with nothing to say
            assertEquals(GssReason.PROTOCOL, failedContext(reply).reason());
        }
        assertEquals(GssReason.BAD_TOKEN, failedContext(GssWire.accepted(KEY, 0, WINDOW, 0,
                GssWire.initResult(HANDLE, 0, WINDOW, new byte[3]))).reason());
        GssException refused = failedContext(Wire.success(0, GssWire.initResult(Wire.EMPTY, 0xd0000, 0, Wire.EMPTY)));
        assertEquals(GssReason.REFUSED, refused.reason());
        assertTrue(refused.getMessage().contains("gss_major 0xd0000"), refused::getMessage);
        GssException denied = failedContext(Wire.denied(0, 1, 2));
        assertEquals(GssReason.REFUSED, denied.reason());
        assertTrue(denied.getMessage().contains("echo@host") && denied.getMessage().contains("AUTH_REJECTEDCRED"), denied::getMessage);
        failure(MalformedReplyException.class, answered(Wire.success(0, Wire.of(400).bytes())));
        failure(ProgramUnavailableException.class, answered(Wire.accepted(0, 1, Wire.EMPTY)));
    }

    private GssException failedContext(byte[] reply) throws Exception {
        return failure(GssException.class, answered(reply));
    }

    private RpcFuture<String> answered(byte[] reply) throws IOException {
        RpcFuture<String> call = call(client(Service.NONE));
        ByteBuffer.wrap(reply).putInt(xid(peer.readRecord()));
        peer.sendRecord(reply);
        return call;
    }

    // ---- replies ------------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RC33 a reply that is not the server's, or not protected as the call was, fails the call, and no other")
    void badReplies() throws Exception {
        for (Service service : Service.values()) {
            GssClient client = client(service);
            RpcFuture<String> first = call(client);
            establish(service, HANDLE);
            serve(service, 1, HANDLE);
            assertEquals(TEXT, get(first));
            int sequence = 1;
            for (byte[] reply : badReplies(service)) {
                sequence++;
                RpcFuture<String> call = call(client);
                ByteBuffer.wrap(reply).putInt(expectCall(service, sequence, HANDLE));
                peer.sendRecord(reply);
                failure(MalformedReplyException.class, call);
            }
            RpcFuture<String> last = call(client);
            serve(service, sequence + 1, HANDLE);
            assertEquals(TEXT, get(last));
        }
    }

    /** To calls 2 and up, in this order. */
    private static List<byte[]> badReplies(Service service) {
        List<byte[]> replies = new ArrayList<>();
        replies.add(Wire.success(0, body(service, 2))); // no verifier
        replies.add(GssWire.accepted("mallory", 0, 3, 0, body(service, 3)));
        replies.add(GssWire.accepted(KEY, 0, 3, 0, body(service, 4))); // the verifier of another
        replies.add(Wire.of(0, 1, 0, 6, 0, 0).raw(body(service, 5)).bytes()); // an empty one
        replies.add(Wire.accepted(0, 4, Wire.EMPTY)); // a failure that nobody has signed
        if (service == Service.NONE) {
            return replies;
        }
        int sequence = replies.size() + 2;
        replies.add(GssWire.accepted(KEY, 0, sequence, 0, ENCODED)); // unprotected
        replies.add(GssWire.accepted(KEY, 0, ++sequence, 0, body(service, sequence - 1))); // of another call
        byte[] whole = body(service, ++sequence);
        for (int at : new int[] {11, 15, whole.length - 5}) {
            byte[] broken = body(service, sequence);
            broken[at] ^= 1;
            replies.add(GssWire.accepted(KEY, 0, sequence++, 0, broken));
        }
        for (byte[] cut : List.of(Wire.EMPTY, Arrays.copyOf(whole, 8), Wire.of(-1).raw(whole).bytes(), Wire.of(1000).raw(whole).bytes(),
                Arrays.copyOf(whole, whole.length - 8), Wire.concat(whole, new byte[4]))) {
            replies.add(GssWire.accepted(KEY, 0, sequence++, 0, cut));
        }
        return replies;
    }

    @Test
    void aSealedReplyThatIsSignedOnlyFailsTheCall() throws Exception {
        GssClient client = client(Service.PRIVACY);
        RpcFuture<String> call = call(client);
        establish(Service.PRIVACY, HANDLE);
        byte[] plain = Wire.of(1).raw(ENCODED).bytes();
        peer.sendRecord(GssWire.accepted(KEY, expectCall(Service.PRIVACY, 1, HANDLE), 1, 0,
                new Wire().opaque(ScriptedMechanism.seal(KEY, plain, 0, plain.length, false)).bytes()));
        failure(MalformedReplyException.class, call);
    }

    // ---- renewal ------------------------------------------------------------------------------------------------------

    @Test
    void aContextThatTheServerForgotIsMadeAnewOnceForEachCall() throws Exception {
        for (int stat : new int[] {13, 14, 2}) {
            GssClient client = client(Service.INTEGRITY);
            RpcFuture<String> first = call(client);
            RpcFuture<String> second = call(client);
            establish(Service.INTEGRITY, HANDLE);
            int one = expectCall(Service.INTEGRITY, 1, HANDLE);
            int two = expectCall(Service.INTEGRITY, 2, HANDLE);
            peer.sendRecord(Wire.denied(one, 1, stat));
            byte[] other = Wire.pattern(4);
            establish(Service.INTEGRITY, other);
            serve(Service.INTEGRITY, 1, other);
            assertEquals(TEXT, get(first));
            peer.sendRecord(Wire.denied(two, 1, stat)); // late, and no reason to make another
            int again = expectCall(Service.INTEGRITY, 2, other);
            peer.sendRecord(Wire.denied(again, 1, stat));
            assertEquals(stat, failure(AuthException.class, second).stat().value());
            RpcFuture<String> third = call(client);
            peer.sendRecord(Wire.denied(expectCall(Service.INTEGRITY, 3, other), 1, stat));
            establish(Service.INTEGRITY, HANDLE);
            serve(Service.INTEGRITY, 1, HANDLE);
            assertEquals(TEXT, get(third));
        }
    }

    @Test
    void anotherRefusalIsNotWorthANewContext() throws Exception {
        GssClient client = client(Service.NONE);
        RpcFuture<String> call = call(client);
        establish(Service.NONE, HANDLE);
        peer.sendRecord(Wire.denied(expectCall(Service.NONE, 1, HANDLE), 1, 5));
        failure(AuthException.class, call);
        RpcFuture<String> next = call(client);
        serve(Service.NONE, 2, HANDLE);
        assertEquals(TEXT, get(next));
    }

    @Test
    void aContextIsMadeAnewAMinuteBeforeItEnds() throws Exception {
        ScriptedMechanism mechanism = ScriptedMechanism.initiator(KEY, 1);
        mechanism.lifetimeSeconds(600);
        GssClient client = client(mechanism, Service.NONE);
        RpcFuture<String> call = call(client);
        establish(Service.NONE, HANDLE);
        serve(Service.NONE, 1, HANDLE);
        assertEquals(TEXT, get(call));
        nowMs.addAndGet(540_000 - 1);
        call = call(client);
        serve(Service.NONE, 2, HANDLE);
        assertEquals(TEXT, get(call));
        nowMs.addAndGet(1);
        mechanism.lifetimeSeconds(50); // the KDC has no longer ticket: it is used to its end
        call = call(client);
        establish(Service.NONE, HANDLE);
        serve(Service.NONE, 1, HANDLE);
        assertEquals(TEXT, get(call));
        nowMs.addAndGet(49_999);
        call = call(client);
        serve(Service.NONE, 2, HANDLE);
        assertEquals(TEXT, get(call));
        assertEquals(2, mechanism.contexts());
    }

    @Test
    void aConnectionThatEndsWithinInitFailsItsCallsAndNoOthers() throws Exception {
        GssClient client = client(Service.NONE);
        RpcConnection other = connection;
        RawPeer otherPeer = peer;
        RpcFuture<String> lost = call(client);
        otherPeer.readRecord();
        start();
        RpcFuture<String> waits = call(client);
        otherPeer.close();
        failure(ConnectionLostException.class, lost);
        establish(Service.NONE, HANDLE);
        serve(Service.NONE, 1, HANDLE);
        assertEquals(TEXT, get(waits));
        assertFalse(other.channel().isOpen());
    }

    @Test
    void aMessageThatCannotBeSealedIsNotSent() throws Exception {
        ScriptedMechanism mechanism = ScriptedMechanism.initiator(KEY, 1);
        GssClient client = client(mechanism, Service.PRIVACY);
        RpcFuture<String> call = call(client);
        establish(Service.PRIVACY, HANDLE);
        serve(Service.PRIVACY, 1, HANDLE);
        assertEquals(TEXT, get(call));
        mechanism.signs(false);
        failure(RpcException.class, call(client));
        mechanism.signs(true);
        call = call(client);
        serve(Service.PRIVACY, 3, HANDLE);
        assertEquals(TEXT, get(call));
    }
}
