package io.evpl.memory;

import io.evpl.linux.NativeAddress;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocalThread;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReferenceArray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random operations of four threads on one allocator. Each buffer carries its own stamp in its first and its last bytes, at every
 * change of hands: memory that two buffers have at a time shows as a stamp of the other's.
 */
class AllocatorModelTest {
    private static final int SLAB = 1 << 20;
    private static final long CAP = 24L * SLAB;
    private static final int THREADS = 4;
    /** {@code -Devpl.test.memoryOperations} for more. */
    private static final int OPERATIONS = Integer.getInteger("evpl.test.memoryOperations", 10_000_000);
    private static final int HELD = 256;
    private static final int TABLE = 64;
    private static final int STAMP_BYTES = Long.BYTES;
    private static final long SEED = 20_260_101;

    private final SlabLog log = new SlabLog(0);
    private final EvplAllocator allocator = new EvplAllocator(new MemorySettings(SLAB, CAP, false, 0));
    private final MemoryRegistration registration = allocator.attach(log);
    /** Where threads leave buffers for each other. */
    private final AtomicReferenceArray<Stamped> table = new AtomicReferenceArray<>(TABLE);

    private record Stamped(ByteBuf buffer, long stamp) {
        void write() {
            NativeAddress.putLong(buffer.memoryAddress(), stamp);
            NativeAddress.putLong(buffer.memoryAddress() + buffer.capacity() - STAMP_BYTES, stamp);
        }

        void check() {
            assertEquals(stamp, NativeAddress.getLong(buffer.memoryAddress()), "first bytes");
            assertEquals(stamp, NativeAddress.getLong(buffer.memoryAddress() + buffer.capacity() - STAMP_BYTES), "last");
        }
    }

    /** What one thread does. */
    private final class Actor {
        private final SplittableRandom random;
        private final Stamped[] held = new Stamped[HELD];
        private final long firstStamp;
        private long stamps;
        private long caps;

        Actor(int number) {
            random = new SplittableRandom(SEED + number);
            firstStamp = (long) number << 56;
        }

        Long act() {
            for (int i = 0; i < OPERATIONS / THREADS; i++) {
                int place = random.nextInt(HELD);
                int operation = random.nextInt(1000);
                if (held[place] == null) {
                    held[place] = allocate();
                } else if (operation < 600) {
                    release(held[place]);
                    held[place] = null;
                } else if (operation < 980) {
                    held[place].check();
                    held[place] = table.getAndSet(random.nextInt(TABLE), held[place]);
                } else if (operation < 998) {
                    held[place] = resize(held[place]);
                } else {
                    look(held[place]);
                }
                if ((i & 0xfff) == 0) {
                    assertTrue(allocator.usedDirectMemory() <= CAP, "more than the cap");
                }
                if ((i & 0x3ffff) == 0) {
                    allocator.trim();
                }
            }
            for (Stamped one : held) {
                if (one != null) {
                    release(one);
                }
            }
            return caps;
        }

        /** Sizes of all magnitudes alike, the largest of which are rare. */
        private int size() {
            int most = random.nextInt(2000) == 0 ? 3 * SLAB : 2 << random.nextInt(4, 16);
            return random.nextInt(2 * STAMP_BYTES, most + 1);
        }

        private Stamped allocate() {
            int bytes = size();
            try {
                // Not directBuffer(): Netty's leak detection, which tests switch on, is a hundred times slower.
                return stamped(allocator.take(bytes).begin(bytes, Integer.MAX_VALUE));
            } catch (OutOfSlabMemoryError e) {
                caps++;
                return null;
            }
        }

        private Stamped stamped(ByteBuf buffer) {
            Stamped one = new Stamped(buffer, firstStamp + ++stamps);
            one.write();
            return one;
        }

        private Stamped resize(Stamped one) {
            one.check();
            int before = one.buffer.capacity();
            int bytes = size();
            try {
                one.buffer.capacity(bytes);
            } catch (OutOfSlabMemoryError e) {
                caps++;
                assertEquals(before, one.buffer.capacity());
                return one;
            }
            assertEquals(one.stamp, NativeAddress.getLong(one.buffer.memoryAddress()), "a resize keeps the first bytes");
            return stamped(one.buffer);
        }

        private void look(Stamped one) {
            one.check();
            assertTrue(registration.isRegistered(one.buffer));
            assertTrue(log.knows(one.buffer.memoryAddress(), one.buffer.capacity()));
        }

        private void release(Stamped one) {
            one.check();
            assertTrue(one.buffer.release());
        }
    }

    @Test
    @Timeout(60)
    void tenMillionOperationsOfFourThreadsLoseNothingAndShareNothing() throws Exception {
        List<FutureTask<Long>> tasks = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            FutureTask<Long> task = new FutureTask<>(new Actor(i)::act);
            tasks.add(task);
            threads.add(i == 0 ? new Thread(task) : new FastThreadLocalThread(task)); // one of them shares the common runs
        }
        threads.forEach(Thread::start);
        long caps = 0;
        for (FutureTask<Long> task : tasks) {
            caps += task.get();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < TABLE; i++) {
            Stamped left = table.get(i);
            if (left != null) {
                left.check();
                left.buffer.release();
            }
        }
        assertTrue(caps > 0, "the cap was never reached: the test is too easy");
        allocator.trim();
        assertEquals(0, allocator.takenBytes());
        assertEquals(0, allocator.usedDirectMemory());
        registration.close();
        allocator.close();
    }
}
