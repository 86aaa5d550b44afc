package io.evpl;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LoopHooksTest {
    private final VirtualLoop virtual = new VirtualLoop();
    private final EvplEventLoop loop = virtual.loop();
    private final AtomicInteger ends = new AtomicInteger();
    private final AtomicInteger before = new AtomicInteger();
    private final AtomicInteger after = new AtomicInteger();
    private final AtomicInteger unpaired = new AtomicInteger();
    private Runnable onBefore = () -> { };

    private final LoopHooks hooks = new LoopHooks() {
        @Override
        public void iterationEnd() {
            ends.incrementAndGet();
        }

        @Override
        public void beforeSleep() {
            if (before.getAndIncrement() != after.get()) {
                unpaired.incrementAndGet();
            }
            onBefore.run();
        }

        @Override
        public void afterSleep() {
            after.incrementAndGet();
        }
    };

    @AfterEach
    void end() {
        virtual.close();
    }

    @Test
    @DisplayName("H1 set, each hook runs in each window: at each turn's end, before and after each sleep")
    void eachHookRunsInEachWindow_H1() {
        virtual.run(() -> loop.setHooks(hooks));
        for (int i = 0; i < 20; i++) {
            virtual.awaitSleep();
            int endsBefore = ends.get();
            int beforeBefore = before.get();
            int afterBefore = after.get();
            long turnsWithoutEnd = virtual.call(() -> loop.turns() - ends.get());
            VirtualLoop.await(() -> ends.get() > endsBefore && before.get() > beforeBefore && after.get() > afterBefore);
            assertEquals(turnsWithoutEnd, virtual.call(() -> loop.turns() - ends.get()), "one end for each turn");
            VirtualLoop.await(() -> before.get() - 1 == after.get()); // asleep
            assertEquals(0, unpaired.get(), "one before for each after");
        }
    }

    @Test
    @DisplayName("H2 cleared, none runs")
    void clearedNoneRuns_H2() {
        virtual.run(() -> loop.setHooks(hooks));
        virtual.settle();
        virtual.run(() -> loop.setHooks(null));
        int endsBefore = ends.get();
        int beforeBefore = before.get();
        virtual.window(5);
        virtual.awaitSleep();
        assertEquals(endsBefore, ends.get());
        assertEquals(beforeBefore, before.get());
    }

    @Test
    void whatBeforeSleepLeavesToDoIsDoneBeforeTheSleep() {
        AtomicInteger ran = new AtomicInteger();
        Deferral deferral = loop.newDeferral(ran::incrementAndGet);
        LoopTimer timer = loop.newTimer(ran::incrementAndGet);
        onBefore = () -> {
            switch (before.get()) {
                case 1 -> deferral.arm();
                case 2 -> loop.execute(ran::incrementAndGet);
                case 3 -> timer.armOnce(0);
                case 4 -> loop.newDoorbell(ran::incrementAndGet).ring();
                default -> { }
            }
        };
        virtual.run(() -> loop.setHooks(hooks));
        virtual.awaitSleep();
        VirtualLoop.await(() -> ran.get() == 4);
        virtual.awaitSleep();
        assertTrue(before.get() >= 5, before::toString);
    }

    @Test
    void aHookClearsItselfInBeforeSleep() {
        onBefore = () -> loop.setHooks(null);
        virtual.run(() -> loop.setHooks(hooks));
        virtual.settle();
        virtual.awaitSleep();
        assertEquals(1, before.get());
        assertEquals(0, after.get());
    }

    @Test
    void aHookThatThrowsDoesNotEndTheLoop() {
        onBefore = () -> {
            throw new IllegalStateException("on purpose");
        };
        virtual.run(() -> loop.setHooks(hooks));
        virtual.settle();
        virtual.run(() -> loop.setHooks(null));
        assertTrue(before.get() > 0 && after.get() > 0);
        assertThrows(IllegalStateException.class, () -> loop.setHooks(null));
    }
}
