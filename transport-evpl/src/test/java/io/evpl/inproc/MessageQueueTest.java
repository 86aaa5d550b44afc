package io.evpl.inproc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MessageQueueTest {
    private static final int HAND_OVERS = 1_000_000;
    private static final int SWEEP_ROUNDS = 20_000;

    private static boolean offer(MessageQueue queue, Object message, int bytes) {
        boolean taken = queue.stage(message, bytes);
        queue.publish();
        return taken;
    }

    @Test
    void takesAsManyAsItHoldsAndAgainAfterEachRead() {
        MessageQueue queue = new MessageQueue(4, 1000);
        for (int i = 0; i < 4; i++) {
            assertTrue(offer(queue, i, 1));
        }
        assertFalse(offer(queue, 4, 1));
        for (int i = 0; i < 100; i++) {
            assertEquals(i, queue.poll());
            assertTrue(offer(queue, i + 4, 1));
            assertFalse(offer(queue, -1, 1));
        }
    }

    @Test
    void takesAsManyBytesAsItHolds() {
        MessageQueue queue = new MessageQueue(64, 100);
        assertTrue(offer(queue, "a", 60));
        assertFalse(offer(queue, "b", 41));
        assertTrue(offer(queue, "b", 40));
        assertFalse(offer(queue, "c", 1));
        assertTrue(offer(queue, "of no size", 0));
        assertEquals("a", queue.poll());
        assertTrue(offer(queue, "c", 60));
        assertFalse(offer(queue, "d", 1));
    }

    @Test
    void aMessageOfMoreThanAllBytesPassesAlone() {
        MessageQueue queue = new MessageQueue(4, 100);
        assertTrue(offer(queue, "small", 1));
        assertFalse(offer(queue, "large", Integer.MAX_VALUE));
        assertEquals("small", queue.poll());
        assertTrue(offer(queue, "large", Integer.MAX_VALUE));
        assertFalse(offer(queue, "small", 1));
        assertEquals("large", queue.poll());
        assertTrue(offer(queue, "small", 1));
    }

    @Test
    void whatIsStagedIsReadOnlyOncePublished() {
        MessageQueue queue = new MessageQueue(8, 100);
        for (int i = 0; i < 3; i++) {
            queue.stage(i, 1);
        }
        assertTrue(queue.hasStaged());
        assertNull(queue.poll());
        assertTrue(queue.isEmpty());
        queue.publish();
        assertFalse(queue.hasStaged());
        assertEquals(List.of(0, 1, 2), List.of(queue.poll(), queue.poll(), queue.poll()));
    }

    @Test
    void whatIsTakenBackMakesRoom() {
        MessageQueue queue = new MessageQueue(4, 100);
        assertTrue(offer(queue, "published", 10));
        queue.stage("a", 40);
        queue.stage("b", 50);
        List<Object> back = new ArrayList<>();
        queue.unstage(back::add);
        assertEquals(List.of("a", "b"), back);
        queue.unstage(back::add);
        assertEquals(2, back.size());
        assertTrue(offer(queue, "c", 90));
        assertEquals("published", queue.poll());
        assertEquals("c", queue.poll());
        assertNull(queue.poll());
    }

    @Test
    void halfEmptyIsHalfOfBothLimits() {
        MessageQueue queue = new MessageQueue(8, 100);
        for (int i = 0; i < 8; i++) {
            assertTrue(offer(queue, i, 1));
        }
        assertEquals(4, queue.halfEmptyAt());
        MessageQueue large = new MessageQueue(8, 100);
        for (int i = 0; i < 3; i++) {
            assertTrue(offer(large, i, 33));
        }
        assertEquals(2, large.halfEmptyAt());
        large.poll();
        assertEquals(1, large.readIndex());
    }

    @Test
    void anyOrderOfCallsGivesWhatAListGives() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            int maxMessages = 2 << random.nextInt(4);
            long maxBytes = 1 + random.nextInt(200);
            MessageQueue queue = new MessageQueue(maxMessages, maxBytes);
            Queue<Integer> expected = new ArrayDeque<>();
            long waiting = 0;
            for (int step = 0; step < 200; step++) {
                if (random.nextBoolean()) {
                    int bytes = random.nextInt(60);
                    boolean room = expected.isEmpty() || expected.size() < maxMessages && waiting + bytes <= maxBytes;
                    assertEquals(room, offer(queue, bytes, bytes), "seed " + seed);
                    if (room) {
                        expected.add(bytes);
                        waiting += bytes;
                    }
                } else {
                    Integer next = expected.poll();
                    assertSame(next, queue.poll(), "seed " + seed);
                    waiting -= next == null ? 0 : next;
                }
            }
        }
    }

    @Test
    @Timeout(60)
    void twoThreadsKeepOrderAndNumber() throws Exception {
        MessageQueue queue = new MessageQueue(64, 4000);
        Integer[] numbers = new Integer[1000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        Thread writer = new Thread(() -> {
            for (int i = 0; i < HAND_OVERS; i++) {
                while (!offer(queue, numbers[i % 1000], i % 100)) {
                    Thread.onSpinWait();
                    Thread.yield();
                }
            }
        });
        writer.start();
        for (int i = 0; i < HAND_OVERS; i++) {
            Object message;
            while ((message = queue.poll()) == null) {
                Thread.yield();
            }
            assertSame(numbers[i % 1000], message);
        }
        writer.join();
        assertTrue(queue.isEmpty());
    }

    @Test
    @Timeout(60)
    void aSweepFromBothSidesTakesEachMessageOnce() throws Exception {
        for (int round = 0; round < SWEEP_ROUNDS; round += 100) {
            Pipe pipe = new Pipe(16, 1000);
            AtomicInteger released = new AtomicInteger();
            int[] written = new int[1];
            Thread writer = new Thread(() -> {
                for (int i = 0; i < 100 && !pipe.isAbandoned(); i++) {
                    if (pipe.write(new Counted(released), 1)) {
                        written[0]++;
                        pipe.flush();
                    }
                }
                pipe.flush();
            });
            writer.start();
            int read = 0;
            for (int i = 0; i < round % 37; i++) {
                Object message = pipe.read();
                read += message == null ? 0 : 1;
            }
            pipe.abandon();
            writer.join();
            assertEquals(written[0], released.get() + read);
        }
    }

    /** Counts its releases. */
    private static final class Counted extends io.netty.util.AbstractReferenceCounted {
        private final AtomicInteger released;

        Counted(AtomicInteger released) {
            this.released = released;
        }

        @Override
        protected void deallocate() {
            released.incrementAndGet();
        }

        @Override
        public Counted touch(Object hint) {
            return this;
        }
    }
}
