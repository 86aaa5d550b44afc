package io.evpl;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/** A million rings, timers and deferrals on four loops: none lost, none early, and once all is warm nothing allocated. */
class LoopServicesSteadyStateTest {
    private static final int LOOPS = 4;
    private static final int OF_EACH = 250_000;
    /** The compilers take their time: steady is the state that is reached. */
    private static final int MAX_ROUNDS = 12;
    /** Bytes a loop may allocate in a round: what starts and ends it, and the reading of the counter. */
    private static final long NEARLY_NOTHING = 20_000;

    @Test
    void aMillionOfEachAreNeitherLostNorEarlyAndAllocateNothing() throws Exception {
        ChildJvm.run(Million.class, "-ea", "-Dio.evpl.spinNs=0");
    }

    /** Rounds, until one in which nobody allocated. */
    static final class Million {
        private Million() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup group = new EvplEventLoopGroup(LOOPS);
            List<Worker> workers = new ArrayList<>();
            AtomicLongArray posted = new AtomicLongArray(LOOPS * LOOPS);
            for (int i = 0; i < LOOPS; i++) {
                workers.add(new Worker(i, (EvplEventLoop) group.next(), posted));
            }
            workers.forEach(worker -> worker.meet(workers));
            long bytes = Long.MAX_VALUE;
            try {
                for (int round = 0; round < MAX_ROUNDS && bytes > NEARLY_NOTHING; round++) {
                    bytes = round(workers);
                    System.out.println("round " + round + ": " + bytes + " bytes, " + workers);
                }
            } finally {
                VirtualLoop.shutDown(group);
            }
            if (bytes > NEARLY_NOTHING) {
                throw new AssertionError(bytes + " bytes allocated by a loop for " + OF_EACH + " of each");
            }
        }

        /** @return the most that a loop allocated */
        private static long round(List<Worker> workers) throws Exception {
            CountDownLatch done = new CountDownLatch(LOOPS);
            for (Worker worker : workers) {
                worker.loop.execute(() -> worker.begin(done));
            }
            if (!done.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("lost: " + workers);
            }
            long bytes = 0;
            for (Worker worker : workers) {
                bytes = Math.max(bytes, worker.loop.submit(worker::check).get());
            }
            return bytes;
        }
    }

    /** One loop's share. All on its thread, but for what was posted to it. */
    private static final class Worker {
        private static final int BURST = 16;
        private static final int TIMERS = 512;
        private static final int DEFERRALS = 64;
        private static final long MOST_DELAY_NS = 100_000;

        private final int number;
        private final EvplEventLoop loop;
        /** What worker i has posted to worker j, at i * LOOPS + j. */
        private final AtomicLongArray posted;
        private final long[] seen = new long[LOOPS];
        private final Doorbell[] bells = new Doorbell[LOOPS];
        private Doorbell[] ofPeers;
        private final Deferral pump;
        private final Deferral[] deferrals = new Deferral[DEFERRALS];
        private final ArrayDeque<DueTimer> idle = new ArrayDeque<>(TIMERS + 1);
        private final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        private CountDownLatch done;
        private long random;
        private long ringsToDo;
        private long timersToDo;
        private long deferralsToDo;
        private long fired;
        private long early;
        private long deferred;
        private long armedDeferrals;
        private long allocatedBytes;

        /** A timer that knows when it is due. */
        private final class DueTimer {
            private final LoopTimer timer = loop.newTimer(this::fire);
            private long dueNs;

            void arm(long delayNs) {
                dueNs = loop.clockNs() + delayNs;
                timer.armOnce(delayNs);
            }

            private void fire() {
                fired++;
                if (loop.clockNs() < dueNs) {
                    early++;
                }
                idle.addLast(this);
            }
        }

        Worker(int number, EvplEventLoop loop, AtomicLongArray posted) {
            this.number = number;
            this.loop = loop;
            this.posted = posted;
            random = number + 1;
            pump = loop.newDeferral(this::pump);
            for (int i = 0; i < DEFERRALS; i++) {
                deferrals[i] = loop.newDeferral(this::deferred);
            }
            for (int i = 0; i < TIMERS; i++) {
                idle.addLast(new DueTimer());
            }
            for (int i = 0; i < LOOPS; i++) {
                int peer = i;
                bells[i] = loop.newDoorbell(() -> seen[peer] = posted.get(peer * LOOPS + number));
            }
        }

        void meet(List<Worker> workers) {
            ofPeers = workers.stream().map(worker -> worker.bells[number]).toArray(Doorbell[]::new);
        }

        void begin(CountDownLatch done) {
            this.done = done;
            allocatedBytes = -threads.getCurrentThreadAllocatedBytes();
            ringsToDo = OF_EACH;
            timersToDo = OF_EACH;
            deferralsToDo = OF_EACH;
            pump.arm();
        }

        private void deferred() {
            deferred++;
        }

        private void pump() {
            for (int i = 0; i < BURST && ringsToDo > 0; i++) {
                int peer = (int) (ringsToDo-- % LOOPS);
                int box = number * LOOPS + peer;
                posted.lazySet(box, posted.getPlain(box) + 1);
                ofPeers[peer].ring();
            }
            for (int i = 0; i < BURST && deferralsToDo > 0; i++) {
                Deferral deferral = deferrals[(int) (deferralsToDo-- % DEFERRALS)];
                if (!deferral.isArmed()) {
                    armedDeferrals++;
                }
                deferral.arm();
            }
            while (timersToDo > 0 && !idle.isEmpty()) {
                timersToDo--;
                random = random * 6364136223846793005L + 1442695040888963407L;
                idle.pollFirst().arm((random >>> 33) % MOST_DELAY_NS);
            }
            boolean owed = ringsToDo > 0 || timersToDo > 0 || deferralsToDo > 0 || idle.size() < TIMERS
                    || deferred < armedDeferrals;
            if (owed) {
                pump.arm();
            } else {
                allocatedBytes += threads.getCurrentThreadAllocatedBytes();
                done.countDown();
            }
        }

        /** After everybody is done: nothing is owed any more. @return bytes allocated in the round */
        long check() {
            for (int peer = 0; peer < LOOPS; peer++) {
                if (seen[peer] != posted.get(peer * LOOPS + number)) {
                    throw new AssertionError("a ring was lost: " + this);
                }
            }
            if (fired % OF_EACH != 0 || fired == 0 || early > 0 || deferred != armedDeferrals) {
                throw new AssertionError(toString());
            }
            return allocatedBytes;
        }

        @Override
        public String toString() {
            return "loop " + number + " fired " + fired + ", early " + early + ", deferred " + deferred + " of "
                    + armedDeferrals;
        }
    }
}
