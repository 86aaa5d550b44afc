package io.evpl;

import io.evpl.loop.LoopClock;
import io.evpl.loop.VirtualClock;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Netty's timers and ours on a clock that a test moves. */
class VirtualClockTest {
    private static final long MS = VirtualLoop.MS;

    @Test
    @DisplayName("F4 the machine's clock is monotonic and goes on while a virtual one stands")
    void theMachinesClockGoesOn_F4() throws Exception {
        VirtualClock virtual = new VirtualClock();
        long standsAt = virtual.nanoTime();
        long lastNs = LoopClock.SYSTEM.nanoTime();
        long firstNs = lastNs;
        for (int i = 0; i < 100_000; i++) {
            long nowNs = LoopClock.SYSTEM.nanoTime();
            assertTrue(nowNs >= lastNs);
            lastNs = nowNs;
        }
        VirtualLoop.letPass(1);
        assertTrue(LoopClock.SYSTEM.nanoTime() > firstNs);
        assertEquals(standsAt, virtual.nanoTime());
    }

    @Test
    void aClockNeverRunsBackwards() {
        VirtualClock clock = new VirtualClock();
        long before = clock.nanoTime();
        assertEquals(before + 7, clock.advance(7));
        assertThrows(IllegalArgumentException.class, () -> clock.advance(-1));
        assertEquals(before + 7, clock.nanoTime());
    }

    @Test
    void nettysTimersFollowIt() {
        try (VirtualLoop virtual = new VirtualLoop()) {
            AtomicInteger ran = new AtomicInteger();
            ScheduledFuture<?> once = virtual.loop().schedule(ran::incrementAndGet, 100, TimeUnit.MILLISECONDS);
            ScheduledFuture<?> often = virtual.loop().scheduleAtFixedRate(ran::incrementAndGet, 30, 30, TimeUnit.MILLISECONDS);
            virtual.settle();
            virtual.awaitSleep();
            assertEquals(100, once.getDelay(TimeUnit.MILLISECONDS));
            virtual.window(29);
            assertEquals(0, ran.get());
            virtual.window(70);
            assertEquals(3, ran.get());
            assertFalse(once.isDone());
            virtual.window(1);
            assertTrue(once.isDone());
            assertEquals(4, ran.get());
            often.cancel(false);
            virtual.window(100);
            assertEquals(4, ran.get());
        }
    }

    @Test
    void theNextDeadlineCountsBeItNettysOrOurs() {
        try (VirtualLoop virtual = new VirtualLoop()) {
            List<String> order = new ArrayList<>();
            virtual.run(() -> {
                virtual.loop().schedule(() -> order.add("netty 2"), 2, TimeUnit.MILLISECONDS);
                virtual.loop().newTimer(() -> order.add("ours 1")).armOnce(MS);
                virtual.loop().newTimer(() -> order.add("ours 3")).armOnce(3 * MS);
            });
            virtual.window(3);
            assertEquals(List.of("ours 1", "netty 2", "ours 3"), virtual.call(() -> order));
        }
    }

    @Test
    void advancingWakesOnlyLoopsThatHaveSomethingDue() throws Exception {
        VirtualClock clock = new VirtualClock();
        EvplEventLoopGroup group = new EvplEventLoopGroup(2, null, VirtualLoop.config(), clock);
        EvplEventLoop due = (EvplEventLoop) group.next();
        EvplEventLoop idle = (EvplEventLoop) group.next();
        AtomicInteger fired = new AtomicInteger();
        VirtualLoop.call(due, () -> {
            due.newTimer(fired::incrementAndGet).armOnce(10);
            return null;
        });
        VirtualLoop.call(idle, () -> {
            idle.newTimer(fired::incrementAndGet).armOnce(1000);
            return null;
        });
        VirtualLoop.awaitSleep(due);
        VirtualLoop.awaitSleep(idle);
        long wakeups = idle.wakeups();
        clock.advance(10);
        VirtualLoop.await(() -> fired.get() == 1);
        VirtualLoop.letPass(50);
        assertEquals(wakeups, idle.wakeups());
        VirtualLoop.shutDown(group);
    }

    @Test
    void noAdvanceIsMissedHoweverItMeetsALoopThatGoesToSleep() throws Exception {
        try (VirtualLoop virtual = new VirtualLoop()) {
            Semaphore armed = new Semaphore(0);
            Semaphore fired = new Semaphore(0);
            LoopTimer timer = virtual.loop().newTimer(fired::release);
            for (int i = 0; i < 5000; i++) {
                virtual.loop().execute(() -> {
                    timer.armOnce(1);
                    armed.release();
                });
                armed.acquire();
                virtual.clock().advance(1);
                assertTrue(fired.tryAcquire(5, TimeUnit.SECONDS), "the loop sleeps through its deadline");
            }
        }
    }

    @Test
    void aTaskThatExecutesItselfDoesNotHoldAStandingLoop() {
        try (VirtualLoop virtual = new VirtualLoop()) {
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger deferred = new AtomicInteger();
            Deferral deferral = virtual.loop().newDeferral(deferred::incrementAndGet);
            virtual.loop().execute(new Runnable() {
                @Override
                public void run() {
                    if (deferred.get() == 0) {
                        ran.incrementAndGet();
                        deferral.arm();
                        virtual.loop().execute(this);
                    }
                }
            });
            VirtualLoop.await(() -> deferred.get() == 1);
            assertTrue(ran.get() <= 64, ran::toString);
        }
    }

    @Test
    void aShutdownsQuietPeriodPassesInRealTime() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1, null, VirtualLoop.config(), new VirtualClock());
        group.next().submit(() -> { }).sync();
        Future<?> end = group.shutdownGracefully(50, 5000, TimeUnit.MILLISECONDS);
        assertTrue(end.await(5, TimeUnit.SECONDS));
    }
}
