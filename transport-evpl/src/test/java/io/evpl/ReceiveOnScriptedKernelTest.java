package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.ScriptedSocket;
import io.evpl.linux.uring.Submission;
import io.evpl.linux.uring.UringAbi;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.evpl.uring.ScriptedTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static io.evpl.linux.uring.UringAbi.OP_ASYNC_CANCEL;
import static io.evpl.linux.uring.UringAbi.OP_POLL_ADD;
import static io.evpl.linux.uring.UringAbi.OP_RECV;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReceiveOnScriptedKernelTest extends ScriptedChannelFixture {
    private void receive(String text) {
        kernel.only(OP_RECV).receive(bytes(text));
        loop.turn();
    }

    private void complete(Submission operation, int res) {
        operation.complete(res);
        loop.turn();
    }

    // ---- auto-read

    @Test
    void oneMultishotReceiveServesAConnectionForLife() {
        useConnection(true);
        for (int i = 0; i < 10; i++) {
            receive("hello");
            assertEquals(List.of("hello", "complete"), log.take());
        }
        assertEquals(1, kernel.submissions(OP_RECV));
    }

    @Test
    void whatIsReapedTogetherIsOneRead() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.receive(bytes("a"));
        recv.receive(bytes("b"));
        recv.receive(bytes("c"));
        loop.turn();
        assertEquals(List.of("a", "b", "c", "complete"), log.take());
    }

    @Test
    @SuppressWarnings("deprecation") // the option is the only way without an allocator of one's own
    void readsAreNoLongerThanTheUserAllows() {
        useConnection(true);
        channel.config().setOption(ChannelOption.MAX_MESSAGES_PER_READ, 2);
        Submission recv = kernel.only(OP_RECV);
        for (String one : List.of("a", "b", "c")) {
            recv.receive(bytes(one));
        }
        loop.turn();
        assertEquals(List.of("a", "b", "complete", "c", "complete"), log.take());
    }

    @Test
    void aMultishotThatTheKernelEndsIsArmedAgain() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.receive(bytes("a"));
        complete(recv, -Errno.EAGAIN);
        receive("b");
        assertEquals(List.of("a", "complete", "b", "complete"), log.take());
        assertEquals(2, kernel.submissions(OP_RECV));
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINTR, Errno.EAGAIN, Errno.ECANCELED})
    void aReceiveThatWasInterruptedIsArmedAgain(int errno) {
        useConnection(true);
        complete(kernel.only(OP_RECV), -errno);
        receive("a");
        assertEquals(List.of("a", "complete"), log.take());
    }

    @Test
    void withoutBuffersOneReceiveBringsItsOwnAndTheNextUsesTheRingAgain() {
        useConnection(true);
        complete(kernel.only(OP_RECV), -Errno.ENOBUFS);
        Submission own = kernel.only(OP_RECV);
        assertFalse(own.selectsBuffer());
        assertEquals(1, loop.loop().traffic(Protocol.TCP).read(TrafficMetric.BUFFERS_EXHAUSTED));
        receive("a");
        assertEquals(List.of("a", "complete"), log.take());
        assertTrue(kernel.only(OP_RECV).selectsBuffer());
        receive("b");
        assertEquals(List.of("b", "complete"), log.take());
    }

    @Test
    void aSmallMessageLeavesItsBufferToTheKernel_L18() {
        useLoop(ScriptedFeatures.allBut(RingFeature.INCREMENTAL_BUFFERS));
        useConnection(true);
        List<ByteBuf> kept = keepAll();
        for (int i = 0; i < 10; i++) {
            kernel.only(OP_RECV).receive(bytes("small " + i));
            loop.turn();
            assertEquals(ScriptedTransport.BUFFERS, kernel.buffers(ScriptedTransport.BUFFER_GROUP).available());
        }
        for (int i = 0; i < 10; i++) {
            assertEquals("small " + i, kept.get(i).toString(StandardCharsets.US_ASCII));
            assertEquals(1, kept.get(i).refCnt(), "of its own");
            assertTrue(kept.get(i).release());
        }
    }

    @Test
    void aBufferIsLentAgainOnlyWhenNobodyHasAPieceOfIt_L18() {
        useConnection(true);
        List<ByteBuf> kept = keepAll();
        List<String> sent = new ArrayList<>();
        for (int bytes : new int[] {40, 20, 4, 10, 20, 30, 4, 50, 14, 64, 33, 31}) { // small are up to 32, buffers are of 64
            String text = String.valueOf((char) ('a' + sent.size())).repeat(bytes);
            sent.add(text);
            kernel.only(OP_RECV).receive(bytes(text));
            loop.turn();
            assertEquals(ScriptedTransport.BUFFERS, kernel.buffers(ScriptedTransport.BUFFER_GROUP).available());
        }
        assertEquals(sent, kept.stream().map(buf -> buf.toString(StandardCharsets.US_ASCII)).toList());
        kept.forEach(ByteBuf::release);
    }

    private List<ByteBuf> keepAll() {
        List<ByteBuf> kept = new ArrayList<>();
        loop.run(() -> channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                kept.add((ByteBuf) message);
            }
        }));
        return kept;
    }

    @Test
    void aBurstThatTakesAllBuffersIsReceivedWhole() {
        useConnection(true);
        ScriptedSocket socket = kernel.socket(channel.fd);
        String burst = "0123456789".repeat(30);
        Submission recv = kernel.only(OP_RECV);
        int taken = recv.receive(bytes(burst));
        assertFalse(recv.isInFlight(), "out of buffers");
        socket.arrives(bytes(burst.substring(taken)));
        loop.turn();
        StringBuilder received = new StringBuilder();
        log.take().stream().filter(word -> !word.equals("complete")).forEach(received::append);
        assertEquals(burst, received.toString());
    }

    @Test
    void usedUpBuffersAreReplaced() {
        useConnection(true);
        String whole = "x".repeat(ScriptedTransport.BUFFER_BYTES);
        for (int i = 0; i < 10; i++) {
            receive(whole);
            assertEquals(List.of(whole, "complete"), log.take());
            assertEquals(ScriptedTransport.BUFFERS, loop.lentBuffers());
        }
    }

    @Test
    void withoutABufferRingEachReceiveBringsItsOwnBuffer() {
        useLoop(ScriptedFeatures.none());
        useConnection(true);
        for (int i = 0; i < 3; i++) {
            assertFalse(kernel.only(OP_RECV).selectsBuffer());
            receive("abc");
            assertEquals(List.of("abc", "complete"), log.take());
        }
    }

    @Test
    void withoutIncrementalBuffersEachReceiveTakesAWholeOne() {
        useLoop(ScriptedFeatures.allBut(RingFeature.INCREMENTAL_BUFFERS));
        useConnection(true);
        for (int i = 0; i < 5; i++) {
            receive("abc");
            assertEquals(List.of("abc", "complete"), log.take());
            assertEquals(ScriptedTransport.BUFFERS, loop.lentBuffers());
        }
    }

    @ParameterizedTest
    @EnumSource(RingFeature.class)
    void everyFeatureCanBeMissing(RingFeature feature) {
        useLoop(ScriptedFeatures.allBut(feature));
        useConnection(true);
        receive("abc");
        receive("def");
        assertEquals(List.of("abc", "complete", "def", "complete"), log.take());
        complete(kernel.only(OP_RECV), 0);
        assertFalse(channel.isOpen());
    }

    // ---- read()

    @Test
    void eachReadIsAnsweredByOneReadAndOneReadComplete() {
        useConnection(false);
        assertEquals(0, kernel.inFlight(OP_RECV).size());
        for (String one : List.of("a", "b", "c")) {
            loop.run(channel::read);
            assertFalse(kernel.only(OP_RECV).isMultishot());
            receive(one);
            assertEquals(List.of(one, "complete"), log.take());
            assertEquals(0, kernel.inFlight(OP_RECV).size());
        }
    }

    @Test
    void readingTwiceArmsOneReceive() {
        useConnection(false);
        loop.run(() -> channel.read().read());
        assertEquals(1, kernel.submissions(OP_RECV));
        receive("a");
        assertEquals(List.of("a", "complete"), log.take());
    }

    @Test
    void readInChannelReadAsksForTheNextRead() {
        useConnection(false);
        log.onRead(() -> channel.read());
        loop.run(channel::read);
        receive("a");
        assertEquals(List.of("a", "complete"), log.take());
        receive("b");
        assertEquals(List.of("b", "complete"), log.take());
    }

    @Test
    void readInChannelReadCompleteAsksForTheNextRead() {
        useConnection(false);
        log.onReadComplete(() -> channel.read());
        loop.run(channel::read);
        receive("a");
        receive("b");
        assertEquals(List.of("a", "complete", "b", "complete"), log.take());
    }

    @Test
    void autoReadOffCancelsTheMultishotAndHoldsTheSurplusBack() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        loop.run(() -> channel.config().setAutoRead(false));
        assertEquals(1, kernel.submissions(OP_ASYNC_CANCEL));
        recv.receive(bytes("a"));
        recv.receive(bytes("b"));
        loop.turn();
        complete(recv, -Errno.ECANCELED);
        assertEquals(List.of(), log.take());
        assertEquals(0, kernel.inFlight(OP_RECV).size());
        loop.run(channel::read);
        assertEquals(List.of("a", "complete"), log.take());
        loop.run(channel::read);
        assertEquals(List.of("b", "complete"), log.take());
        assertEquals(0, kernel.inFlight(OP_RECV).size(), "nothing was asked of the kernel yet");
        loop.run(channel::read);
        receive("c");
        assertEquals(List.of("c", "complete"), log.take());
    }

    @Test
    void autoReadOnAgainPassesTheSurplusOnInOrder() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        loop.run(() -> channel.config().setAutoRead(false));
        recv.receive(bytes("a"));
        recv.receive(bytes("b"));
        complete(recv, -Errno.ECANCELED);
        loop.run(() -> channel.config().setAutoRead(true));
        receive("c");
        assertEquals("abc", String.join("", log.take()).replace("complete", ""));
    }

    @Test
    void autoReadOffAndOnBeforeTheCancellationCompletesGoesOn() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        loop.run(() -> channel.config().setAutoRead(false));
        loop.run(() -> channel.config().setAutoRead(true));
        complete(recv, -Errno.ECANCELED);
        receive("a");
        assertEquals(List.of("a", "complete"), log.take());
    }

    @Test
    void autoReadOffInChannelReadEndsTheReadThere() {
        useConnection(true);
        log.onRead(() -> channel.config().setAutoRead(false));
        Submission recv = kernel.only(OP_RECV);
        recv.receive(bytes("a"));
        recv.receive(bytes("b"));
        loop.turn();
        assertEquals(List.of("a", "complete"), log.take());
        loop.run(channel::read);
        assertEquals(List.of("b", "complete"), log.take());
    }

    // ---- the end

    @Test
    void theEndOfTheStreamClosesTheChannel() {
        useConnection(true);
        kernel.only(OP_RECV).receive(bytes("a"));
        complete(kernel.only(OP_RECV), 0);
        assertEquals(List.of("a", "complete", "inactive"), log.take());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void theEndWaitsBehindQueuedData() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        loop.run(() -> channel.config().setAutoRead(false));
        recv.receive(bytes("a"));
        recv.receive(bytes("b"));
        complete(recv, 0);
        assertTrue(channel.isOpen());
        loop.run(channel::read);
        assertEquals(List.of("a", "complete"), log.take());
        loop.run(channel::read);
        assertEquals(List.of("b", "complete", "inactive"), log.take());
    }

    @Test
    void withHalfClosureTheEndIsAnEventAndTheOutputGoesOn() {
        useConnection(true);
        channel.config().setAllowHalfClosure(true);
        complete(kernel.only(OP_RECV), 0);
        assertEquals(List.of("input ended"), log.take());
        assertTrue(channel.isOpen() && channel.isInputShutdown() && !channel.isOutputShutdown());
        assertEquals(0, kernel.inFlight(OP_RECV).size());
        loop.run(channel::read);
        assertEquals(0, kernel.inFlight(OP_RECV).size(), "nothing is received after the end");
        loop.run(() -> channel.writeAndFlush(buffer("bye")));
        complete(kernel.only(UringAbi.OP_SEND), 3);
    }

    @Test
    void theEndIsToldOnce() {
        useConnection(true);
        channel.config().setAllowHalfClosure(true);
        loop.run(() -> channel.shutdownInput());
        complete(kernel.only(OP_RECV), 0);
        loop.run(channel::read);
        long ended = log.take().stream().filter("input ended"::equals).count();
        assertTrue(ended <= 1, () -> "told " + ended + " times");
        assertTrue(channel.isOpen());
    }

    @Test
    void aResetIsAnExceptionAndThenInactive() {
        useConnection(true);
        complete(kernel.only(OP_RECV), -Errno.ECONNRESET);
        List<String> words = log.take();
        assertEquals(2, words.size(), words::toString);
        assertTrue(words.get(0).contains("ECONNRESET"), words::toString);
        assertEquals("inactive", words.get(1));
    }

    @Test
    void aPeerThatGoesWhileNobodyReadsIsNoticed() {
        useConnection(false);
        ScriptedSocket socket = kernel.socket(channel.fd);
        Submission watch = kernel.inFlight(OP_POLL_ADD).stream().filter(poll -> poll.fd() == channel.fd).findFirst()
                .orElseThrow();
        socket.ends();
        complete(watch, 0x2000);
        assertEquals(List.of("inactive"), log.take());
    }

    @Test
    void whatAPeerThatHasGoneLeftIsPassedOnBeforeTheEnd() {
        useConnection(false);
        ScriptedSocket socket = kernel.socket(channel.fd);
        socket.arrives(bytes("last words"));
        socket.ends();
        Submission watch = kernel.inFlight(OP_POLL_ADD).stream().filter(poll -> poll.fd() == channel.fd).findFirst()
                .orElseThrow();
        complete(watch, 0x2000);
        assertEquals(List.of("last words", "complete", "inactive"), log.take());
    }

    @Test
    void dataThatCompletesAfterTheCloseIsNotPassedOn() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        loop.run(channel::close);
        recv.receive(bytes("late"));
        loop.turn();
        complete(recv, -Errno.ECANCELED);
        assertEquals(List.of("inactive"), log.take());
        assertEquals(ScriptedTransport.BUFFERS, loop.lentBuffers());
    }

    @Test
    void dataInTheSameBatchAsTheUsersCloseIsNotPassedOn() {
        useConnection(true);
        log.onRead(() -> channel.close());
        Submission recv = kernel.only(OP_RECV);
        recv.receive(bytes("a"));
        recv.receive(bytes("b"));
        loop.turn();
        List<String> words = log.take();
        assertFalse(words.contains("b"), words::toString);
        assertEquals("inactive", words.getLast());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void anErrorThatCompletesAfterTheCloseIsNotPassedOn() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        loop.run(channel::close);
        complete(recv, -Errno.ECONNRESET);
        assertEquals(List.of("inactive"), log.take());
    }
}
