package io.evpl;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Timers of a loop whose clock the test moves. */
class LoopTimerTest {
    private static final long MS = VirtualLoop.MS;

    private final VirtualLoop virtual = new VirtualLoop();
    /** At which millisecond, counted from the start, a timer called back. */
    private final List<Long> fired = new ArrayList<>();
    private long startNs;
    private LoopTimer timer;

    @BeforeEach
    void start() {
        startNs = virtual.clock().nanoTime();
        timer = newTimer(() -> { });
    }

    @AfterEach
    void end() {
        virtual.close();
    }

    private LoopTimer newTimer(VirtualLoop.Task then) {
        return virtual.loop().newTimer(() -> {
            fired.add((virtual.clock().nanoTime() - startNs) / MS);
            try {
                then.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private List<Long> fired() {
        return virtual.call(() -> List.copyOf(fired));
    }

    @Test
    @DisplayName("T1 T2 a one-shot fires once, in the tick of its deadline, never before")
    void aOneShotFiresOnceWhenDue_T1_T2() {
        virtual.run(() -> timer.armOnce(5 * MS));
        virtual.window(4);
        assertEquals(List.of(), fired());
        virtual.window(200);
        assertEquals(List.of(5L), fired());
        assertFalse(virtual.call(timer::isArmed));
    }

    @Test
    @DisplayName("T1 one nanosecond before its deadline a timer has not fired, and the loop has slept meanwhile")
    void aTimerIsNotOneNanosecondEarly_T1() {
        virtual.run(() -> timer.armOnce(MS));
        virtual.clock().advance(MS - 1);
        virtual.settle();
        virtual.awaitSleep();
        assertEquals(List.of(), fired());
        virtual.clock().advance(1);
        virtual.settle();
        assertEquals(List.of(1L), fired());
    }

    @Test
    @DisplayName("T3 a periodic timer fires in each window, on its beat")
    void aPeriodicTimerFiresOnItsBeat_T3() {
        virtual.run(() -> timer.armEvery(3 * MS));
        virtual.window(10);
        assertEquals(List.of(3L, 6L, 9L), fired());
        assertTrue(virtual.call(timer::isArmed));
    }

    @Test
    @DisplayName("T3 ticks that were missed are one callback, and the beat is kept")
    void missedTicksAreOneCallbackAndThePhaseIsKept_T3() {
        virtual.run(() -> timer.armEvery(10 * MS));
        virtual.clock().advance(35 * MS);
        virtual.settle();
        assertEquals(List.of(35L), fired());
        virtual.window(10);
        assertEquals(List.of(35L, 40L), fired());
    }

    @Test
    @DisplayName("T4 an armed timer that is disarmed does not fire")
    void aDisarmedTimerDoesNotFire_T4() {
        LoopTimer periodic = newTimer(() -> { });
        virtual.run(() -> {
            timer.armOnce(5 * MS);
            periodic.armEvery(2 * MS);
        });
        virtual.window(2);
        virtual.run(() -> {
            timer.disarm();
            periodic.disarm();
        });
        virtual.window(50);
        assertEquals(List.of(2L), fired());
    }

    @Test
    @DisplayName("T5 to disarm a timer that has fired, or never was armed, is nothing")
    void disarmingAnIdleTimerIsNothing_T5() {
        virtual.run(timer::disarm);
        virtual.run(() -> timer.armOnce(MS));
        virtual.window(2);
        virtual.run(timer::disarm);
        virtual.run(timer::disarm);
        virtual.run(() -> timer.armOnce(MS));
        virtual.window(2);
        assertEquals(List.of(1L, 3L), fired());
    }

    @Test
    @DisplayName("T6 a one-shot armed again in its callback fires twice")
    void aOneShotArmedInItsCallbackFiresAgain_T6() {
        LoopTimer[] self = new LoopTimer[1];
        self[0] = newTimer(() -> {
            if (fired.size() == 1) {
                self[0].armOnce(7 * MS);
            }
        });
        virtual.run(() -> self[0].armOnce(MS));
        virtual.window(100);
        assertEquals(List.of(1L, 8L), fired());
    }

    @Test
    @DisplayName("T6 armed without delay in its callback a timer fires once a turn, and holds nobody up")
    void aTimerArmedWithoutDelayInItsCallbackFiresNextTurn_T6() {
        LoopTimer[] self = new LoopTimer[1];
        List<Long> turns = new ArrayList<>();
        self[0] = newTimer(() -> {
            turns.add(virtual.loop().turns());
            if (fired.size() < 100) {
                self[0].armOnce(0);
            }
        });
        virtual.run(() -> self[0].armOnce(0));
        VirtualLoop.await(() -> fired().size() == 100);
        virtual.settle();
        assertEquals(100, fired().size());
        assertEquals(100, turns.stream().distinct().count(), "turns");
    }

    @Test
    @DisplayName("T7 the earlier deadline fires first, whatever was armed first; equal ones in the order of arming")
    void theEarlierDeadlineFiresFirst_T7() {
        List<Integer> order = new ArrayList<>();
        long[] delaysMs = {40, 10, 30, 20, 10};
        virtual.run(() -> {
            for (int i = 0; i < delaysMs.length; i++) {
                int number = i;
                virtual.loop().newTimer(() -> order.add(number)).armOnce(delaysMs[i] * MS);
            }
        });
        virtual.clock().advance(50 * MS);
        virtual.settle();
        assertEquals(List.of(1, 4, 3, 2, 0), virtual.call(() -> order));
    }

    @Test
    @DisplayName("T8 a deadline counts from arming, across many short windows")
    void aDeadlineCountsFromArming_T8() {
        virtual.window(13);
        virtual.run(() -> timer.armOnce(50 * MS));
        for (int i = 0; i < 49; i++) {
            virtual.window(1);
            assertEquals(List.of(), fired());
        }
        virtual.window(1);
        assertEquals(List.of(63L), fired());
    }

    @Test
    @DisplayName("L2 a periodic timer disarms itself in its callback, and the others stay as they were")
    void aPeriodicTimerDisarmsItself_L2() {
        LoopTimer[] self = new LoopTimer[1];
        self[0] = newTimer(() -> self[0].disarm());
        virtual.run(() -> {
            self[0].armEvery(2 * MS);
            timer.armOnce(5 * MS);
        });
        virtual.window(20);
        assertEquals(List.of(2L, 5L), fired());
    }

    @Test
    @DisplayName("L2 a periodic timer's callback arms an earlier timer, and both go on")
    void aPeriodicTimersCallbackArmsAnEarlierOne_L2() {
        LoopTimer[] self = new LoopTimer[1];
        self[0] = newTimer(() -> timer.armOnce(MS));
        virtual.run(() -> self[0].armEvery(10 * MS));
        virtual.window(21);
        assertEquals(List.of(10L, 11L, 20L, 21L), fired());
    }

    @Test
    void aCallbackDisarmsAnotherThatIsDueAtTheSameTime() {
        LoopTimer second = newTimer(() -> { });
        LoopTimer first = newTimer(second::disarm);
        virtual.run(() -> {
            first.armOnce(MS);
            second.armOnce(MS);
        });
        virtual.window(10);
        assertEquals(List.of(1L), fired());
    }

    @Test
    void armingAnArmedTimerMovesItsDeadline() {
        virtual.run(() -> timer.armEvery(2 * MS));
        virtual.run(() -> timer.armOnce(30 * MS));
        virtual.window(10);
        virtual.run(() -> timer.armOnce(5 * MS));
        virtual.window(50);
        assertEquals(List.of(15L), fired());
    }

    @Test
    void anExceptionInACallbackLosesNoTimer() {
        LoopTimer[] self = new LoopTimer[1];
        self[0] = newTimer(() -> {
            throw new IllegalStateException("on purpose");
        });
        virtual.run(() -> {
            self[0].armEvery(MS);
            timer.armOnce(MS);
        });
        virtual.window(3);
        assertEquals(List.of(1L, 1L, 2L, 3L), fired());
    }

    @Test
    void farTimersAndLongIntervalsDoNotOverflow() {
        LoopTimer periodic = newTimer(() -> { });
        virtual.run(() -> {
            timer.armOnce(Long.MAX_VALUE);
            periodic.armEvery(Long.MAX_VALUE);
        });
        virtual.window(5);
        virtual.awaitSleep();
        assertEquals(List.of(), fired());
        assertTrue(virtual.call(timer::isArmed));
    }

    @Test
    void badDelaysAndForeignThreadsAreRefusedByName() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> timer.armOnce(-1)).getMessage().contains("-1"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> timer.armEvery(0)).getMessage().contains("0"));
        String message = assertThrows(IllegalStateException.class, () -> timer.armOnce(1)).getMessage();
        assertTrue(message.contains("LoopTimer.armOnce") && message.contains("execute"), message);
        assertThrows(IllegalStateException.class, timer::disarm);
    }

    @Test
    @DisplayName("13a.1 with the machine's clock: none of 1000 timers is early, however short the sleep")
    void timersOnTheMachinesClockAreNotEarly() {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1, null, VirtualLoop.config());
        EvplEventLoop loop = (EvplEventLoop) group.next();
        List<Long> lateNs = new ArrayList<>();
        VirtualLoop.call(loop, () -> {
            for (int i = 0; i < 1000; i++) {
                long delayNs = i * 100_000L;
                long dueNs = loop.clockNs() + delayNs;
                loop.newTimer(() -> lateNs.add(loop.clockNs() - dueNs)).armOnce(delayNs);
            }
            return null;
        });
        VirtualLoop.await(() -> VirtualLoop.call(loop, lateNs::size) == 1000);
        assertTrue(VirtualLoop.call(loop, () -> lateNs.stream().allMatch(late -> late >= 0)));
        VirtualLoop.shutDown(group);
    }
}
