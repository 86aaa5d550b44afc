package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.gss.GssCredential;
import io.evpl.rpc2.gss.GssException;
import io.evpl.rpc2.gss.GssServer;
import io.evpl.rpc2.gss.ScriptedMechanism;
import io.evpl.rpc2.gss.Service;
import io.evpl.xdr.XdrCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a server with RPCSEC_GSS answers to raw bytes: RS40 to RS72. */
abstract class GssServerContract {
    private static final String KEY = "alice";
    private static final int BUFFER = 5;
    private static final byte[] ARGUMENTS = new Wire().opaque(Wire.pattern(21)).bytes();
    private static final byte[] MORE = "more".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEXT = "next".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "done".getBytes(StandardCharsets.US_ASCII);
    private static final int BADCRED = 1;
    private static final int REJECTEDCRED = 2;
    private static final int BADVERF = 3;
    private static final int TOOWEAK = 5;
    private static final int CREDPROBLEM = 13;
    private static final int CTXPROBLEM = 14;
    private static final int NONE = 1;
    private static final int INTEGRITY = 2;
    private static final int PRIVACY = 3;

    private final ScriptedMechanism mechanism = ScriptedMechanism.acceptor();
    private final AtomicLong nowMs = new AtomicLong(1_000_000);
    private final BlockingQueue<GssException> refusals = new LinkedBlockingQueue<>();
    private final BlockingQueue<RpcCall<ByteBuf>> kept = new LinkedBlockingQueue<>();
    private EventLoopGroup group;
    private RpcServer server;
    private GssServer gss;
    private InetSocketAddress address;
    private RawPeer peer;
    private int xid = 0x6055_0000;

    abstract TestTransport transport();

    @BeforeEach
    void start() throws IOException {
        group = transport().newGroup(1);
        serve(settings().build());
    }

    private GssServer.Builder settings() {
        return GssServer.builder().mechanism(mechanism).clock(() -> Instant.ofEpochMilli(nowMs.get())).onRefusal(refusals::add);
    }

