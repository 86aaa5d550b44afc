package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.xdr.XdrException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutgoingCallsTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] TEXT = new Wire().string("text").bytes();

    private EmbeddedPeer peer = new EmbeddedPeer(RpcConfig.DEFAULT);

    @AfterEach
    void close() {
        peer.close();
    }

    private void with(RpcConfig config) {
        peer.close();
        peer = new EmbeddedPeer(config);
    }

    private void withLimits(RpcLimits limits) {
        with(RpcConfig.builder().limits(limits).build());
    }

    private RpcFuture<Void> ping() {
        return peer.connection.call(Echo.NULL, null);
    }

    private static Throwable failure(CompletableFuture<?> future) {
        assertTrue(future.isDone(), "still pending");
        return assertThrows(CompletionException.class, future::join).getCause();
    }

    private byte[] success(RpcFuture<?> future) {
        return Wire.success(future.xid(), Wire.EMPTY);
    }

    // ---- time ---------------------------------------------------------------------------------------------------------

    @Test
    void aCallFailsWhenItsTimeIsUpAndItsLateReplyIsIgnored() {
        RpcFuture<Void> hasty = peer.connection.call(Echo.NULL, null, CallOptions.DEFAULT.withTimeoutNs(SECOND_NS));
        RpcFuture<Void> patient = ping();
        peer.advance(SECOND_NS - 1);
        assertFalse(hasty.isDone());
        peer.advance(1);
        assertInstanceOf(RpcTimeoutException.class, failure(hasty));
        peer.receive(success(hasty), success(patient));
        assertTrue(patient.isDone());
        assertFalse(patient.isCompletedExceptionally());
    }

    @Test
    void theTimeOfACallIncludesItsWait() {
        with(RpcConfig.builder().callTimeoutNs(SECOND_NS).limits(RpcLimits.DEFAULT.withPending(1, 1 << 20)).build());
        RpcFuture<Void> first = peer.connection.call(Echo.NULL, null, CallOptions.DEFAULT.withTimeoutNs(Long.MAX_VALUE));
        RpcFuture<Void> waits = ping();
        peer.advance(SECOND_NS);
        assertInstanceOf(RpcTimeoutException.class, failure(waits));
        assertEquals(first.xid(), peer.nextXid());
        peer.receive(success(first));
        assertTrue(first.isDone());
        peer.expectNothing();
    }

    @Test
    void aCallThatWasAnsweredHasNoTimerLeft() {
        RpcFuture<Void> call = peer.connection.call(Echo.NULL, null, CallOptions.DEFAULT.withTimeoutNs(SECOND_NS));
        peer.run();
        peer.receive(success(call));
        assertEquals(-1, peer.channel.runScheduledPendingTasks());
    }

    // ---- forgetting ---------------------------------------------------------------------------------------------------

    @Test
    void aCancelledCallMakesRoomAndItsReplyIsReleased() {
        withLimits(RpcLimits.DEFAULT.withPending(1, 1 << 20));
        RpcFuture<ByteBuf> cancelled = peer.connection.call(Echo.BUFFER, Unpooled.copiedBuffer(Wire.pattern(9000)));
        RpcFuture<Void> next = ping();
        assertEquals(cancelled.xid(), peer.nextXid());
        peer.expectNothing();
        assertTrue(cancelled.cancel(false));
        assertEquals(next.xid(), peer.nextXid());
        peer.receive(Wire.success(cancelled.xid(), new Wire().opaque(Wire.pattern(9000)).bytes()), success(next));
        assertThrows(CancellationException.class, cancelled::join);
        assertTrue(next.isDone());
    }

    @Test
    void whoCompletesAFutureHimselfForgetsTheCallAsWell() {
        withLimits(RpcLimits.DEFAULT.withPending(1, 1 << 20));
        RpcFuture<ByteBuf> first = peer.connection.call(Echo.BUFFER, Unpooled.copyInt(1));
        RpcFuture<ByteBuf> second = peer.connection.call(Echo.BUFFER, Unpooled.copyInt(2));
        RpcFuture<Void> third = ping();
        first.complete(Unpooled.EMPTY_BUFFER);
        second.completeExceptionally(new IllegalStateException());
        assertEquals(first.xid(), peer.nextXid());
        assertEquals(second.xid(), peer.nextXid());
        assertEquals(third.xid(), peer.nextXid());
    }

    // ---- limits -------------------------------------------------------------------------------------------------------

    @Test
    void beyondTheLimitCallsWaitInOrderAndBeyondThatTheyFail() {
        withLimits(RpcLimits.DEFAULT.withPending(2, 1 << 20).withMaxWaitingCalls(2));
        List<RpcFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(ping());
        }
        peer.run();
        assertInstanceOf(TooManyCallsException.class, failure(calls.get(4)));
        assertEquals(calls.get(0).xid(), peer.nextXid());
        assertEquals(calls.get(1).xid(), peer.nextXid());
        peer.expectNothing();
        peer.receive(success(calls.get(1)));
        assertEquals(calls.get(2).xid(), peer.nextXid());
        peer.receive(success(calls.get(0)), success(calls.get(2)));
        assertEquals(calls.get(3).xid(), peer.nextXid());
    }

    @Test
    void theLimitOfBytesHoldsCallsBack() {
        withLimits(RpcLimits.DEFAULT.withPending(100, 1000));
        RpcFuture<ByteBuf> large = peer.connection.call(Echo.BUFFER, Unpooled.copiedBuffer(Wire.pattern(2000)));
        RpcFuture<Void> small = ping();
        assertEquals(large.xid(), peer.nextXid());
        peer.expectNothing();
        peer.receive(Wire.success(large.xid(), Wire.of(0).bytes()));
        assertEquals(small.xid(), peer.nextXid());
    }

    @Test
    void aSharedBudgetHoldsTheCallsOfOneConnectionBackForThoseOfAnother() {
        CallBudget budget = new CallBudget(1, 1 << 20);
        RpcConfig config = RpcConfig.builder().pendingBudget(budget).build();
        with(config);
        EmbeddedPeer other = new EmbeddedPeer(config);
        RpcFuture<Void> first = ping();
        RpcFuture<Void> second = other.connection.call(Echo.NULL, null);
        assertEquals(first.xid(), peer.nextXid());
        other.expectNothing();
        peer.receive(success(first));
        assertEquals(second.xid(), other.nextXid());
        RpcFuture<Void> third = ping();
        peer.expectNothing();
        other.close();
        assertInstanceOf(ConnectionLostException.class, failure(second));
        assertEquals(third.xid(), peer.nextXid());
        peer.receive(success(third));
        assertEquals(0, budget.calls());
        assertEquals(0, budget.bytes());
    }

    @Test
    void callsWaitWhileTheTransportIsFull() {
        peer.writable(false);
        RpcFuture<Void> call = ping();
        peer.expectNothing();
        peer.writable(true);
        assertEquals(call.xid(), peer.nextXid());
    }

    @Test
    void callsOfOneTurnAreOneWriteAndOneFlush() {
        for (int i = 0; i < 100; i++) {
            ping();
        }
        peer.run();
        assertEquals(1, peer.writes);
        assertEquals(1, peer.flushes);
    }

    @Test
    void callsMadeInCallbacksAreFlushedWithTheTurn() {
        RpcFuture<Void> first = ping();
        RpcFuture<Void> second = ping();
        first.thenRun(this::ping);
        second.thenRun(this::ping);
        peer.run();
        peer.flushes = 0;
        peer.receive(success(first), success(second));
        peer.run();
        assertEquals(1, peer.flushes);
    }

    // ---- failures of our own ------------------------------------------------------------------------------------------

    @Test
    void argumentsThatBreakABoundFailTheCallAndNothingIsSent() {
        RpcFuture<Echo.Choice> bad = peer.connection.call(Echo.CHOICE, new Echo.Choice(2, null));
        assertInstanceOf(XdrException.class, failure(bad));
        peer.expectNothing();
        RpcFuture<Void> good = ping();
        assertEquals(good.xid(), peer.nextXid());
    }

    @Test
    void argumentsAreReleasedOnceTheCallIsSentOrHasFailed() {
        ByteBuf sent = Unpooled.directBuffer().writeBytes(Wire.pattern(100));
        peer.connection.call(Echo.BUFFER, sent);
        assertEquals(0, sent.refCnt());
        peer.writable(false);
        ByteBuf waits = Unpooled.directBuffer().writeBytes(Wire.pattern(100));
        RpcFuture<ByteBuf> lost = peer.connection.call(Echo.BUFFER, waits);
        assertEquals(1, waits.refCnt());
        peer.channel.close();
        assertInstanceOf(ConnectionLostException.class, failure(lost));
        assertEquals(0, waits.refCnt());
    }

    @Test
    void anIdThatIsPendingIsNotUsedASecondTimeWhenIdsWrap() {
        RpcFuture<Void> old = ping();
        RpcFuture<Void> chosen = peer.connection.call(Echo.NULL, null, CallOptions.DEFAULT.withXid(old.xid() + 1));
        RpcFuture<Void> next = ping();
        assertEquals(old.xid() + 2, next.xid());
        peer.receive(success(next), success(chosen), success(old));
        assertTrue(old.isDone() && chosen.isDone() && next.isDone());
    }

    @Test
    void aConnectionInNoPipelineCannotCall() {
        RpcConnection nowhere = new RpcConnection(RpcConfig.DEFAULT);
        assertThrows(IllegalStateException.class, () -> nowhere.call(Echo.NULL, null));
    }

    @Test
    void anExceptionOfTheTransportIsTheCauseOfEveryLoss() {
        RpcFuture<Void> pending = ping();
        java.io.IOException broken = new java.io.IOException("broken");
        peer.channel.pipeline().fireExceptionCaught(broken);
        peer.run();
        assertEquals(broken, assertInstanceOf(ConnectionLostException.class, failure(pending)).getCause());
        assertEquals(new CloseCause(CloseCause.Kind.TRANSPORT, broken), peer.connection.closed().toCompletableFuture().join());
        RpcFuture<Void> late = ping();
        peer.run();
        assertInstanceOf(ConnectionLostException.class, failure(late));
    }

    // ---- flavors ------------------------------------------------------------------------------------------------------

    private static final int FLAVOR = 4242;

    /** Inverts bodies, signs headers by their length, and can be told to be unready or to be refused. */
    private static final class Inverting implements ClientAuth {
        CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);
        CompletionStage<Boolean> mended = CompletableFuture.completedStage(true);
        int attempts;

        @Override
        public CompletionStage<Void> ready(RpcCaller caller, int program, int version) {
            return ready;
        }

        @Override
        public CompletionStage<Boolean> refused(AuthStat stat) {
            return mended;
        }

        @Override
        public Attempt attempt(int program, int version, int procedure) {
            int number = ++attempts;
            return new Attempt() {
                @Override
                public OpaqueAuth credential() {
                    return new OpaqueAuth(FLAVOR, new byte[] {(byte) number});
                }

                @Override
                public OpaqueAuth verifier(ByteBuf header) {
                    return new OpaqueAuth(FLAVOR, ByteBufUtil.getBytes(header, header.readerIndex(), 4));
                }

                @Override
                public boolean wraps() {
                    return true;
                }

                @Override
                public ByteBuf wrapArguments(ByteBuf in) {
                    return invert(in);
                }

                @Override
                public void verify(OpaqueAuth verifier) throws ProtectionException {
                    if (verifier.flavor() != FLAVOR) {
                        throw new ProtectionException("not ours");
                    }
                }

                @Override
                public ByteBuf unwrapResults(ByteBuf in) throws ProtectionException {
                    if (in.readableBytes() < 8) {
                        in.release();
                        throw new ProtectionException("too short");
                    }
                    return invert(in);
                }
            };
        }

        private static ByteBuf invert(ByteBuf in) {
            byte[] bytes = inverted(ByteBufUtil.getBytes(in));
            in.release();
            return Unpooled.wrappedBuffer(bytes);
        }

        static byte[] inverted(byte[] bytes) {
            byte[] copy = bytes.clone();
            for (int i = 0; i < copy.length; i++) {
                copy[i] = (byte) ~copy[i];
            }
            return copy;
        }
    }

    private final Inverting inverting = new Inverting();

    private RpcFuture<String> callProtected() {
        RpcFuture<String> call = peer.connection.call(Echo.TEXT, "text", CallOptions.DEFAULT.withAuth(inverting));
        peer.run();
        return call;
    }

    private byte[] sent(int xid, int attempt) {
        return Wire.of(xid, 0, 2, Echo.PROGRAM, 1, 6, FLAVOR).opaque(new byte[] {(byte) attempt}).words(FLAVOR)
                .opaque(Wire.of(xid).bytes()).raw(Inverting.inverted(TEXT)).bytes();
    }

    private static byte[] reply(int xid, int flavor, byte[] results) {
        return Wire.of(xid, 1, 0, flavor, 0, 0).raw(results).bytes();
    }

    @Test
    void aFlavorProtectsArgumentsAndChecksReplies() {
        RpcFuture<String> call = callProtected();
        peer.expect(sent(call.xid(), 1));
        peer.receive(reply(call.xid(), FLAVOR, Inverting.inverted(TEXT)));
        assertEquals("text", call.join());
        RpcFuture<String> unprotected = callProtected();
        peer.receive(reply(unprotected.xid(), FLAVOR, TEXT));
        assertInstanceOf(MalformedReplyException.class, failure(unprotected));
        RpcFuture<String> unsigned = callProtected();
        peer.receive(reply(unsigned.xid(), 0, Inverting.inverted(TEXT)));
        assertInstanceOf(MalformedReplyException.class, failure(unsigned));
        RpcFuture<String> broken = callProtected();
        peer.receive(reply(broken.xid(), FLAVOR, Wire.of(1).bytes()));
        assertInstanceOf(MalformedReplyException.class, failure(broken));
    }

    @Test
    void aCallWaitsForItsFlavorAndFailsWithItOrWithTheConnection() {
        inverting.ready = new CompletableFuture<>();
        RpcFuture<String> call = callProtected();
        RpcFuture<Void> other = ping();
        assertEquals(other.xid(), peer.nextXid());
        inverting.ready.complete(null);
        peer.expect(sent(call.xid(), 1));
        inverting.ready = new CompletableFuture<>();
        RpcFuture<String> refused = callProtected();
        IllegalStateException noTicket = new IllegalStateException("no ticket");
        inverting.ready.completeExceptionally(noTicket);
        peer.run();
        assertEquals(noTicket, failure(refused));
        inverting.ready = new CompletableFuture<>();
        RpcFuture<String> lost = callProtected();
        peer.channel.close();
        peer.run();
        assertInstanceOf(ConnectionLostException.class, failure(lost));
        inverting.ready.complete(null);
        peer.run();
    }

    @Test
    void aRefusedCallIsMadeOnceMoreIfItsFlavorCanMendIt() {
        RpcFuture<String> call = callProtected();
        peer.expect(sent(call.xid(), 1));
        peer.receive(Wire.denied(call.xid(), 1, 14));
        peer.expect(sent(call.xid(), 2));
        peer.receive(Wire.denied(call.xid(), 1, 13));
        peer.run();
        assertEquals(AuthStat.RPCSEC_GSS_CREDPROBLEM, assertInstanceOf(AuthException.class, failure(call)).stat());
        inverting.mended = CompletableFuture.completedStage(false);
        RpcFuture<String> hopeless = callProtected();
        peer.receive(Wire.denied(hopeless.xid(), 1, 14));
        peer.run();
        assertInstanceOf(AuthException.class, failure(hopeless));
    }

    @Test
    void aLargeProtectedCallIsWhole() {
        byte[] text = new byte[5000];
        Arrays.fill(text, (byte) 'x');
        RpcFuture<String> call = peer.connection.call(Echo.TEXT, new String(text, StandardCharsets.US_ASCII),
                CallOptions.DEFAULT.withAuth(inverting));
        byte[] message = peer.next();
        byte[] body = Inverting.inverted(new Wire().opaque(text).bytes());
        assertArrayEquals(body, Arrays.copyOfRange(message, message.length - body.length, message.length));
        assertFalse(call.isDone());
    }
}
