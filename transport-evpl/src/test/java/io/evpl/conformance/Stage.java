package io.evpl.conformance;

import io.evpl.Deferral;
import io.evpl.EvplConfig;
import io.evpl.EvplEventLoop;
import io.evpl.EvplEventLoopGroup;
import io.evpl.LoopAccess;
import io.evpl.linux.OpenFds;
import io.evpl.loop.VirtualClock;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Two loops under one virtual clock, on which programs run one after the other. */
final class Stage implements AutoCloseable {
    static final long PATIENCE_MS = 10_000;
    private static final long END_LOOK_MS = 10;
    private static final long NS_PER_MS = 1_000_000;
    /** Turns in which the kernel gives back what was cancelled. */
    private static final int MAX_SETTLING_TURNS = 1000;

    private final VirtualClock clock = new VirtualClock();
    private final long originNs = clock.nanoTime();
    private final EvplEventLoopGroup group;
    private final EvplEventLoop front;
    private final EvplEventLoop back;
    private Remains clean;

    private record LoopRemains(int channels, int inFlight) {
        static LoopRemains of(EvplEventLoop loop) {
            return new LoopRemains(loop.registeredChannels(), LoopAccess.inFlight(loop));
        }
    }

    /** What is there between programs. Files are not: the JVM opens some when it likes. */
    private record Remains(LoopRemains front, LoopRemains back, Set<String> fds) {
        /** Loops of other tests may close theirs late: fewer descriptors are nobody's leak. */
        boolean hasMoreThan(Remains before) {
            return !front.equals(before.front) || !back.equals(before.back) || !before.fds.containsAll(fds);
        }
    }

    Stage() throws Exception {
        group = new EvplEventLoopGroup(2, null, EvplConfig.fromSystemProperties(), clock);
        front = (EvplEventLoop) group.next();
        back = (EvplEventLoop) group.next();
        settle(1);
    }

    /** Services are on this loop, and listeners, and all that is accepted. */
    EvplEventLoop front() {
        return front;
    }

    /** Clients are here or there. */
    EvplEventLoop loop(Op.Loops loops) {
        return switch (loops) {
            case SAME -> front;
            case APART -> back;
        };
    }

    long nowMs() {
        return (clock.nanoTime() - originNs) / NS_PER_MS;
    }

    /** Time passes, and what is due by then runs. */
    void advance(int ms) throws Exception {
        clock.advance(ms * NS_PER_MS);
        settleFront(1);
    }

    /** As many times {@link #advance}, all on the loop, which has no time to sleep in between: a step each turn. */
    void advanceAwake(int steps, int ms) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Strides strides = new Strides(steps, ms * NS_PER_MS, done);
        front.execute(strides.deferral::arm);
        done.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    /** At a turn's end, when all that is due has run, time moves on. */
    private final class Strides {
        private final Deferral deferral = front.newDeferral(this::walk);
        private final long ns;
        private final CompletableFuture<Void> done;
        private int left;

        Strides(int count, long ns, CompletableFuture<Void> done) {
            this.ns = ns;
            this.done = done;
            left = count;
        }

        void walk() {
            if (left-- == 0) {
                done.complete(null);
            } else {
                clock.advance(ns);
                deferral.arm();
            }
        }
    }

    <T> T onFront(Callable<T> task) throws Exception {
        return on(front, task);
    }

    static <T> T on(EvplEventLoop loop, Callable<T> task) throws Exception {
        try {
            return loop.submit(task).get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("on the loop: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the loop does not answer; turns: " + loop.turns(), e);
        }
    }

    /** Waits for the ends of {@code turns} turns of each loop that began after the call. */
    void settle(int turns) throws Exception {
        Future<?> frontEnded = turnsOf(front, turns);
        Future<?> backEnded = turnsOf(back, turns);
        await(frontEnded);
        await(backEnded);
    }

    void settleFront(int turns) throws Exception {
        await(turnsOf(front, turns));
    }

    /** A deferral of the present turn's end, which may have begun before, and one for each turn that follows. */
    private static Future<?> turnsOf(EvplEventLoop loop, int turns) {
        Promise<Void> ended = loop.newPromise();
        Deferral[] atEnd = new Deferral[turns + 1];
        for (int i = 0; i <= turns; i++) {
            Runnable next = i == turns ? () -> ended.setSuccess(null) : atEnd(atEnd, i + 1);
            atEnd[i] = loop.newDeferral(next);
        }
        loop.execute(atEnd[0]::arm);
        return ended;
    }

    private static Runnable atEnd(Deferral[] atEnd, int index) {
        return () -> atEnd[index].arm();
    }

    private static void await(Future<?> future) throws Exception {
        if (!future.await(PATIENCE_MS)) {
            throw new AssertionError("the loop does not end its turn");
        }
        future.sync();
    }

    /** @return what a program has left behind, a line each */
    List<String> leftovers() throws Exception {
        Remains now = look();
        if (clean == null) {
            clean = now;
        }
        for (int i = 0; i < MAX_SETTLING_TURNS && now.hasMoreThan(clean); i++) {
            settle(1);
            now = look();
        }
        if (now.hasMoreThan(clean)) {
            return List.of("left behind: " + now, "before the program: " + clean);
        }
        clean = now;
        return List.of();
    }

    private Remains look() throws Exception {
        return new Remains(on(front, () -> LoopRemains.of(front)), on(back, () -> LoopRemains.of(back)),
                OpenFds.now().stream().filter(fd -> !fd.contains(" -> /")).collect(Collectors.toSet()));
    }

    String backend() {
        return front.backend();
    }

    @Override
    public void close() {
        Future<?> ended = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        for (int i = 0; !ended.awaitUninterruptibly(END_LOOK_MS); i++) {
            if (i == PATIENCE_MS / END_LOOK_MS) {
                throw new AssertionError("the loops do not end");
            }
            clock.advance(NS_PER_MS); // Netty's shutdown waits for the clock to pass its quiet period, of 0 too
        }
    }
}