    private void serve(GssServer gss) throws IOException {
        close();
        this.gss = gss;
        server = RpcServer.builder().group(group).channel(transport().serverType()).program(program()).auth(gss).build();
        address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).syncUninterruptibly().channel().localAddress();
        peer = RawPeer.connect(address);
    }

    /** The echo, who asks (7), and a procedure that answers when the test says so (8). */
    private RpcProgram program() {
        return RpcProgram.builder(Echo.PROGRAM, Echo.VERSION, "ECHO").procedure(Echo.BUFFER, (v, call) -> call.reply(v.retain()))
                .procedure(new RpcProcedure<>(Echo.PROGRAM, Echo.VERSION, 7, "WHO", XdrCodec.VOID, Echo.TEXT.result()),
                        (_, call) -> call.reply(((GssCredential) call.credential()).principal()))
                .procedure(new RpcProcedure<>(Echo.PROGRAM, Echo.VERSION, 8, "KEEP", Echo.BUFFER.arguments(), Echo.BUFFER.result()),
                        (v, call) -> kept.add(call)).build();
    }

    private void close() throws IOException {
        if (server != null) {
            peer.close();
            server.close(0).toCompletableFuture().join();
        }
    }

    @AfterEach
    void stop() throws IOException {
        close();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // ---- exchanges ----------------------------------------------------------------------------------------------------

    private byte[] exchange(byte[] call) throws IOException {
        peer.sendRecord(call);
        return peer.readRecord();
    }

    private void denied(int stat, byte[] call) throws IOException {
        assertArrayEquals(Wire.denied(xid, 1, stat), exchange(call));
    }

    private static byte[] token(byte[] token) {
        return new Wire().opaque(token).bytes();
    }

    private byte[] init(byte[] arguments) {
        return GssWire.unsigned(++xid, 0, GssWire.credential(1, GssWire.INIT, 0, 0, Wire.EMPTY), arguments);
    }

    private byte[] proceed(byte[] handle, byte[] arguments) {
        return GssWire.unsigned(++xid, 0, GssWire.credential(1, GssWire.CONTINUE, 0, 0, handle), arguments);
    }

    private byte[] handle(String key) throws IOException {
        return established(key, exchange(init(token(ScriptedMechanism.token(key, 1)))));
    }

    /**
     * Checks a creation reply that says "complete". @return the handle, which stands behind header (5 words), verifier's body
     * (2 words), accept_stat and its own length
     */
    private byte[] established(String key, byte[] reply) {
        int at = 5 * 4 + 8 + 4;
        assertEquals(16, ByteBuffer.wrap(reply).getInt(at), "16 random bytes");
        byte[] handle = Arrays.copyOfRange(reply, at + 4, at + 20);
        assertArrayEquals(GssWire.accepted(key, xid, 128, 0, GssWire.initResult(handle, 0, 128, DONE)), reply);
        return handle;
    }

    private byte[] data(byte[] handle, int sequence) {
        return data(handle, sequence, NONE, ARGUMENTS);
    }

    private byte[] data(byte[] handle, int sequence, int service, byte[] arguments) {
        return GssWire.signed(KEY, ++xid, BUFFER, GssWire.credential(1, GssWire.DATA, sequence, service, handle), arguments);
    }

    private void answered(byte[] handle, int sequence) throws IOException {
        assertArrayEquals(GssWire.accepted(KEY, xid + 1, sequence, 0, ARGUMENTS), exchange(data(handle, sequence)));
    }

    /** The call gets no answer: the next thing that comes is the answer to another. */
    private void unanswered(byte[] call, byte[] handle, int probeSequence) throws IOException {
        peer.sendRecord(call);
        answered(handle, probeSequence);
    }

    private void garbage(int sequence, byte[] call) throws IOException {
        assertArrayEquals(GssWire.accepted(KEY, xid, sequence, 4, Wire.EMPTY), exchange(call));
    }

    // ---- creation -----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RS40 INIT of one leg gives a handle of 16 bytes, the window, and its checksum")
    void oneLeg() throws IOException {
        Set<ByteBuffer> handles = new HashSet<>();
        for (int i = 0; i < 32; i++) {
            handles.add(ByteBuffer.wrap(handle(KEY)));
        }
        assertEquals(32, handles.size(), "no handle twice");
        assertEquals(32, gss.contexts());
        assertEquals(0, gss.halfBuiltContexts());
    }

    @Test
    @DisplayName("RS41 INIT and CONTINUE_INIT make a context of two legs, and of three")
    void twoLegs() throws IOException {
        for (int legs : new int[] {2, 3}) {
            byte[] reply = exchange(init(token(ScriptedMechanism.token(KEY, legs))));
            byte[] handle = Arrays.copyOfRange(reply, 28, 44);
            assertArrayEquals(Wire.success(xid, GssWire.initResult(handle, 1, 128, MORE)), reply);
            assertEquals(1, gss.halfBuiltContexts());
            for (int leg = 2; leg < legs; leg++) {
                assertArrayEquals(Wire.success(xid + 1, GssWire.initResult(handle, 1, 128, MORE)),
                        exchange(proceed(handle, token(NEXT))));
            }
            denied(CREDPROBLEM, data(handle, 1)); // not before it is complete
            assertArrayEquals(handle, established(KEY, exchange(proceed(handle, token(NEXT)))));
            assertEquals(0, gss.halfBuiltContexts());
            answered(handle, 1);
        }
    }

    @Test
    @DisplayName("RS42 RS43 a token that the mechanism refuses is AUTH_ERROR, without a token, and leaves nothing")
    void refusedToken() throws Exception {
        denied(REJECTEDCRED, init(token(ScriptedMechanism.token("mallory", 1))));
        assertTrue(refusals.take().getMessage().contains("Defective token"));
        byte[] handle = Arrays.copyOfRange(exchange(init(token(ScriptedMechanism.token(KEY, 2)))), 28, 44);
        denied(REJECTEDCRED, proceed(handle, token("nonsense".getBytes(StandardCharsets.US_ASCII))));
        assertNotNull(refusals.take());
        denied(REJECTEDCRED, proceed(handle, token(NEXT)));
        assertEquals(0, gss.contexts());
        assertEquals(0, gss.halfBuiltContexts());
        answered(handle(KEY), 1);
    }

    @Test
    @DisplayName("RS45 another version of the credential is AUTH_ERROR")
    void otherVersion() throws IOException {
        byte[] handle = handle(KEY);
        for (int version : new int[] {0, 2, -1}) {
            denied(REJECTEDCRED, GssWire.signed(KEY, ++xid, BUFFER, GssWire.credential(version, GssWire.DATA, 1, NONE, handle), ARGUMENTS));
            denied(REJECTEDCRED, GssWire.unsigned(++xid, 0, GssWire.credential(version, GssWire.INIT, 0, 0, Wire.EMPTY),
                    token(ScriptedMechanism.token(KEY, 1))));
        }
        answered(handle, 1);
    }

    @Test
    @DisplayName("RS46 an unknown gss_proc is AUTH_ERROR, as is a control message in another procedure")
    void unknownControl() throws IOException {
        byte[] handle = handle(KEY);
        for (int procedure : new int[] {4, 99, -1}) {
            denied(BADCRED, GssWire.signed(KEY, ++xid, 0, GssWire.credential(1, procedure, 1, NONE, handle), Wire.EMPTY));
        }
        denied(BADCRED, GssWire.signed(KEY, ++xid, BUFFER, GssWire.credential(1, GssWire.DESTROY, 1, NONE, handle), Wire.EMPTY));
        denied(BADCRED, GssWire.unsigned(++xid, BUFFER, GssWire.credential(1, GssWire.INIT, 0, 0, Wire.EMPTY),
                token(ScriptedMechanism.token(KEY, 1))));
        answered(handle, 1);
    }

    @Test
    @DisplayName("RS68 without RPCSEC_GSS both INIT and DATA are AUTH_ERROR")
    void withoutMechanism() throws IOException {
        close();
        server = RpcServer.builder().group(group).channel(transport().serverType()).program(program()).build();
        address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).syncUninterruptibly().channel().localAddress();
        peer = RawPeer.connect(address);
        denied(REJECTEDCRED, init(token(ScriptedMechanism.token(KEY, 1))));
        denied(REJECTEDCRED, data(new byte[16], 1));
    }

    @Test
    @DisplayName("RS69 CONTINUE_INIT of an unknown handle is AUTH_ERROR, but neither of the states that are not for creation")
    void continueUnknown() throws IOException {
        for (byte[] handle : List.of(Wire.EMPTY, Wire.pattern(4), Wire.pattern(16))) {
            denied(REJECTEDCRED, proceed(handle, token(NEXT)));
        }
        byte[] established = handle(KEY);
        denied(REJECTEDCRED, proceed(established, token(NEXT)));
        answered(established, 1);
    }

    @Test
    @DisplayName("RS70 RS71 a token of INIT that is absent, too long for the message or followed by more is GARBAGE_ARGS")
    void brokenInitToken() throws IOException {
        for (byte[] arguments : List.of(Wire.EMPTY, Wire.of(100, 1).bytes(), Wire.of(-1).bytes(), Wire.of(0xFFFF_FFFD, 0).bytes(),
                Wire.of(0, 0).bytes())) {
            byte[] call = init(arguments);
            assertArrayEquals(Wire.accepted(xid, 4, Wire.EMPTY), exchange(call));
        }
        assertEquals(0, mechanism.contexts());
    }

    @Test
    @DisplayName("RS72 a broken token of CONTINUE_INIT is GARBAGE_ARGS, and the context still waits for the right one")
    void brokenContinueToken() throws IOException {
        byte[] handle = Arrays.copyOfRange(exchange(init(token(ScriptedMechanism.token(KEY, 2)))), 28, 44);
        for (byte[] arguments : List.of(Wire.EMPTY, Wire.of(100, 1).bytes(), Wire.of(-1).bytes())) {
            byte[] call = proceed(handle, arguments);
            assertArrayEquals(Wire.accepted(xid, 4, Wire.EMPTY), exchange(call));
        }
        established(KEY, exchange(proceed(handle, token(NEXT))));
        answered(handle, 1);
    }

    // ---- calls --------------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RS44 a call without protection is served, and the handler knows who calls")
    void dataNone() throws IOException {
        byte[] handle = handle(KEY);
        answered(handle, 1);
        byte[] who = GssWire.signed(KEY, ++xid, 7, GssWire.credential(1, GssWire.DATA, 2, NONE, handle), Wire.EMPTY);
        assertArrayEquals(GssWire.accepted(KEY, xid, 2, 0, new Wire().string("alice@SCRIPT").bytes()), exchange(who));
        byte[] unknown = GssWire.signed(KEY, ++xid, 99, GssWire.credential(1, GssWire.DATA, 3, NONE, handle), Wire.EMPTY);
        assertArrayEquals(GssWire.accepted(KEY, xid, 3, 3, Wire.EMPTY), exchange(unknown));
    }

    @Test
    @DisplayName("RS47 a call with privacy is served sealed; a seal that does not hold is GARBAGE_ARGS; an unknown service is AUTH_ERROR")
    void privacy() throws IOException {
        byte[] handle = handle(KEY);
        byte[] sealed = GssWire.privacy(KEY, 1, ARGUMENTS);
        byte[] call = data(handle, 1, PRIVACY, sealed);
        assertArrayEquals(GssWire.accepted(KEY, xid, 1, 0, sealed), exchange(call));
        for (int at : new int[] {4, 8, 12, 20}) {
            byte[] broken = GssWire.privacy(KEY, 2 + at, ARGUMENTS);
            broken[at] ^= 1;
            garbage(2 + at, data(handle, 2 + at, PRIVACY, broken));
        }
        garbage(50, data(handle, 50, PRIVACY, GssWire.privacy(KEY, 49, ARGUMENTS)));
        garbage(51, data(handle, 51, PRIVACY, new Wire().opaque(ScriptedMechanism.seal(KEY, new byte[3])).bytes()));
        for (byte[] broken : List.of(Wire.EMPTY, Wire.of(0).bytes(), Wire.of(-1, 1).bytes(), Wire.of(64, 1, 2).bytes(),
                Wire.concat(GssWire.privacy(KEY, 52, ARGUMENTS), new byte[4]))) {
            garbage(52 + broken.length, data(handle, 52 + broken.length, PRIVACY, broken));
        }
        byte[] plain = Wire.of(200).raw(ARGUMENTS).bytes();
        garbage(200, data(handle, 200, PRIVACY, new Wire().opaque(ScriptedMechanism.seal(KEY, plain, 0, plain.length, false)).bytes()));
        for (int service : new int[] {0, 4, -1}) {
            denied(BADCRED, data(handle, 201, service, ARGUMENTS));
        }
        answered(handle, 201);
    }

    @Test
    @DisplayName("RS47 a service that is not offered is AUTH_TOOWEAK")
    void notOffered() throws IOException {
        serve(settings().services(Service.INTEGRITY).build());
        byte[] handle = handle(KEY);
        denied(TOOWEAK, data(handle, 1, PRIVACY, GssWire.privacy(KEY, 1, ARGUMENTS)));
        denied(TOOWEAK, data(handle, 1));
        byte[] call = data(handle, 1, INTEGRITY, GssWire.integrity(KEY, 1, ARGUMENTS));
        assertArrayEquals(GssWire.accepted(KEY, xid, 1, 0, GssWire.integrity(KEY, 1, ARGUMENTS)), exchange(call));
    }

    @Test
    @DisplayName("RS48 an unknown handle is AUTH_ERROR, which makes the client begin anew")
    void unknownHandle() throws IOException {
        byte[] handle = handle(KEY);
        byte[] other = handle.clone();
        other[15] ^= 1;
        for (byte[] wrong : List.of(Wire.EMPTY, Wire.pattern(4), Wire.pattern(16), other, Wire.concat(handle, new byte[4]))) {
            denied(CREDPROBLEM, data(wrong, 1));
        }
        answered(handle, 1);
    }

    @Test
    @DisplayName("RS49 RS50 a verifier of another flavor and one that does not hold are AUTH_ERROR, and move no window")
    void wrongVerifier() throws IOException {
        byte[] handle = handle(KEY);
        byte[] credential = GssWire.credential(1, GssWire.DATA, 1, NONE, handle);
        denied(BADVERF, GssWire.unsigned(++xid, BUFFER, credential, ARGUMENTS));
        denied(CREDPROBLEM, GssWire.signed("bob", ++xid, BUFFER, credential, ARGUMENTS));
        denied(CREDPROBLEM, new Wire().raw(GssWire.header(++xid, BUFFER, credential)).words(6, 0).raw(ARGUMENTS).bytes());
        byte[] ahead = GssWire.credential(1, GssWire.DATA, 0x7000_0000, NONE, handle);
        denied(CREDPROBLEM, GssWire.signed("bob", ++xid, BUFFER, ahead, ARGUMENTS));
        byte[] moved = data(handle, 1);
        moved[15] ^= 1; // the program, within what is signed
        denied(CREDPROBLEM, moved);
        answered(handle, 1);
    }

    @Test
    @DisplayName("RS51 RS52 a sequence number seen before, or below the window, gets no reply, and harms nothing")
    void replayed() throws IOException {
        byte[] handle = handle(KEY);
        answered(handle, 1);
        unanswered(data(handle, 1), handle, 2);
        answered(handle, 200);
        unanswered(data(handle, 200 - 128), handle, 201);
        unanswered(data(handle, 5), handle, 200 - 126);
        unanswered(data(handle, 200 - 126), handle, 202);
        try (RawPeer other = RawPeer.connect(address)) { // and on another connection
            other.sendRecord(data(handle, 202));
            byte[] probe = data(handle, 203);
            other.sendRecord(probe);
            other.expect(GssWire.accepted(KEY, xid, 203, 0, ARGUMENTS));
        }
    }

    @Test
    @DisplayName("RS53 RS54 numbers out of order within the window, and a jump far ahead, are served")
    void outOfOrder() throws IOException {
        byte[] handle = handle(KEY);
        for (int sequence : new int[] {1, 5000, 4999, 4873, 4940, 5001, 5070, 4943, 0x7fff_ffff, 0x8000_0000, 0x7fff_fffe}) {
            answered(handle, sequence);
        }
        unanswered(data(handle, 0x7fff_fffe), handle, 0x7fff_ff81);
    }

    @Test
    @DisplayName("RS55 a number beyond MAXSEQ is AUTH_ERROR, not silence")
    void beyondMaximum() throws IOException {
        byte[] handle = handle(KEY);
        for (int sequence : new int[] {0x8000_0001, -1}) {
            denied(CTXPROBLEM, data(handle, sequence));
        }
        answered(handle, 1);
    }

    @Test
    @DisplayName("RS56 RS60 RS61 calls with integrity are served, NULL too, and in fragments; the replies are signed")
    void integrity() throws IOException {
        byte[] handle = handle(KEY);
        int sequence = 0;
        for (int bytes : new int[] {0, 1, 21, 2000, 2049, 100_000, 400_000}) {
            byte[] body = GssWire.integrity(KEY, ++sequence, new Wire().opaque(Wire.pattern(bytes)).bytes());
            byte[] call = data(handle, sequence, INTEGRITY, body);
            assertArrayEquals(GssWire.accepted(KEY, xid, sequence, 0, body), exchange(call));
            byte[] sealed = GssWire.privacy(KEY, ++sequence, new Wire().opaque(Wire.pattern(bytes)).bytes());
            call = data(handle, sequence, PRIVACY, sealed);
            assertArrayEquals(GssWire.accepted(KEY, xid, sequence, 0, sealed), exchange(call));
        }
        byte[] nothing = GssWire.integrity(KEY, ++sequence, Wire.EMPTY);
        byte[] call = GssWire.signed(KEY, ++xid, 0, GssWire.credential(1, GssWire.DATA, sequence, INTEGRITY, handle), nothing);
        assertArrayEquals(GssWire.accepted(KEY, xid, sequence, 0, nothing), exchange(call));
        byte[] body = GssWire.integrity(KEY, ++sequence, ARGUMENTS);
        call = data(handle, sequence, INTEGRITY, body);
        int cut = call.length - body.length + 11;
        peer.send(Delivery.BYTE_BY_BYTE, Wire.of(cut).raw(Arrays.copyOf(call, cut)).words(0x8000_0000 | call.length - cut)
                .raw(Arrays.copyOfRange(call, cut, call.length)).bytes());
        peer.expect(GssWire.accepted(KEY, xid, sequence, 0, body));
    }

    @Test
    @DisplayName("RS57 RS58 a checksum that does not hold, and a body of another call, are GARBAGE_ARGS")
    void brokenIntegrity() throws IOException {
        byte[] handle = handle(KEY);
        int sequence = 0;
        for (int at : new int[] {7, 12, 16, -1, -8}) {
            byte[] body = GssWire.integrity(KEY, ++sequence, ARGUMENTS);
            body[at < 0 ? body.length - 1 + at : at] ^= 1;
            garbage(sequence, data(handle, sequence, INTEGRITY, body));
        }
        byte[] old = GssWire.integrity(KEY, sequence, ARGUMENTS);
        garbage(++sequence, data(handle, sequence, INTEGRITY, old));
        garbage(++sequence, data(handle, sequence, INTEGRITY, GssWire.integrity("bob", sequence, ARGUMENTS)));
        answered(handle, ++sequence);
    }

    @Test
    @DisplayName("RS59 bodies with integrity that cannot be read are GARBAGE_ARGS")
    void undecodableIntegrity() throws IOException {
        byte[] handle = handle(KEY);
        byte[] databody = Wire.of(9).raw(ARGUMENTS).bytes();
        int sequence = 0;
        for (byte[] body : List.of(Wire.EMPTY, Wire.of(3, 0).bytes(), new Wire().opaque(new byte[3]).opaque(new byte[7]).bytes(),
                Wire.of(databody.length + 64).raw(databody).bytes(), Wire.of(-1).raw(databody).bytes(), new Wire().opaque(databody).bytes(),
                new Wire().opaque(databody).words(1000, 1).bytes(), new Wire().opaque(databody).words(-1, 1).bytes(),
                new Wire().opaque(databody).words(0).bytes(),
                Wire.concat(GssWire.integrity(KEY, 10, ARGUMENTS), new byte[4]))) {
            sequence++;
            garbage(sequence, data(handle, sequence, INTEGRITY, body));
        }
        answered(handle, ++sequence);
    }

    @Test
    @DisplayName("RS62 RS63 a reply that cannot be signed or sealed, or whose checksum is too long, is not sent at all")
    void unsignable() throws Exception {
        byte[] handle = handle(KEY);
        int sequence = 0;
        for (int service : new int[] {NONE, INTEGRITY, PRIVACY}) {
            for (Runnable fault : List.<Runnable>of(() -> mechanism.signs(false), () -> mechanism.micPadding(400))) {
                RpcCall<ByteBuf> call = keep(handle, ++sequence, service);
                fault.run();
                assertTrue(call.reply(Unpooled.wrappedBuffer(Wire.pattern(21))));
                // The answer is made on the loop, behind which the fault may be mended.
                onLoop();
                mechanism.signs(true);
                mechanism.micPadding(0);
                answered(handle, ++sequence);
            }
        }
    }

    private void onLoop() throws InterruptedException {
        group.submit(() -> { }).sync();
    }

    private RpcCall<ByteBuf> keep(byte[] handle, int sequence, int service) throws Exception {
        byte[] arguments = switch (service) {
            case INTEGRITY -> GssWire.integrity(KEY, sequence, ARGUMENTS);
            case PRIVACY -> GssWire.privacy(KEY, sequence, ARGUMENTS);
            default -> ARGUMENTS;
        };
        peer.sendRecord(GssWire.signed(KEY, ++xid, 8, GssWire.credential(1, GssWire.DATA, sequence, service, handle), arguments));
        return kept.take();
    }

    // ---- the end of contexts ------------------------------------------------------------------------------------------

    @Test
    @DisplayName("RS64 DESTROY that is signed is answered, and the handle is unknown then; calls under way are answered")
    void destroy() throws Exception {
        byte[] handle = handle(KEY);
        RpcCall<ByteBuf> open = keep(handle, 1, INTEGRITY);
        int openXid = xid;
        byte[] destroy = GssWire.signed(KEY, ++xid, 0, GssWire.credential(1, GssWire.DESTROY, 2, INTEGRITY, handle), Wire.EMPTY);
        assertArrayEquals(GssWire.accepted(KEY, xid, 2, 0, Wire.EMPTY), exchange(destroy));
        assertEquals(0, gss.contexts());
        denied(CREDPROBLEM, data(handle, 3));
        open.reply(Unpooled.wrappedBuffer(Wire.pattern(21)));
        peer.expect(GssWire.accepted(KEY, openXid, 1, 0, GssWire.integrity(KEY, 1, ARGUMENTS)));
    }

    @Test
    @DisplayName("RS65 DESTROY that is not signed, or by somebody else, is AUTH_ERROR, and the context stays")
    void unsignedDestroy() throws IOException {
        byte[] handle = handle(KEY);
        byte[] credential = GssWire.credential(1, GssWire.DESTROY, 1, NONE, handle);
        denied(BADVERF, GssWire.unsigned(++xid, 0, credential, Wire.EMPTY));
        denied(CREDPROBLEM, GssWire.signed("bob", ++xid, 0, credential, Wire.EMPTY));
        answered(handle, 1);
        unanswered(GssWire.signed(KEY, ++xid, 0, credential, Wire.EMPTY), handle, 2); // replayed
    }

    @Test
    @DisplayName("RS66 RS67 a credential that ends within a field, or whose handle is longer than it, is AUTH_BADCRED")
    void brokenCredential() throws IOException {
        byte[] handle = handle(KEY);
        byte[] whole = GssWire.credential(1, GssWire.DATA, 1, NONE, handle);
        for (int bytes = 0; bytes < whole.length; bytes++) {
            denied(BADCRED, GssWire.signed(KEY, ++xid, BUFFER, Arrays.copyOf(whole, bytes), ARGUMENTS));
        }
        denied(BADCRED, GssWire.signed(KEY, ++xid, BUFFER, Wire.concat(whole, new byte[4]), ARGUMENTS));
        for (int bytes : new int[] {17, 20, 1000, -1, Integer.MAX_VALUE, 0xFFFF_FFFD}) {
            denied(BADCRED, GssWire.signed(KEY, ++xid, BUFFER, Wire.of(1, GssWire.DATA, 1, NONE, bytes).raw(handle).bytes(), ARGUMENTS));
        }
        answered(handle, 1);
    }

    @Test
    void aContextOutlivesTheConnectionThatMadeIt() throws IOException {
        byte[] handle = handle(KEY);
        peer.close();
        peer = RawPeer.connect(address);
        answered(handle, 1);
        byte[] half = Arrays.copyOfRange(exchange(init(token(ScriptedMechanism.token(KEY, 2)))), 28, 44);
        peer.close();
        peer = RawPeer.connect(address);
        established(KEY, exchange(proceed(half, token(NEXT))));
        answered(half, 1);
    }

    @Test
    void aContextEndsWithItsLifetimeOrItsTicketWhicheverIsSooner() throws IOException {
        serve(settings().contextLifetime(Duration.ofSeconds(100)).build());
        byte[] handle = handle(KEY);
        mechanism.lifetimeSeconds(10);
        byte[] shorter = handle(KEY);
        nowMs.addAndGet(9_999);
        answered(shorter, 1);
        nowMs.addAndGet(1);
        denied(CREDPROBLEM, data(shorter, 2));
        nowMs.addAndGet(89_999);
        answered(handle, 1);
        nowMs.addAndGet(1);
        denied(CREDPROBLEM, data(handle, 2));
        assertEquals(0, gss.contexts());
    }

    @Test
    void beyondTheLimitTheContextUsedLongestAgoGoes() throws IOException {
        serve(settings().maxContexts(3).build());
        byte[] first = handle(KEY);
        byte[] second = handle(KEY);
        byte[] third = handle(KEY);
        nowMs.addAndGet(2_000);
        answered(first, 1);
        byte[] fourth = handle(KEY);
        denied(CREDPROBLEM, data(second, 1));
        answered(first, 2);
        answered(third, 1);
        answered(fourth, 1);
        assertEquals(3, gss.contexts());
    }

    @Test
    void aFloodOfHalfBuiltContextsPushesOutItsOwnKindOnly() throws IOException {
        serve(settings().maxContexts(4).maxHalfBuiltContexts(8).build());
        byte[] handle = handle(KEY);
        byte[] oldest = Arrays.copyOfRange(exchange(init(token(ScriptedMechanism.token(KEY, 2)))), 28, 44);
        for (int i = 0; i < 8; i++) {
            exchange(init(token(ScriptedMechanism.token("flood", 2))));
        }
        assertEquals(8, gss.halfBuiltContexts());
        denied(REJECTEDCRED, proceed(oldest, token(NEXT)));
        answered(handle, 1);
        byte[] late = Arrays.copyOfRange(exchange(init(token(ScriptedMechanism.token(KEY, 2)))), 28, 44);
        nowMs.addAndGet(30_000);
        denied(REJECTEDCRED, proceed(late, token(NEXT)));
        exchange(init(token(ScriptedMechanism.token(KEY, 2))));
        assertEquals(1, gss.halfBuiltContexts(), "those whose time is over are gone");
        assertFalse(refusals.iterator().hasNext());
    }
}
