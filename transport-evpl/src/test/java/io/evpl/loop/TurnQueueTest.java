package io.evpl.loop;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TurnQueueTest {
    private final TurnQueue queue = new TurnQueue("test");

    @Test
    void agreesWithAListHoweverItIsArmedAndCancelled() {
        Random random = new Random(7);
        List<Integer> ran = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        TurnQueue.Entry[] entries = new TurnQueue.Entry[50];
        for (int i = 0; i < entries.length; i++) {
            int number = i;
            entries[i] = new TurnQueue.Entry(() -> ran.add(number));
        }
        for (int step = 0; step < 50_000; step++) {
            int number = random.nextInt(entries.length);
            switch (random.nextInt(8)) {
                case 0 -> {
                    assertEquals(expected.size(), queue.run());
                    assertEquals(expected, ran);
                    ran.clear();
                    expected.clear();
                }
                case 1, 2 -> {
                    queue.cancel(entries[number]);
                    expected.remove((Integer) number);
                }
                default -> {
                    queue.arm(entries[number]);
                    if (!expected.contains(number)) {
                        expected.add(number);
                    }
                }
            }
            assertEquals(expected.isEmpty(), queue.isEmpty());
            assertEquals(expected.contains(number), entries[number].isArmed());
        }
    }

    @Test
    void whatIsArmedOrCancelledByACallbackCountsAtOnceAndRunsNextTime() {
        List<String> ran = new ArrayList<>();
        TurnQueue.Entry last = new TurnQueue.Entry(() -> ran.add("last"));
        TurnQueue.Entry cancelled = new TurnQueue.Entry(() -> ran.add("cancelled"));
        TurnQueue.Entry first = new TurnQueue.Entry(() -> {
            ran.add("first");
            queue.cancel(cancelled);
            queue.cancel(last);
            queue.arm(last);
        });
        queue.arm(first);
        queue.arm(cancelled);
        queue.arm(last);
        assertEquals(1, queue.run());
        assertEquals(1, queue.run());
        assertEquals(List.of("first", "last"), ran);
        assertTrue(queue.isEmpty());
    }
}
