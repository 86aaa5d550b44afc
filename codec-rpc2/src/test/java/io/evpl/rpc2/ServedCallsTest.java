package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.auth.AuthRequest;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.CallProtection;
import io.evpl.rpc2.auth.Credential;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.rpc2.auth.ServerAuth;
import io.evpl.rpc2.auth.Verdict;
import io.evpl.xdr.XdrCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServedCallsTest {
    private static final RpcProcedure<ByteBuf, ByteBuf> KEEP = new RpcProcedure<>(Echo.PROGRAM, 2, 1, "KEEP",
            XdrCodec.buffer(1 << 20), XdrCodec.buffer(1 << 20));
    private static final RpcProcedure<String, String> BOUNDED = new RpcProcedure<>(Echo.PROGRAM, 2, 2, "BOUNDED",
            XdrCodec.string(100), XdrCodec.string(3));

    private final List<RpcCall<ByteBuf>> kept = new ArrayList<>();
    private final List<ByteBuf> arguments = new ArrayList<>();
    private final List<EmbeddedPeer> peers = new ArrayList<>();
    private final RpcProgram keeper = RpcProgram.builder(Echo.PROGRAM, 2, "KEEPER").procedure(KEEP, (buffer, call) -> {
        kept.add(call);
        arguments.add(buffer);
    }).procedure(BOUNDED, (text, call) -> call.reply(text)).build();

    private RpcConfig.Builder config() {
        return RpcConfig.builder().program(Echo.program()).program(keeper);
    }

    private EmbeddedPeer peer(RpcConfig config) {
        EmbeddedPeer peer = new EmbeddedPeer(config);
        peers.add(peer);
        return peer;
    }

    @AfterEach
    void close() {
        kept.forEach(RpcCall::drop);
        peers.forEach(EmbeddedPeer::close);
        arguments.forEach(buffer -> assertEquals(0, buffer.refCnt()));
    }

    private static byte[] keep(int xid, int bytes) {
        return Wire.call(xid).version(2).procedure(1).arguments(new Wire().opaque(Wire.pattern(bytes)).bytes()).bytes();
    }

    private static byte[] kept(int xid, String results) {
        return Wire.success(xid, new Wire().string(results).bytes());
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, java.nio.charset.StandardCharsets.US_ASCII);
    }

    // ---- answers ------------------------------------------------------------------------------------------------------

    @Test
    void answersComeInAnyOrder() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(keep(1, 8), keep(2, 8), keep(3, 8));
        peer.expectNothing();
        kept.get(2).reply(text("c"));
        kept.get(0).reply(text("a"));
        kept.get(1).reply(text("b"));
        peer.expect(kept(3, "c"), kept(1, "a"), kept(2, "b"));
    }

    @Test
    void theFirstAnswerCountsAndTheOthersAreReleased() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(keep(1, 8));
        RpcCall<ByteBuf> call = kept.getFirst();
        assertTrue(call.isOpen());
        assertTrue(call.reply(text("first")));
        assertFalse(call.isOpen());
        ByteBuf late = text("late");
        assertFalse(call.reply(late));
        assertEquals(0, late.refCnt());
        ByteBuf encoded = text("late");
        assertFalse(call.replyEncoded(encoded));
        assertEquals(0, encoded.refCnt());
        assertFalse(call.fail(new IllegalStateException()));
        assertFalse(call.deny(AuthStat.AUTH_TOOWEAK));
        assertFalse(call.drop());
        peer.expect(kept(1, "first"));
        peer.expectNothing();
    }

    @Test
    void failuresRefusalsAndSilence() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(keep(1, 8), keep(2, 8), keep(3, 8));
        assertTrue(kept.get(0).fail(new IllegalStateException("on purpose")));
        assertTrue(kept.get(1).deny(AuthStat.AUTH_TOOWEAK));
        assertTrue(kept.get(2).drop());
        peer.expect(Wire.accepted(1, 5, Wire.EMPTY), Wire.denied(2, 1, 5));
        peer.expectNothing();
    }

    @Test
    void resultsThatBreakABoundAndHandlersThatThrowAreSystemErrors() {
        RpcProcedure<Void, Void> thrower = new RpcProcedure<>(Echo.PROGRAM, 3, 1, "THROW", XdrCodec.VOID, XdrCodec.VOID);
        EmbeddedPeer peer = peer(config().program(RpcProgram.builder(Echo.PROGRAM, 3).procedure(thrower, (_, _) -> {
            throw new Exception("on purpose");
        }).build()).build());
        peer.receive(Wire.call(1).version(2).procedure(2).arguments(new Wire().string("long").bytes()).bytes(),
                Wire.call(2).version(3).procedure(1).bytes(),
                Wire.call(3).version(2).procedure(2).arguments(new Wire().string("ok").bytes()).bytes());
        peer.expect(Wire.accepted(1, 5, Wire.EMPTY), Wire.accepted(2, 5, Wire.EMPTY), kept(3, "ok"));
    }

    @Test
    void anAnswerToACallerWhoIsGoneIsReleasedAndSaysSo() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(keep(1, 5000));
        peer.close();
        assertFalse(kept.getFirst().isOpen());
        ByteBuf results = text("x");
        assertFalse(kept.getFirst().reply(results));
        assertEquals(0, results.refCnt());
        assertEquals(0, arguments.getFirst().refCnt());
    }

    @Test
    void bothEndsOfTheRangeOfVersionsAreTold() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(Wire.call(1).version(7).bytes());
        peer.expect(Wire.accepted(1, 2, Wire.of(1, 2).bytes()));
    }

    // ---- one write and one flush per turn ----------------------------------------------------------------------------

    @Test
    void theRepliesOfOneTurnAreOneWriteAndOneFlush() {
        EmbeddedPeer peer = peer(config().build());
        byte[][] calls = new byte[100][];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = i % 2 == 0 ? Wire.call(i).bytes() : Echo.Target.BYTES.call(i).bytes();
        }
        peer.receive(calls);
        assertEquals(1, peer.writes);
        assertEquals(1, peer.flushes);
        for (int i = 0; i < calls.length; i++) {
            peer.expect(Wire.success(i, i % 2 == 0 ? Wire.EMPTY : Echo.Target.BYTES.arguments));
        }
    }

    @Test
    void repliesOutsideOfATurnShareOneFlushAsWell() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(keep(1, 8), keep(2, 8), keep(3, 8));
        peer.flushes = 0;
        kept.forEach(call -> call.reply(text("x")));
        peer.run();
        assertEquals(1, peer.writes);
        assertEquals(1, peer.flushes);
    }

    /** The buffer that came is the one that goes. */
    @Test
    void anEchoOfALargeBufferIsNotCopied() {
        EmbeddedPeer peer = peer(config().build());
        byte[] stream = Wire.record(Wire.call(1).procedure(5).arguments(new Wire().opaque(Wire.pattern(8192)).bytes()).bytes());
        ByteBuf in = Unpooled.directBuffer(stream.length).writeBytes(stream);
        long payload = in.memoryAddress() + stream.length - 8192;
        peer.channel.writeInbound(in);
        io.netty.buffer.CompositeByteBuf out = peer.channel.readOutbound();
        assertEquals(payload, out.internalComponent(1).memoryAddress());
        out.release();
        assertEquals(0, in.refCnt());
    }

    // ---- limits -------------------------------------------------------------------------------------------------------

    @Test
    void beyondTheLimitOfOpenCallsReadingStopsUntilThereIsRoom() {
        EmbeddedPeer peer = peer(config().limits(RpcLimits.DEFAULT.withOpen(3, 1 << 20)).build());
        peer.receive(keep(1, 8), keep(2, 8), keep(3, 8), keep(4, 8), keep(5, 8), Wire.call(6).bytes());
        assertEquals(3, kept.size());
        assertFalse(peer.isReading());
        kept.get(1).reply(text("b"));
        peer.expect(kept(2, "b"));
        assertEquals(4, kept.size());
        assertFalse(peer.isReading());
        kept.get(0).reply(text("a"));
        kept.get(2).reply(text("c"));
        peer.expect(kept(1, "a"), kept(3, "c"), Wire.success(6, Wire.EMPTY));
        assertEquals(5, kept.size());
        assertTrue(peer.isReading());
    }

    @Test
    void beyondTheLimitOfOpenBytesReadingStopsUntilThereIsRoom() {
        EmbeddedPeer peer = peer(config().limits(RpcLimits.DEFAULT.withOpen(100, 10_000)).build());
        peer.receive(keep(1, 6000), keep(2, 6000), keep(3, 6000));
        assertEquals(2, kept.size());
        assertFalse(peer.isReading());
        kept.getFirst().drop();
        peer.run();
        assertEquals(3, kept.size());
    }

    @Test
    void callsThatAreAnsweredAtOnceAreNotLimited() {
        CallBudget budget = new CallBudget(1, 1);
        EmbeddedPeer peer = peer(config().limits(RpcLimits.DEFAULT.withOpen(1, 1)).budget(budget).build());
        for (int i = 0; i < 10; i++) {
            peer.receive(Wire.call(i).bytes(), Echo.Target.SCALARS.call(i).bytes());
            peer.expect(Wire.success(i, Wire.EMPTY), Wire.success(i, Echo.Target.SCALARS.arguments));
        }
        assertTrue(peer.isReading());
        assertEquals(0, budget.calls());
    }

    @Test
    void aSharedBudgetStopsOneConnectionForTheCallsOfAnother() {
        CallBudget budget = new CallBudget(2, 1 << 20);
        RpcConfig config = config().budget(budget).build();
        EmbeddedPeer one = peer(config);
        EmbeddedPeer other = peer(config);
        one.receive(keep(1, 8), keep(2, 8));
        assertEquals(2, budget.calls());
        other.receive(keep(3, 8));
        assertEquals(2, kept.size());
        assertFalse(other.isReading());
        kept.get(0).reply(text("a"));
        one.run();
        other.run();
        assertEquals(3, kept.size());
        assertTrue(budget.bytes() > 0);
        kept.forEach(RpcCall::drop);
        one.run();
        other.run();
        assertTrue(one.isReading() && other.isReading());
        assertEquals(0, budget.calls());
        assertEquals(0, budget.bytes());
    }

    @Test
    void aPeerThatDoesNotReadIsNotServed() {
        EmbeddedPeer peer = peer(config().build());
        peer.writable(false);
        assertFalse(peer.isReading());
        peer.receive(Wire.call(1).bytes());
        peer.expectNothing();
        peer.writable(true);
        assertTrue(peer.isReading());
        peer.expect(Wire.success(1, Wire.EMPTY));
    }

    /** Otherwise two peers that call each other could wait for each other for ever. */
    @Test
    void repliesToOurOwnCallsAreReadEvenIfNoCallIsServed() {
        EmbeddedPeer peer = peer(config().limits(RpcLimits.DEFAULT.withOpen(1, 1 << 20)).build());
        peer.receive(keep(1, 8));
        RpcFuture<Void> back = kept.getFirst().connection().call(Echo.NULL, null);
        int xid = peer.nextXid();
        peer.receive(keep(2, 8), Wire.success(xid, Wire.EMPTY));
        assertTrue(back.isDone());
        assertEquals(1, kept.size());
        assertFalse(peer.isReading());
        kept.getFirst().drop();
        peer.run();
        assertEquals(2, kept.size());
        kept.get(1).drop();
        peer.run();
        assertTrue(peer.isReading());
    }

    @Test
    void drainedAConnectionAnswersWhatIsOpenAndCloses() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(keep(1, 8));
        peer.connection.drain();
        peer.receive(keep(2, 8));
        assertTrue(peer.channel.isOpen());
        assertEquals(1, kept.size());
        kept.getFirst().reply(text("last"));
        peer.expect(kept(1, "last"));
        assertFalse(peer.channel.isOpen());
        assertEquals(CloseCause.Kind.LOCAL, peer.connection.closed().toCompletableFuture().join().kind());
    }

    // ---- caches of replies --------------------------------------------------------------------------------------------

    @Test
    void aCaptureSeesTheResultsBetweenEncodingAndSending() {
        List<String> seen = new ArrayList<>();
        CallInterceptor interceptor = (call, in) -> {
            seen.add("call " + call.xid() + " " + ByteBufUtil.hexDump(in));
            call.capture(new ReplyCapture() {
                @Override
                public void replied(ByteBuf results) {
                    seen.add("reply " + ByteBufUtil.hexDump(results));
                }

                @Override
                public void notReplied() {
                    seen.add("none");
                }
            });
            return true;
        };
        EmbeddedPeer peer = peer(config().interceptor(interceptor).build());
        byte[] ok = new Wire().string("ok").bytes();
        peer.receive(Wire.call(1).version(2).procedure(2).arguments(ok).bytes());
        peer.receive(Wire.call(2).version(2).procedure(2).arguments(new Wire().string("long").bytes()).bytes());
        peer.receive(Wire.call(3).version(2).procedure(2).arguments(Wire.of(-1).bytes()).bytes());
        peer.receive(keep(4, 1), keep(5, 1));
        kept.get(0).drop();
        peer.expect(Wire.success(1, ok), Wire.accepted(2, 5, Wire.EMPTY), Wire.accepted(3, 4, Wire.EMPTY));
        peer.close();
        kept.get(1).reply(text("gone"));
        String hex = ByteBufUtil.hexDump(ok);
        assertEquals(List.of("call 1 " + hex, "reply " + hex, "call 2 000000046c6f6e67", "none", "call 3 ffffffff", "none",
                "call 4 0000000107000000", "call 5 0000000107000000", "none",
                "reply " + ByteBufUtil.hexDump(new Wire().string("gone").bytes())), seen);
    }

    @Test
    void anInterceptorAnswersWithResultsThatItHas() {
        EmbeddedPeer peer = peer(config().interceptor((call, _) -> {
            call.replyEncoded(Unpooled.copyInt(42));
            return false;
        }).build());
        peer.receive(keep(1, 8));
        peer.expect(Wire.success(1, Wire.of(42).bytes()));
        assertEquals(0, kept.size());
        peer.receive(Wire.call(2).bytes());
        peer.expect(Wire.success(2, Wire.EMPTY));
    }

    // ---- flavors ------------------------------------------------------------------------------------------------------

    private static final int FLAVOR = 4242;

    private record Someone() implements Credential {
        @Override
        public int flavor() {
            return FLAVOR;
        }

        @Override
        public String describe() {
            return "someone";
        }
    }

    private static ServerAuth flavor(Function<AuthRequest, Verdict> decide) {
        return new ServerAuth() {
            @Override
            public int flavor() {
                return FLAVOR;
            }

            @Override
            public Verdict authenticate(AuthRequest request) {
                return decide.apply(request);
            }
        };
    }

    /** Every byte of the body is inverted; results of a length that is in the way cannot be protected. */
    private static CallProtection inverting(boolean wraps, boolean canWrap, boolean canSign) {
        return new CallProtection() {
            @Override
            public ByteBuf unwrapArguments(ByteBuf in) throws ProtectionException {
                if (in.readableBytes() % 4 != 0) {
                    in.release();
                    throw new ProtectionException("on purpose");
                }
                return invert(in);
            }

            @Override
            public OpaqueAuth replyVerifier() throws ProtectionException {
                if (!canSign) {
                    throw new ProtectionException("on purpose");
                }
                return new OpaqueAuth(FLAVOR, new byte[] {1, 2, 3, 4, 5});
            }

            @Override
            public ByteBuf wrapResults(ByteBuf in) throws ProtectionException {
                if (!canWrap) {
                    in.release();
                    throw new ProtectionException("on purpose");
                }
                return invert(in);
            }

            @Override
            public boolean wraps() {
                return wraps;
            }
        };
    }

    private static ByteBuf invert(ByteBuf in) {
        ByteBuf out = Unpooled.buffer(in.readableBytes());
        while (in.isReadable()) {
            out.writeByte(~in.readByte());
        }
        in.release();
        return out;
    }

    private static byte[] inverted(byte[] bytes) {
        byte[] copy = bytes.clone();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = (byte) ~copy[i];
        }
        return copy;
    }

    private static Wire.Call protectedCall(int xid) {
        return Wire.call(xid).credential(FLAVOR, Wire.EMPTY);
    }

    private static byte[] protectedReply(int xid, int stat, byte[] body) {
        return Wire.of(xid, 1, 0, FLAVOR).opaque(new byte[] {1, 2, 3, 4, 5}).words(stat).raw(body).bytes();
    }

    private EmbeddedPeer withFlavor(Function<AuthRequest, Verdict> decide) {
        return peer(config().serverAuth(flavor(decide)).build());
    }

    @Test
    void protectionIsPutAroundArgumentsAndResultsAndItsVerifierOnEveryReply() {
        Verdict accepted = new Verdict.Accepted(new Someone(), inverting(true, true, true));
        EmbeddedPeer peer = withFlavor(_ -> accepted);
        byte[] in = Echo.Target.BYTES.arguments;
        peer.receive(protectedCall(1).procedure(2).arguments(inverted(in)).bytes(), protectedCall(2).bytes(),
                protectedCall(3).procedure(2).arguments(in).bytes(), protectedCall(4).procedure(2).arguments(new byte[5]).bytes(),
                protectedCall(5).procedure(99).bytes(), protectedCall(6).program(1).bytes(), protectedCall(7).version(9).bytes(),
                protectedCall(8).arguments(new byte[3]).bytes());
        peer.expect(protectedReply(1, 0, inverted(in)), protectedReply(2, 0, Wire.EMPTY), protectedReply(3, 4, Wire.EMPTY),
                protectedReply(4, 4, Wire.EMPTY), protectedReply(5, 3, Wire.EMPTY), protectedReply(6, 1, Wire.EMPTY),
                protectedReply(7, 2, Wire.of(1, 2).bytes()), protectedReply(8, 4, Wire.EMPTY));
    }

    @Test
    void aReplyThatCannotBeProtectedIsNotSent() {
        for (CallProtection protection : List.of(inverting(true, false, true), inverting(true, true, false),
                inverting(false, true, false))) {
            EmbeddedPeer peer = withFlavor(_ -> new Verdict.Accepted(new Someone(), protection));
            byte[] in = Echo.Target.BYTES.arguments;
            peer.receive(protectedCall(1).procedure(2).arguments(protection.wraps() ? inverted(in) : in).bytes(),
                    protectedCall(2).bytes());
            peer.expectNothing();
            assertTrue(peer.channel.isOpen());
        }
    }

    @Test
    void eachVerdictHasItsAnswer() {
        List<Verdict> verdicts = new ArrayList<>(List.of(new Verdict.Denied(AuthStat.AUTH_TOOWEAK), new Verdict.Garbage(),
                new Verdict.Dropped(), new Verdict.Answered(new OpaqueAuth(FLAVOR, new byte[] {1, 2, 3, 4, 5}), Unpooled.copyInt(9))));
        EmbeddedPeer peer = withFlavor(request -> {
            assertEquals(24 + 8, request.header().readableBytes());
            assertEquals(4, request.arguments().readableBytes());
            assertEquals(Echo.PROGRAM, request.program());
            return verdicts.removeFirst();
        });
        for (int i = 1; i <= 4; i++) {
            peer.receive(protectedCall(i).arguments(new byte[4]).bytes());
        }
        peer.receive(protectedCall(5).arguments(new byte[4]).bytes()); // the list is empty: an exception
        peer.expect(Wire.denied(1, 1, 5), Wire.accepted(2, 4, Wire.EMPTY), protectedReply(4, 0, Wire.of(9).bytes()),
                Wire.denied(5, 1, 7));
    }

    @Test
    void aVerdictMayComeLaterAndOtherCallsGoOnMeanwhile() {
        List<CompletableFuture<Verdict>> later = new ArrayList<>();
        List<AuthRequest> requests = new ArrayList<>();
        EmbeddedPeer peer = peer(config().serverAuth(flavor(request -> {
            later.add(new CompletableFuture<>());
            requests.add(request);
            return new Verdict.Later(later.getLast());
        })).serverAuth(io.evpl.rpc2.auth.AuthNone.SERVER).build());
        byte[] in = Echo.Target.BYTES.arguments;
        peer.receive(protectedCall(1).procedure(2).arguments(in).bytes(), protectedCall(2).bytes(), protectedCall(3).bytes(),
                Wire.call(4).bytes());
        peer.expect(Wire.success(4, Wire.EMPTY));
        assertArrayEquals(in, ByteBufUtil.getBytes(requests.getFirst().arguments()));
        later.get(0).complete(new Verdict.Accepted(new Someone(), CallProtection.NONE));
        later.get(1).completeExceptionally(new IllegalStateException("on purpose"));
        peer.expect(Wire.success(1, in), Wire.denied(2, 1, 7));
        peer.close();
        ByteBuf results = Unpooled.copyInt(1);
        later.get(2).complete(new Verdict.Answered(OpaqueAuth.NONE, results));
        peer.run();
        assertEquals(0, results.refCnt());
    }

    @Test
    void theCallKnowsWhoCallsAndWhat() {
        EmbeddedPeer peer = peer(config().build());
        peer.receive(Wire.call(77).version(2).procedure(1).credential(1, Wire.authSys(1, "host", 10, 20, 30))
                .arguments(Wire.of(4, 5).bytes()).bytes());
        RpcCall<ByteBuf> call = kept.getFirst();
        assertEquals(77, call.xid());
        assertEquals(KEEP, call.procedure());
        assertEquals(new io.evpl.rpc2.auth.AuthSys(1, "host", 10, 20, new int[] {30}), call.credential());
        assertEquals(peer.channel.remoteAddress(), call.remoteAddress());
        assertNull(peer.next());
    }
}
