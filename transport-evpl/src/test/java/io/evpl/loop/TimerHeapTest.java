package io.evpl.loop;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TimerHeapTest {
    private static final int TIMERS = 300;

    /** What a timer should be doing: the plainest way to say it. */
    private static final class Expected {
        boolean armed;
        long deadlineNs;
        long intervalNs;
        long arming;
    }

    private final TimerHeap heap = new TimerHeap();
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void agreesWithAListThatIsSortedEachTime() {
        Random random = new Random(20260816);
        TimerHeap.Entry[] timers = new TimerHeap.Entry[TIMERS];
        Expected[] expected = new Expected[TIMERS];
        for (int i = 0; i < TIMERS; i++) {
            int number = i;
            timers[i] = new TimerHeap.Entry(() -> ran.add(number));
            expected[i] = new Expected();
        }
        long nowNs = 1;
        long armings = 0;
        for (int step = 0; step < 20_000; step++) {
            int number = random.nextInt(TIMERS);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long delayNs = random.nextInt(100);
                    long intervalNs = random.nextBoolean() ? 0 : 1 + random.nextInt(50);
                    heap.arm(timers[number], nowNs, delayNs, intervalNs);
                    Expected one = expected[number];
                    one.armed = true;
                    one.deadlineNs = nowNs + delayNs;
                    one.intervalNs = intervalNs;
                    one.arming = armings++;
                }
                case 2 -> {
                    heap.disarm(timers[number]);
                    expected[number].armed = false;
                }
                default -> {
                    nowNs += random.nextInt(20);
                    ran.clear();
                    int count = heap.run(nowNs, Integer.MAX_VALUE);
                    List<Integer> due = due(expected, nowNs);
                    for (int one : due) {
                        armings = advance(expected[one], nowNs, armings);
                    }
                    assertEquals(due, ran, "step " + step);
                    assertEquals(due.size(), count);
                }
            }
            assertEquals(next(expected), heap.deadlineNs(), "step " + step);
            assertEquals(expected[number].armed, timers[number].isArmed());
        }
    }

    private static List<Integer> due(Expected[] all, long nowNs) {
        List<Integer> due = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            if (all[i].armed && all[i].deadlineNs <= nowNs) {
                due.add(i);
            }
        }
        due.sort(Comparator.<Integer>comparingLong(i -> all[i].deadlineNs).thenComparingLong(i -> all[i].arming));
        return due;
    }

    private static long advance(Expected timer, long nowNs, long armings) {
        if (timer.intervalNs == 0) {
            timer.armed = false;
            return armings;
        }
        while (timer.deadlineNs <= nowNs) {
            timer.deadlineNs += timer.intervalNs;
        }
        timer.arming = armings;
        return armings + 1;
    }

    private static long next(Expected[] all) {
        long next = TimerHeap.NONE;
        for (Expected one : all) {
            next = one.armed ? Math.min(next, one.deadlineNs) : next;
        }
        return next;
    }

    @Test
    void aBudgetLeavesTheLaterOnesForTheNextRun() {
        for (int i = 0; i < 10; i++) {
            int number = i;
            heap.arm(new TimerHeap.Entry(() -> ran.add(number)), 0, i, 0);
        }
        assertEquals(4, heap.run(100, 4));
        assertEquals(List.of(0, 1, 2, 3), ran);
        assertEquals(4, heap.deadlineNs());
        assertEquals(6, heap.run(100, 100));
        assertTrue(heap.isEmpty());
    }

    @Test
    void oneArmedByACallbackForNowWaitsForTheNextRun() {
        TimerHeap.Entry[] self = new TimerHeap.Entry[1];
        self[0] = new TimerHeap.Entry(() -> {
            ran.add(1);
            heap.arm(self[0], 5, 0, 0);
        });
        heap.arm(self[0], 5, 0, 0);
        assertEquals(1, heap.run(5, 100));
        assertEquals(1, heap.run(5, 100));
        assertEquals(List.of(1, 1), ran);
        assertFalse(heap.isEmpty());
    }
}
