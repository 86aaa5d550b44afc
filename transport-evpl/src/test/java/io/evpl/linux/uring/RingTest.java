package io.evpl.linux.uring;

import io.evpl.linux.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RingTest {
    private static final int SQ_ENTRIES = 4;
    private static final int CQ_ENTRIES = 8;
    private static final int ALL = Integer.MAX_VALUE;

    private ScriptedKernel kernel = ScriptedKernel.of(SQ_ENTRIES, CQ_ENTRIES);
    private Ring ring = new Ring(kernel, kernel.memory());
    private final List<Long> completed = new ArrayList<>();
    private final CompletionSink sink = (userData, res, flags) -> completed.add(userData);

    private void use(ScriptedKernel other) {
        kernel = other;
        ring = new Ring(other, other.memory());
    }

    private void nops(long from, int count) {
        for (int i = 0; i < count; i++) {
            Sqe.nop(ring.sqe(), from + i);
        }
    }

    private static List<Long> range(long from, int count) {
        return LongStream.range(from, from + count).boxed().toList();
    }

    @Test
    void anEntryArrivesAsItWasFilled() {
        Sqe.recvSelect(ring.sqe(), 17, UringAbi.RECV_MULTISHOT, 3, 0x1234_5678_9abc_def0L);
        ring.submit();
        Submission recv = kernel.only(UringAbi.OP_RECV);
        assertEquals(17, recv.fd());
        assertEquals(3, recv.bufGroup());
        assertEquals(0x1234_5678_9abc_def0L, recv.userData());
        assertTrue(recv.isMultishot() && recv.selectsBuffer());
    }

    @Test
    void preparedEntriesCountAsUnsubmittedUntilTheKernelTookThem() {
        nops(0, 3);
        assertEquals(3, ring.unsubmitted());
        kernel.nextEnters(2);
        assertEquals(2, ring.submit());
        assertEquals(1, ring.unsubmitted());
        assertEquals(1, ring.submit());
        assertEquals(0, ring.unsubmitted());
        ring.reap(ALL, sink);
        assertEquals(range(0, 3), completed);
    }

    @Test
    void aFullSubmissionQueueIsHandedOverAndPreparingGoesOn() {
        nops(0, 3 * SQ_ENTRIES);
        assertEquals(2, kernel.enters(), "entered only when the queue was full");
        ring.submit();
        while (ring.hasWork()) {
            if (ring.reap(ALL, sink) == 0) {
                ring.submit();
            }
        }
        assertEquals(range(0, 3 * SQ_ENTRIES), completed);
    }

    @Test
    void aFullQueueThatTheKernelDoesNotTakeIsAnErrorThatSaysSo() {
        nops(0, SQ_ENTRIES);
        kernel.nextEnters(-Errno.EBUSY);
        IllegalStateException e = assertThrows(IllegalStateException.class, ring::sqe);
        assertTrue(e.getMessage().contains("must be reaped"), e.getMessage());
        ring.submit();
        ring.reap(ALL, sink);
        assertEquals(range(0, SQ_ENTRIES), completed, "nothing was lost");
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINTR, Errno.ETIME, Errno.EAGAIN, Errno.EBUSY})
    void valuesAmongTheErrorsAreReturnedAndWhatIsPreparedStays(int errno) {
        nops(0, 2);
        kernel.nextEnters(-errno);
        assertEquals(-errno, ring.submit());
        assertEquals(2, ring.unsubmitted());
        assertEquals(2, ring.submit());
        ring.reap(ALL, sink);
        assertEquals(range(0, 2), completed);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EBADF, Errno.EFAULT, Errno.EINVAL, Errno.EBADR})
    void errorsThatOnlyABugOfOursCanCauseAreAssertionErrorsThatShowTheRing(int errno) {
        nops(0, 1);
        kernel.nextEnters(-errno);
        AssertionError e = assertThrows(AssertionError.class, ring::submit);
        assertTrue(e.getMessage().contains("Ring[sq"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -3, Integer.MAX_VALUE, Integer.MAX_VALUE - 2})
    void indexesWrapAfterTwoToThe32(int firstIndex) {
        use(ScriptedKernel.startingAt(firstIndex, SQ_ENTRIES, CQ_ENTRIES));
        for (int round = 0; round < 5; round++) {
            completed.clear();
            nops(round * 10L, SQ_ENTRIES);
            assertEquals(SQ_ENTRIES, ring.unsubmitted());
            assertEquals(SQ_ENTRIES, ring.submit());
            assertTrue(ring.hasCompletions());
            assertEquals(SQ_ENTRIES, ring.reap(ALL, sink));
            assertFalse(ring.hasCompletions());
            assertEquals(range(round * 10L, SQ_ENTRIES), completed);
        }
    }

    @Test
    void theIndirectionOfOlderKernelsIsTheIdentity() {
        use(ScriptedKernel.withSqArray(SQ_ENTRIES, CQ_ENTRIES));
        for (int round = 0; round < 3; round++) {
            completed.clear();
            nops(round, 3);
            ring.submit();
            ring.reap(ALL, sink);
            assertEquals(range(round, 3), completed);
        }
    }

    @Test
    void reapStopsAtItsBudgetAndGoesOnThere() {
        nops(0, SQ_ENTRIES);
        ring.submit();
        assertEquals(3, ring.reap(3, sink));
        assertEquals(range(0, 3), completed);
        assertEquals(0, ring.reap(0, sink));
        assertEquals(1, ring.reap(3, sink));
        assertEquals(range(0, SQ_ENTRIES), completed);
    }

    @Test
    void completionsThatCallbacksCauseWaitForTheNextReap() {
        nops(0, 1);
        ring.submit();
        int count = ring.reap(ALL, (userData, res, flags) -> {
            completed.add(userData);
            if (userData < 3) {
                nops(userData + 1, 1);
                ring.submit();
            }
        });
        assertEquals(1, count);
        assertEquals(range(0, 1), completed);
        assertTrue(ring.hasCompletions());
    }

    @Test
    void aSinkThatThrowsLosesNoCompletion() {
        nops(0, 3);
        ring.submit();
        assertThrows(IllegalStateException.class, () -> ring.reap(ALL, (userData, res, flags) -> {
            completed.add(userData);
            throw new IllegalStateException();
        }));
        ring.reap(ALL, sink);
        assertEquals(range(0, 3), completed);
    }

    @Test
    void anOverflownCompletionQueueDeliversEverythingInOrder() {
        for (int i = 0; i < 5; i++) {
            nops(i * (long) SQ_ENTRIES, SQ_ENTRIES);
            ring.submit();
        }
        assertTrue(ring.wantsEnter(), "the kernel says that it holds some back");
        while (ring.hasWork()) {
            ring.reap(ALL, sink);
            ring.submit();
        }
        assertEquals(range(0, 5 * SQ_ENTRIES), completed);
        assertEquals(0, ring.dropped());
        assertFalse(ring.wantsEnter());
    }

    @Test
    void heldBackTaskWorkIsSeenInMemoryAndComesWithTheNextEnter() {
        kernel.deferTaskWork();
        Sqe.poll(ring.sqe(), 5, 1, 77);
        ring.submit();
        assertFalse(ring.hasWork());
        kernel.only(UringAbi.OP_POLL_ADD).complete(1);
        assertTrue(ring.wantsEnter() && ring.hasWork());
        assertFalse(ring.hasCompletions());
        ring.submit();
        assertTrue(ring.hasCompletions());
        assertFalse(ring.wantsEnter());
        ring.reap(ALL, sink);
        assertEquals(List.of(77L), completed);
    }

    @Test
    void aFlagThatComesAfterItsWorkIsNotBelievedAgainAndHidesNoWork() {
        kernel.deferTaskWork();
        Sqe.poll(ring.sqe(), 5, 1, 77);
        ring.submit();
        kernel.tellOfTaskWorkTooLate();
        assertTrue(ring.hasWork());
        ring.submit();
        assertTrue(ring.wantsEnter(), "the flag stays");
        assertFalse(ring.hasWork(), "a loop would never sleep");

        long before = ring.enters();
        assertFalse(ring.look());
        assertEquals(1, ring.enters() - before, "memory does not tell, so the kernel is asked");
        kernel.only(UringAbi.OP_POLL_ADD).complete(1);
        assertTrue(ring.look());
        ring.reap(ALL, sink);
        assertEquals(List.of(77L), completed);

        before = ring.enters();
        assertFalse(ring.look());
        assertEquals(0, ring.enters() - before, "with new work the flag is right again");
    }

    @Test
    void waitingEndsWithTheTimeOrACompletion() {
        assertEquals(0, ring.submitAndWait(1000));
        kernel.onSleep(timeoutNs -> {
            kernel.completeUnknown(5, 0, 0);
            return 0;
        });
        assertEquals(0, ring.submitAndWait(RingKernel.FOREVER));
        ring.reap(ALL, sink);
        assertEquals(List.of(5L), completed);
    }

    @Test
    void everyEntryIntoTheKernelIsCounted() {
        long before = ring.enters();
        nops(0, 1);
        ring.submit();
        ring.submitAndWait(1);
        assertEquals(2, ring.enters() - before);
    }

    @Test
    void closingTheRingClosesItsKernel() {
        ring.close();
        assertTrue(kernel.isClosed());
    }
}
