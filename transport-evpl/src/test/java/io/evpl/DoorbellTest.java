package io.evpl;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DoorbellTest {
    private final VirtualLoop virtual = new VirtualLoop();
    private final EvplEventLoop loop = virtual.loop();
    private final AtomicInteger answers = new AtomicInteger();
    private final Doorbell doorbell = loop.newDoorbell(answers::incrementAndGet);

    @AfterEach
    void end() {
        virtual.close();
    }

    @Test
    @DisplayName("B1 a ring wakes a sleeping loop and is answered")
    void aRingWakesTheLoopAndIsAnswered_B1() {
        for (int i = 1; i <= 100; i++) {
            virtual.awaitSleep();
            doorbell.ring();
            int expected = i;
            VirtualLoop.await(() -> answers.get() == expected);
        }
    }

    @Test
    @DisplayName("B2 rings before the answer are one; each of them is answered")
    void ringsBeforeTheAnswerAreOne_B2() throws Exception {
        CountDownLatch rung = new CountDownLatch(1);
        loop.execute(() -> await(rung));
        for (int i = 0; i < 1000; i++) {
            doorbell.ring();
        }
        rung.countDown();
        virtual.settle();
        assertTrue(answers.get() >= 1 && answers.get() <= 2, answers::toString);
    }

    @Test
    @DisplayName("B3 closed in its own callback it has called back once and never does again")
    void closedInItsOwnCallbackItHasCalledBackOnce_B3() {
        AtomicInteger count = new AtomicInteger();
        Doorbell[] self = new Doorbell[1];
        self[0] = loop.newDoorbell(() -> {
            count.incrementAndGet();
            self[0].ring();
            self[0].close();
            self[0].ring();
        });
        self[0].ring();
        virtual.settle();
        self[0].ring();
        virtual.settle();
        assertEquals(1, count.get());
    }

    @Test
    @DisplayName("B4 after close has returned nothing comes, also of a ring not yet answered in the same pass")
    void afterCloseNothingComes_B4() throws Exception {
        CountDownLatch rung = new CountDownLatch(1);
        Doorbell closing = loop.newDoorbell(doorbell::close);
        loop.execute(() -> await(rung));
        closing.ring();
        doorbell.ring();
        rung.countDown();
        virtual.settle();
        doorbell.ring();
        virtual.run(doorbell::close);
        virtual.settle();
        assertEquals(0, answers.get());
    }

    @Test
    @DisplayName("B5 a bell's place is free for others after it was closed")
    void anotherBellTakesThePlace_B5() {
        for (int i = 1; i <= 100; i++) {
            AtomicInteger count = new AtomicInteger();
            Doorbell next = loop.newDoorbell(count::incrementAndGet);
            next.ring();
            virtual.settle();
            virtual.run(next::close);
            assertEquals(1, count.get());
        }
    }

    @Test
    void bellsAreAnsweredInTheOrderInWhichTheyWereRung() {
        List<Integer> order = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        virtual.run(() -> {
            for (int i = 0; i < 1000; i++) { // L1: more than libevpl's 256
                int number = i;
                expected.add(number);
                loop.newDoorbell(() -> order.add(number)).ring();
            }
        });
        virtual.settle();
        assertEquals(expected, virtual.call(() -> order));
    }

    @Test
    void aBellThatRingsItselfIsAnsweredOnceATurnAndTheLoopGoesOn() {
        List<Long> turns = new ArrayList<>();
        Doorbell[] self = new Doorbell[1];
        self[0] = loop.newDoorbell(() -> {
            turns.add(loop.turns());
            if (turns.size() < 100) {
                self[0].ring();
            }
        });
        self[0].ring();
        VirtualLoop.await(() -> virtual.call(turns::size) == 100);
        assertEquals(100, virtual.call(() -> turns.stream().distinct().count()));
    }

    @Test
    void ringsOnAnAwakeLoopCostNoKernelEntry() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch rung = new CountDownLatch(1);
        AtomicLong entries = new AtomicLong();
        AtomicLong wakeups = new AtomicLong();
        Doorbell counting = loop.newDoorbell(() -> entries.set(loop.kernelEntries() - entries.get()));
        loop.execute(() -> {
            entries.set(loop.kernelEntries());
            wakeups.set(loop.wakeups());
            begun.countDown();
            await(rung);
        });
        await(begun);
        for (int i = 0; i < 1000; i++) {
            doorbell.ring();
            counting.ring();
        }
        rung.countDown();
        VirtualLoop.await(() -> answers.get() == 1);
        virtual.awaitSleep();
        assertEquals(wakeups.get(), loop.wakeups(), "an awake loop is not woken");
        assertTrue(entries.get() <= 1, () -> "the next turn's poll only: " + entries);
    }

    @Test
    void anExceptionInACallbackLosesNoOther() {
        Doorbell failing = loop.newDoorbell(() -> {
            throw new IllegalStateException("on purpose");
        });
        virtual.run(() -> {
            failing.ring();
            doorbell.ring();
        });
        virtual.settle();
        assertEquals(1, answers.get());
        failing.ring();
        virtual.settle();
        doorbell.ring();
        virtual.settle();
        assertEquals(2, answers.get());
    }

    @Test
    void aBellStartsALoopThatNeverRan() {
        EvplEventLoopGroup fresh = new EvplEventLoopGroup(1, null, VirtualLoop.config());
        CountDownLatch answered = new CountDownLatch(1);
        ((EvplEventLoop) fresh.next()).newDoorbell(answered::countDown).ring();
        VirtualLoop.await(() -> answered.getCount() == 0);
        VirtualLoop.shutDown(fresh);
    }

    @Test
    void ringingABellOfAnEndedLoopIsNothing() {
        EvplEventLoopGroup other = new EvplEventLoopGroup(1, null, VirtualLoop.config());
        Doorbell bell = ((EvplEventLoop) other.next()).newDoorbell(answers::incrementAndGet);
        VirtualLoop.shutDown(other);
        for (int i = 0; i < 1000; i++) {
            bell.ring();
        }
        assertEquals(0, answers.get());
    }

    @Test
    void onlyTheLoopCloses() {
        assertThrows(IllegalStateException.class, doorbell::close);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
