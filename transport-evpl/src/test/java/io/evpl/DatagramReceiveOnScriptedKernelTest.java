package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static io.evpl.linux.uring.UringAbi.OP_ASYNC_CANCEL;
import static io.evpl.linux.uring.UringAbi.OP_RECVMSG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DatagramReceiveOnScriptedKernelTest extends ScriptedDatagramFixture {
    private static final int SMALLEST_GROUP = 1;

    @Test
    void oneMultishotReceiveServesASocketForLife() {
        useChannel(true);
        for (int i = 0; i < 300; i++) { // more than there are buffers
            receive("hello", ALICE);
            assertEquals(List.of("hello from 1001", "complete"), take());
        }
        assertEquals(1, kernel.submissions(OP_RECVMSG));
        assertEquals(256, kernel.buffers(SMALLEST_GROUP).available(), "every buffer is lent again");
    }

    @Test
    void whatIsReapedTogetherIsOneReadAndKeepsItsBoundaries_U2() {
        useChannel(true);
        Submission recv = kernel.only(OP_RECVMSG);
        recv.receiveDatagram(bytes("one"), ALICE);
        recv.receiveDatagram(bytes("two"), BOB);
        recv.receiveDatagram(bytes("three"), ALICE);
        loop.turn();
        assertEquals(List.of("one from 1001", "two from 1002", "three from 1001", "complete"), take());
    }

    @Test
    @SuppressWarnings("deprecation") // the option is the only way without an allocator of one's own
    void readsAreNoLongerThanTheUserAllows() {
        useChannel(true);
        channel.config().setMaxMessagesPerRead(2);
        Submission recv = kernel.only(OP_RECVMSG);
        for (String one : List.of("a", "b", "c")) {
            recv.receiveDatagram(bytes(one), ALICE);
        }
        loop.turn();
        assertEquals(List.of("a from 1001", "b from 1001", "complete", "c from 1001", "complete"), take());
    }

    @Test
    void anEmptyDatagramIsPassedOnAndTheMultishotThatItEndsIsArmedAgain() {
        useChannel(true);
        receive("", ALICE);
        receive("x", BOB);
        assertEquals(List.of(" from 1001", "complete", "x from 1002", "complete"), take());
        assertEquals(2, kernel.submissions(OP_RECVMSG));
    }

    @Test
    void aBurstThatTakesAllBuffersIsReceivedWithoutAStall() {
        useChannel(true);
        Submission recv = kernel.only(OP_RECVMSG);
        int burst = 0;
        while (recv.isInFlight()) {
            recv.receiveDatagram(bytes("x"), ALICE);
            burst++;
        }
        loop.turn();
        assertEquals(256, burst - 1, "as many as there are buffers, then ENOBUFS");
        assertEquals(256, take().stream().filter("x from 1001"::equals).count());
        assertTrue(kernel.only(OP_RECVMSG).selectsBuffer());
        receive("y", BOB);
        assertEquals(List.of("y from 1002", "complete"), take());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINTR, Errno.EAGAIN, Errno.ECANCELED})
    void aReceiveThatWasInterruptedIsArmedAgain(int errno) {
        useChannel(true);
        complete(kernel.only(OP_RECVMSG), -errno);
        receive("a", ALICE);
        assertEquals(List.of("a from 1001", "complete"), take());
    }

    @Test
    void anErrorOfAReceiveIsToldAndReceivingGoesOn_L11() {
        useChannel(true);
        complete(kernel.only(OP_RECVMSG), -Errno.ECONNREFUSED);
        receive("a", ALICE);
        List<String> told = take();
        assertTrue(told.get(0).startsWith("java.net.PortUnreachableException"), told::toString);
        assertEquals(List.of("a from 1001", "complete"), told.subList(1, told.size()));
        assertTrue(channel.isOpen());
    }

    @Test
    void aDatagramThatIsLongerThanItsBufferIsReportedAndNotPassedOn_L21() {
        useChannel(true);
        receive("z".repeat(5000), ALICE);
        List<String> told = take();
        assertEquals(1, told.size(), told::toString);
        assertTrue(told.get(0).startsWith("TruncatedDatagram[sender=/192.0.2.1:1001, receivedBytes=2"), told::toString);
        assertTrue(told.get(0).endsWith("actualBytes=5000]"), told::toString);
        assertEquals(1, channel.truncatedDatagrams());
        receive("a", BOB);
        assertEquals(List.of("a from 1002", "complete"), take());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void largerDatagramsHaveARingOfTheirSize(boolean changedWhileReceiving) {
        useLoop(ScriptedFeatures.all());
        if (changedWhileReceiving) {
            useChannel(true);
            loop.run(() -> channel.config().setMaxDatagramPayloadSize(5000));
        } else {
            useChannel(false);
            loop.run(() -> channel.config().setMaxDatagramPayloadSize(5000).setAutoRead(true));
        }
        assertEquals(SMALLEST_GROUP + 2, kernel.only(OP_RECVMSG).bufGroup(), "8 KiB");
        receive("z".repeat(5000), ALICE);
        assertEquals(List.of("z".repeat(5000) + " from 1001", "complete"), take());
    }

    @Test
    void aSmallDatagramLeavesALargeBufferToTheKernel_L18() {
        useChannel(false);
        loop.run(() -> channel.config().setMaxDatagramPayloadSize(65507).setAutoRead(true));
        int group = kernel.only(OP_RECVMSG).bufGroup();
        int lent = kernel.buffers(group).available();
        receive("tiny", ALICE);
        assertEquals(List.of("tiny from 1001", "complete"), take());
        assertEquals(lent, kernel.buffers(group).available());
    }

    @ParameterizedTest
    @EnumSource(value = RingFeature.class, names = {"MULTISHOT_RECVMSG", "BUFFER_RING"})
    void withoutTheFeatureEachReceiveBringsItsBuffer(RingFeature missing) {
        useLoop(ScriptedFeatures.allBut(missing));
        useChannel(true);
        for (int i = 1; i <= 3; i++) {
            assertFalse(kernel.only(OP_RECVMSG).selectsBuffer());
            receive("hello", ALICE);
            assertEquals(List.of("hello from 1001", "complete"), take());
            assertEquals(i + 1, kernel.submissions(OP_RECVMSG));
        }
        receive("z".repeat(5000), BOB);
        assertEquals(1, channel.truncatedDatagrams());
    }

    // ---- without auto-read

    @Test
    void oneReadReceivesOnce() {
        useChannel(false);
        assertEquals(0, kernel.submissions(OP_RECVMSG));
        loop.run(channel::read);
        receive("a", ALICE);
        assertEquals(List.of("a from 1001", "complete"), take());
        assertEquals(0, kernel.inFlight(OP_RECVMSG).size());
    }

    @Test
    void autoReadOffStopsTheReceiveAndWhatHadComeWaitsForARead() {
        useChannel(true);
        Submission recv = kernel.only(OP_RECVMSG);
        onRead = () -> channel.config().setAutoRead(false);
        recv.receiveDatagram(bytes("a"), ALICE);
        recv.receiveDatagram(bytes("b"), BOB);
        loop.turn();
        assertEquals("a from 1001", take().get(0));
        assertFalse(recv.isInFlight(), "cancelled");
        onRead = () -> { };
        assertEquals(0, kernel.inFlight(OP_RECVMSG).size());
        loop.run(channel::read);
        assertEquals(List.of("b from 1002", "complete"), take());
    }

    // ---- closing

    @Test
    void closeTakesTheReceiveBackAndWaitsForIt() {
        useChannel(true);
        kernel.on(OP_ASYNC_CANCEL, operation -> operation.complete(-Errno.EALREADY));
        Submission recv = kernel.only(OP_RECVMSG);
        loop.run(channel::close);
        assertFalse(channel.isOpen());
        assertFalse(channel.closeFuture().isDone());
        recv.receiveDatagram(bytes("late"), ALICE);
        complete(recv, -Errno.ECANCELED);
        assertTrue(channel.closeFuture().isDone());
        assertEquals(List.of(), take(), "what comes after the close is nobody's");
        assertEquals(256, kernel.buffers(SMALLEST_GROUP).available());
    }

    @Test
    void closeInsideChannelReadDropsTheRest() {
        useChannel(true);
        onRead = () -> channel.close();
        Submission recv = kernel.only(OP_RECVMSG);
        recv.receiveDatagram(bytes("a"), ALICE);
        recv.receiveDatagram(bytes("b"), ALICE);
        loop.turn();
        assertEquals("a from 1001", take().get(0));
        assertTrue(channel.closeFuture().isDone());
        assertEquals(0, loop.inFlight());
    }
}
