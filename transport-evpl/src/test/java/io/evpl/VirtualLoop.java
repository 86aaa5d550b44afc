package io.evpl;

import io.evpl.loop.VirtualClock;

import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** A loop on the backend that the build chose, whose time the test moves. */
final class VirtualLoop implements AutoCloseable {
    static final long MS = 1_000_000;
    private static final long DEADLINE_MS = 10_000;
    /** More than the wake-ups that can be on their way to a loop which nobody wakes any more. */
    private static final int MAX_WINDOWS = 20;

    private final VirtualClock clock = new VirtualClock();
    private final EvplEventLoopGroup group;
    private final EvplEventLoop loop;

    /** What a test does on the loop. */
    interface Task {
        void run() throws Exception;
    }

    VirtualLoop() {
        group = new EvplEventLoopGroup(1, null, config(), clock);
        loop = (EvplEventLoop) group.next();
        run(() -> { });
    }

    /** Settings by key and value, on the build's backend. */
    static EvplConfig config(String... settings) {
        Properties properties = new Properties();
        properties.setProperty("io.evpl.backend", System.getProperty("io.evpl.backend", "auto"));
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty("io.evpl." + settings[i], settings[i + 1]);
        }
        return EvplConfig.from(properties);
    }

    EvplEventLoop loop() {
        return loop;
    }

    VirtualClock clock() {
        return clock;
    }

    void run(Task task) {
        call(() -> {
            task.run();
            return null;
        });
    }

    <T> T call(Callable<T> task) {
        return call(loop, task);
    }

    static <T> T call(EvplEventLoop loop, Callable<T> task) {
        try {
            return loop.submit(task).get(DEADLINE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Everything that is due has run: the loop has nothing left to do, or has done two more whole turns. */
    void settle() {
        for (int i = 0; i < 2; i++) {
            CountDownLatch turnEnded = new CountDownLatch(1);
            Deferral deferral = loop.newDeferral(turnEnded::countDown);
            loop.execute(deferral::arm);
            await(() -> turnEnded.getCount() == 0);
        }
    }

    /** Time passes, a millisecond at a time, and whatever is due runs. */
    void window(long ms) {
        for (long i = 0; i < ms; i++) {
            clock.advance(MS);
            settle();
        }
    }

    void awaitSleep() {
        awaitSleep(loop);
    }

    static void awaitSleep(EvplEventLoop loop) {
        await(loop::isAsleep);
    }

    static void await(BooleanSupplier condition) {
        CountDownLatch never = new CountDownLatch(1);
        try {
            for (long ms = 0; !condition.getAsBoolean(); ms++) {
                assertTrue(ms < DEADLINE_MS, "what the test waits for does not come");
                assertTrue(!never.await(1, TimeUnit.MILLISECONDS));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * What is counted when nobody does anything any more: {@code atRest}, and a whole window passed in which no count changed. A loop
     * may be woken once more by a ring that came while it was awake; one that something keeps awake has no such window. Tests judge
     * what this returns, not the counts as they are now.
     */
    static <T> T awaitStill(long windowMs, Supplier<T> counts, Predicate<T> atRest) throws InterruptedException {
        T before = counts.get();
        for (int window = 0; window < MAX_WINDOWS; window++) {
            letPass(windowMs);
            T after = counts.get();
            if (after.equals(before) && atRest.test(after)) {
                return after;
            }
            before = after;
        }
        throw new AssertionError("it does not come to rest: " + before);
    }

    /** Its turns, once it has none any more. */
    static long awaitStill(long windowMs, EvplEventLoop loop) throws InterruptedException {
        return awaitStill(windowMs, loop::turns, turns -> loop.isAsleep());
    }

    /** Real time passes: nothing will count this latch down. */
    static void letPass(long ms) throws InterruptedException {
        assertTrue(!new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        shutDown(group);
    }

    static void shutDown(EvplEventLoopGroup group) {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS);
        assertTrue(group.terminationFuture().awaitUninterruptibly(DEADLINE_MS), "the loop does not end");
    }
}
