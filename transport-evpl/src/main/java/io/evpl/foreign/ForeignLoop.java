package io.evpl.foreign;

import io.evpl.loop.Callback;
import io.evpl.loop.IoSource;
import io.evpl.loop.LoopClock;
import io.evpl.loop.SourceHost;
import io.evpl.loop.SourceList;
import io.evpl.loop.SpinPolicy;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sources of ours on a loop of Netty's: a {@code NioEventLoop}, an {@code EpollEventLoop} or the {@code IOUringEventLoop} of
 * netty-incubator-transport-io_uring. One for each such loop, made when it is first asked for, gone when the loop ends.
 *
 * <p>Busy, it has one turn for each of the host's: a task polls and adds itself to the host's tail queue, and from there to the task
 * queue again. Each queue alone would be run until it is empty, and so for ever; between the two the host looks at its own I/O, its
 * tasks and its timers. Idle, it arms the sources and has no turn: {@link IdleWatcher} wakes it.
 *
 * <p>All on the host's thread, but for what says otherwise.
 */
public final class ForeignLoop implements SourceHost {
    /** Completions of each source in a turn: as a loop of ours by default. */
    private static final int IO_BUDGET = 1024;
    /** Idle turns before the sources are armed, whatever the clock says: the host's own work makes turns long. */
    static final int MIN_IDLE_TURNS = 16;
    /** As {@code io.evpl.spinNs} by default. */
    private static final long SPIN_NS = 50_000;
    /** A host whose task queue is full gets the next turn so much later: timers are not bounded. */
    private static final long RETRY_MS = 1;
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ForeignLoop.class);
    private static final ConcurrentMap<EventLoop, ForeignLoop> LOOPS = new ConcurrentHashMap<>();

    private enum State {
        /** No source, or none that needs a turn yet. */
        RESTING,
        /** The host has a task of ours, in one queue or the other. */
        TURNING,
        /** The sources are armed. */
        ASLEEP,
        ENDED
    }

    private final SingleThreadEventLoop host;
    /** Null where the host hands its own operations to the kernel by itself. */
    private final Runnable submitting;
    private final SourceList sources = new SourceList();
    private final Runnable turn = this::turn;
    private final Runnable tail = this::tail;
    private final Runnable woken = this::woken;
    private final AtomicBoolean wakeUnderWay = new AtomicBoolean();
    private final List<Runnable> beforeEnd = new ArrayList<>();
    private final SpinPolicy spinPolicy = new SpinPolicy(LoopClock.SYSTEM, SPIN_NS, Runtime.getRuntime().availableProcessors());
    private State state = State.RESTING;
    private int idleTurns;
    private long turns;
    private long sleeps;
    private long wakeups;

    private ForeignLoop(SingleThreadEventLoop host, HostKind kind) {
        this.host = host;
        submitting = kind == HostKind.INCUBATOR ? IncubatorLoop.submitting(host) : null;
    }

    // ---- any thread

    /** Whether {@code loop} is one of these. Any thread. */
    public static boolean accepts(EventLoop loop) {
        return HostKind.of(loop) != null;
    }

    /**
     * Where sources are polled on {@code loop}: a loop of ours does that itself. Any thread.
     *
     * @throws IllegalArgumentException a loop of another kind; names those that there may be
     * @throws RejectedExecutionException the loop has ended
     */
    public static SourceHost of(EventLoop loop) {
        return loop instanceof SourceHost own ? own : onto(loop);
    }

    private static HostKind kindOf(EventLoop loop) {
        HostKind kind = HostKind.of(loop);
        if (kind == null) {
            throw new IllegalArgumentException(loop.getClass().getName() + " cannot have sources or channels of ours: a NioEventLoop, an EpollEventLoop, "
                    + "the IOUringEventLoop of netty-incubator-transport-io_uring and an EvplEventLoop can");
        }
        return kind;
    }

    /** @throws IllegalArgumentException as {@link #of}. Any thread. */
    public static void require(EventLoop loop) {
        kindOf(loop);
    }

    /** As {@link #of}, for a loop that is none of ours. */
    public static ForeignLoop onto(EventLoop loop) {
        HostKind kind = kindOf(loop);
        ForeignLoop present = LOOPS.get(loop);
        if (present != null) {
            return present;
        }
        if (loop.isShuttingDown()) {
            throw new RejectedExecutionException(loop + " ends");
        }
        ForeignLoop made = new ForeignLoop((SingleThreadEventLoop) loop, kind);
        present = LOOPS.putIfAbsent(loop, made);
        if (present == null) {
            made.awaitHostsEnd();
            return made;
        }
        return present;
    }

    /**
     * Adds {@code source} to {@code loop}, on its thread. Any thread.
     *
     * @return complete when it is added; fails as {@link #addSource} does
     * @throws IllegalArgumentException as {@link #of}
     */
    public static Future<Void> attach(EventLoop loop, IoSource source) {
        SourceHost host = of(loop);
        return loop.submit(() -> {
            host.addSource(source);
            return null;
        });
    }

    /**
     * Takes it back, on the loop's thread. Any thread.
     *
     * @return complete when nothing calls the source any more; false if it was not there
     */
    public static Future<Boolean> detach(EventLoop loop, IoSource source) {
        SourceHost host = of(loop);
        return loop.submit(() -> host.removeSource(source));
    }

    /**
     * A timer of the host's that is never due and costs it nothing (for each of the three its deadline is the one that stands for
     * none). A loop cancels its timers when it ends, on its thread, before it looks whether there is anything left to do; a shutdown
     * hook would be passed over by a loop that has tasks up to its end.
     */
    private void awaitHostsEnd() {
        try {
            host.schedule(() -> { }, Long.MAX_VALUE, TimeUnit.NANOSECONDS).addListener(cancelled -> end());
        } catch (RejectedExecutionException e) {
            LOOPS.remove(host, this);
            throw e;
        }
    }

    // ---- sources

    @Override
    public void addSource(IoSource source) throws IOException {
        requireLoop("addSource");
        if (sources.contains(source)) {
            throw new IllegalArgumentException(source + " was added already");
        }
        if (state == State.ENDED) {
            throw new IOException("the loop ends");
        }
        sources.add(source, (fd, pollEvents, readiness) -> IdleWatcher.watch(fd, this::wake));
        turnSoon();
    }

    @Override
    public boolean removeSource(IoSource source) {
        requireLoop("removeSource");
        return sources.remove(source);
    }

    @Override
    public void pollSoon() {
        assert host.inEventLoop();
        if (state == State.ASLEEP) {
            turnSoon();
        }
    }

    /**
     * How long it goes on polling without finding anything, if that has paid lately; see {@link SpinPolicy}. 0: it arms after a few
     * turns. {@link SpinPolicy#ALWAYS}: it never does, and the host never sleeps while there is a source.
     */
    public void spinFor(long spinNs) {
        requireLoop("spinFor");
        spinPolicy.limit(spinNs);
    }

    /** Has {@code action} called when the host ends, before the sources are closed. */
    public void beforeEnd(Runnable action) {
        requireLoop("beforeEnd");
        beforeEnd.add(action);
    }

    private void requireLoop(String call) {
        if (!host.inEventLoop()) {
            throw new IllegalStateException(call + "() on " + Thread.currentThread().getName()
                    + ", not on its loop's thread: use execute()");
        }
    }

    // ---- turns

    private void turnSoon() {
        if (state == State.RESTING || state == State.ASLEEP) {
            resume();
            tail();
        }
    }

    private void resume() {
        if (state == State.ASLEEP) {
            sources.disarm();
            spinPolicy.afterSleep(true);
        } else {
            spinPolicy.started();
        }
        idleTurns = 0;
        state = State.TURNING;
    }

    /** From the host's task queue. */
    private void turn() {
        if (state != State.TURNING) {
            return;
        }
        turns++;
        try {
            goOn(sources.poll(IO_BUDGET) > 0);
        } catch (AssertionError e) {
            LOGGER.error("A source of {} is in doubt; all that it has are closed", host, e);
            end();
        } catch (Throwable e) {
            Callback.threw("foreign loop", this, e);
            sources.disarm();
            again();
        }
    }

    private void goOn(boolean worked) {
        if (submitting != null) {
            submitting.run(); // what the host's own channels have prepared
        }
        if (sources.isEmpty()) {
            spinPolicy.stopped();
            state = State.RESTING;
        } else if (worked) {
            idleTurns = 0;
            spinPolicy.foundByTurn();
            again();
        } else if (++idleTurns <= MIN_IDLE_TURNS || spinPolicy.spinsOn() || !sources.arm()) {
            again();
        } else {
            sleeps++;
            state = State.ASLEEP;
            spinPolicy.beforeSleep();
        }
    }

    private void again() {
        try {
            host.executeAfterEventLoopIteration(tail);
        } catch (RejectedExecutionException e) {
            later();
        }
    }

    /** From the host's tail queue: the host looks at its I/O before the turn. */
    private void tail() {
        try {
            host.execute(turn);
        } catch (RejectedExecutionException e) {
            later();
        }
    }

    private void later() {
        if (!host.isShuttingDown()) {
            host.schedule(turn, RETRY_MS, TimeUnit.MILLISECONDS);
        }
    }

    // ---- waking

    /** By the watcher's thread. */
    private boolean wake() {
        if (wakeUnderWay.getAndSet(true)) {
            return true; // the task that is to come sees this as well
        }
        try {
            host.execute(woken);
            return true;
        } catch (RejectedExecutionException e) {
            wakeUnderWay.set(false);
            return host.isShuttingDown();
        }
    }

    private void woken() {
        wakeUnderWay.set(false);
        if (state == State.ASLEEP) {
            wakeups++;
            resume();
            turn();
        }
    }

    private void end() {
        if (state == State.ENDED) {
            return;
        }
        for (Runnable action : beforeEnd) {
            try {
                action.run();
            } catch (RuntimeException e) {
                Callback.threw("end of a foreign loop", action, e);
            }
        }
        if (state == State.TURNING) {
            spinPolicy.stopped();
        }
        state = State.ENDED;
        LOOPS.remove(host, this);
        sources.close();
    }

    // ---- what it tells of itself; exact on the host's thread, an approximation on others

    /** Polls of the sources so far. */
    public long turns() {
        return turns;
    }

    /** Times the sources were armed. */
    public long sleeps() {
        return sleeps;
    }

    /** Times a descriptor woke it. */
    public long wakeups() {
        return wakeups;
    }

    /** Times it polled on instead of arming at once, and how many of them found something. */
    public long spins() {
        return spinPolicy.spins();
    }

    public long spinHits() {
        return spinPolicy.spinHits();
    }

    /** Time spent so in vain. */
    public long spinNs() {
        return spinPolicy.spinNs();
    }

    @Override
    public String toString() {
        return "sources on " + host;
    }
}
