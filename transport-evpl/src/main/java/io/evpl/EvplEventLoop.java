package io.evpl;

import io.evpl.channel.Transport;
import io.evpl.jfr.LoopEvents;
import io.evpl.linux.CpuAffinity;
import io.evpl.linux.Poll;
import io.evpl.loop.Callback;
import io.evpl.loop.DoorbellList;
import io.evpl.loop.FdWatch;
import io.evpl.loop.IoSource;
import io.evpl.loop.LoopClock;
import io.evpl.loop.Readiness;
import io.evpl.loop.Sleeper;
import io.evpl.loop.SourceHost;
import io.evpl.loop.SourceList;
import io.evpl.loop.SpinPolicy;
import io.evpl.loop.TimerHeap;
import io.evpl.loop.TurnQueue;
import io.evpl.loop.VirtualClock;
import io.evpl.loop.WakeFd;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficCounters;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandler;
import io.netty.util.internal.PlatformDependent;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.io.IOException;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One thread that serves channels: it polls for completed work, runs tasks and timers, spins for a while when idle, and
 * sleeps in one system call when nothing comes. {@link #execute} from another thread costs no system call while the loop
 * is awake.
 */
public final class EvplEventLoop extends SingleThreadEventLoop implements SourceHost {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(EvplEventLoop.class);
    /** Timers run before I/O gets its turn. */
    private static final int TIMER_BUDGET = 1024;
    /** A loop that shuts down looks after its quiet period this often. */
    private static final long SHUTDOWN_SLEEP_NS = 10_000_000;
    static final int MAX_PENDING_TASKS = DEFAULT_MAX_PENDING_TASKS;
    private static final long AWAKE = -1;
    private static final long NO_DEADLINE = TimerHeap.NONE;
    private static final Runnable STARTED = () -> { };

    private final Transport transport;
    private final String backend;
    /** Why it is not io_uring, null if it is. */
    private final String backendReason;
    private final WakeFd wakeFd;
    private final LoopClock clock;
    private final SpinPolicy spinPolicy;
    /** -1 if the loop is not pinned. */
    private volatile int cpu;
    private final SpinPolicy.Work anyWork = this::look;
    private final LoopChannels channels;
    private final SourceList sources = new SourceList();
    private final DoorbellList doorbells = new DoorbellList();
    private final TimerHeap timers = new TimerHeap();
    private final TurnQueue deferrals = new TurnQueue("deferral");
    /** {@link FdEvent}s that are ready for what is wanted of them. */
    private final TurnQueue readyFds = new TurnQueue("descriptor event");
    private final BitSet watchedFds = new BitSet();
    private final Runnable clockAdvanced = this::clockAdvanced;
    /** Completions dispatched before tasks get their turn. */
    private final int ioBudget;
    /** Time tasks may take before I/O gets its turn: what a connection may wait for a flood of tasks. */
    private final long taskBudgetNs;
    private LoopHooks hooks;
    private int pins;
    /** When a loop with a virtual clock began to shut down, by the machine's; else 0. */
    private long endBeganNs;
    /** Clock time at which the loop wakes by itself: other threads need not ring for timers later than that. */
    private final AtomicLong nextWakeupNs = new AtomicLong(AWAKE);
    private long rings;
    private long turns;
    private long sleeps;

    EvplEventLoop(EventLoopGroup parent, Executor executor, Queue<Runnable> taskQueue, Queue<Runnable> tailTaskQueue,
                  RejectedExecutionHandler rejectedExecutionHandler, EvplConfig config, int cpu, LoopClock clock)
            throws IOException {
        super(parent, executor, false, taskQueue, tailTaskQueue, rejectedExecutionHandler);
        this.clock = clock;
        this.cpu = cpu;
        // Neither a spin nor a flood of tasks would end on a clock that stands.
        boolean stands = clock instanceof VirtualClock;
        spinPolicy = new SpinPolicy(clock, stands ? 0 : config.spinNs(), Runtime.getRuntime().availableProcessors());
        taskBudgetNs = stands ? 0 : config.taskBudgetNs();
        ioBudget = config.ioBudget();
        wakeFd = new WakeFd();
        try {
            Backends.Opened opened = Backends.open(config, wakeFd);
            transport = opened.transport();
            backend = opened.name();
            backendReason = opened.reason();
            channels = new OwnChannels(config);
        } catch (IOException | RuntimeException e) {
            wakeFd.close();
            throw e;
        }
    }

    static Queue<Runnable> newQueue() {
        return MAX_PENDING_TASKS == Integer.MAX_VALUE ? PlatformDependent.newMpscQueue()
                : PlatformDependent.newMpscQueue(MAX_PENDING_TASKS);
    }

    // ---- the loop

    @Override
    protected void run() {
        begin();
        for (;;) {
            try {
                turn();
                if (isShuttingDown()) {
                    beginEnd();
                    channels.closeAll();
                    if (confirmShutdown() && channels.all().isEmpty()) {
                        return;
                    }
                }
            } catch (AssertionError e) {
                throw e; // a bug of ours that leaves the ring in doubt: the loop ends, and says what it was
            } catch (Throwable e) {
                LOGGER.warn("Unexpected exception in the event loop", e);
            }
        }
    }

    private void begin() {
        spinPolicy.started();
        if (cpu >= 0 && !CpuAffinity.pinThread(cpu)) {
            LOGGER.warn("Cannot pin {} to CPU {}: it is not among the CPUs this process may use",
                    Thread.currentThread().getName(), cpu);
            cpu = -1;
        }
        if (clock instanceof VirtualClock virtual) {
            virtual.follow(clockAdvanced);
        }
        try {
            transport.start();
        } catch (IOException e) {
            throw new IllegalStateException("the loop cannot start", e);
        }
        LoopEvents.backendChosen(backend, backendReason, cpu);
    }

    private void turn() {
        turns++;
        boolean worked = LoopEvents.watchesTurns() ? watchedWork() : work();
        if (hasWork() || worked && spinPolicy.shouldSpin()) {
            return; // the next turn's poll submits what this one prepared
        }
        if (pins > 0) {
            Thread.onSpinWait();
            return;
        }
        if (!worked && spinPolicy.shouldSpin() && spinPolicy.spin(anyWork, deadlineNs())) {
            return;
        }
        sleep();
    }

    private boolean watchedWork() {
        Object turn = LoopEvents.turnBegins();
        try {
            return work();
        } finally {
            LoopEvents.turnEnded(turn, turns, channels.all().size());
        }
    }

    private boolean work() {
        boolean worked = pollSources();
        if (hasTasks() || isTaskDue()) {
            worked |= runAllTasks(taskBudgetNs);
        }
        if (!timers.isEmpty()) {
            worked |= timers.run(clock.nanoTime(), TIMER_BUDGET) > 0;
        }
        if (!deferrals.isEmpty()) {
            worked |= deferrals.run() > 0;
        }
        if (hooks != null) {
            endIteration();
        }
        return worked;
    }

    private boolean pollSources() {
        boolean worked = transport.poll(ioBudget) > 0;
        if (!sources.isEmpty()) {
            worked |= sources.poll(ioBudget) > 0;
        }
        if (!readyFds.isEmpty()) {
            worked |= readyFds.run() > 0;
        }
        if (doorbells.hasRung()) {
            worked |= doorbells.answer() > 0;
        }
        return worked;
    }

    private boolean hasWork() {
        return isCalled() || transport.hasWork();
    }

    private boolean look() {
        return isCalled() || transport.look() || !sources.isEmpty() && (sources.poll(ioBudget) > 0 || isCalled());
    }

    /** Whether somebody waits for the next turn. */
    private boolean isCalled() {
        return hasTasks() || doorbells.hasRung() || !deferrals.isEmpty() || !readyFds.isEmpty();
    }

    private boolean isTaskDue() {
        long deadlineNs = nextScheduledTaskDeadlineNanos();
        return deadlineNs != -1 && deadlineNs <= clock.nanoTime();
    }

    private long deadlineNs() {
        long deadlineNs = nextScheduledTaskDeadlineNanos();
        return deadlineNs == -1 ? timers.deadlineNs() : Math.min(deadlineNs, timers.deadlineNs());
    }

    private void sleep() {
        if (!sources.isEmpty() && !sources.arm()) {
            Thread.onSpinWait(); // a source has work, or work that only polling can see
            return;
        }
        boolean hooked = hooks != null && beforeSleep();
        waitForWork();
        if (hooked) {
            afterSleep();
        }
        if (!sources.isEmpty()) {
            sources.disarm();
        }
    }

    private void waitForWork() {
        long deadlineNs = deadlineNs();
        nextWakeupNs.set(deadlineNs);
        // Whoever adds a task, rings or advances a virtual clock after these looks sees that the loop sleeps, and wakes it.
        long timeoutNs = timeoutNs(deadlineNs);
        if (timeoutNs != 0 && pins == 0 && !isCalled()) {
            sleeps++;
            spinPolicy.beforeSleep();
            transport.sleep(timeoutNs);
            spinPolicy.afterSleep(hasWork());
        }
        if (nextWakeupNs.getAndSet(AWAKE) == AWAKE) {
            rings++;
        }
    }

    /** How long to sleep; 0 if {@code deadlineNs} has come. */
    private long timeoutNs(long deadlineNs) {
        long mostNs = isShuttingDown() ? SHUTDOWN_SLEEP_NS : Sleeper.FOREVER;
        if (deadlineNs == NO_DEADLINE) {
            return mostNs;
        }
        long untilNs = Math.max(deadlineNs - clock.nanoTime(), 0);
        if (untilNs > 0 && clock instanceof VirtualClock) {
            return mostNs; // its advance wakes the loop; real time brings the deadline no nearer
        }
        return mostNs == Sleeper.FOREVER ? untilNs : Math.min(untilNs, mostNs);
    }

    /** By the thread that advanced the loop's virtual clock. */
    private void clockAdvanced() {
        if (nextWakeupNs.get() <= clock.nanoTime()) {
            wakeup(inEventLoop());
        }
    }

    private void endIteration() {
        try {
            hooks.iterationEnd();
        } catch (Throwable e) {
            Callback.threw("loop hook", hooks, e);
        }
    }

    private boolean beforeSleep() {
        try {
            hooks.beforeSleep();
        } catch (Throwable e) {
            Callback.threw("loop hook", hooks, e);
        }
        return hooks != null;
    }

    private void afterSleep() {
        try {
            hooks.afterSleep();
        } catch (Throwable e) {
            Callback.threw("loop hook", hooks, e);
        }
    }

    @Override
    protected void wakeup(boolean inEventLoop) {
        if (!inEventLoop && nextWakeupNs.getAndSet(AWAKE) != AWAKE) {
            transport.wake();
        }
    }

    @Override
    protected boolean beforeScheduledTaskSubmitted(long deadlineNanos) {
        return deadlineNanos < nextWakeupNs.get();
    }

    @Override
    protected boolean afterScheduledTaskSubmitted(long deadlineNanos) {
        return deadlineNanos < nextWakeupNs.get();
    }

    @Override
    protected long getCurrentTimeNanos() {
        if (clock == null) {
            return LoopClock.SYSTEM.nanoTime(); // the superclass asks while it is constructed
        }
        return endBeganNs == 0 ? clock.nanoTime() : clock.nanoTime() + LoopClock.SYSTEM.nanoTime() - endBeganNs;
    }

    /** Nobody advances a virtual clock for Netty's quiet period: it passes in real time. */
    private void beginEnd() {
        if (endBeganNs == 0 && clock instanceof VirtualClock) {
            endBeganNs = LoopClock.SYSTEM.nanoTime() | 1;
        }
    }

    @Override
    protected void cleanup() {
        try {
            sources.close();
            transport.close();
        } finally {
            if (clock instanceof VirtualClock virtual) {
                virtual.unfollow(clockAdvanced);
            }
            wakeFd.awaitRings(rings);
            wakeFd.close();
            spinPolicy.stopped();
        }
    }

    // ---- what channels use

    Transport transport() {
        return transport;
    }

    LoopChannels channels() {
        return channels;
    }

    /** What this loop's channels of {@code protocol} count with, on its thread. */
    TrafficCounters traffic(Protocol protocol) {
        return channels.traffic(protocol);
    }

    @Override
    public int registeredChannels() {
        return channels.all().size();
    }

    @Override
    public Iterator<Channel> registeredChannelsIterator() {
        assert inEventLoop();
        return Collections.unmodifiableSet(channels.all()).iterator();
    }

    // ---- services

    /**
     * A doorbell that is not rung. Any thread; starts the loop.
     *
     * @param onRing called on the loop; what it throws is logged
     */
    public Doorbell newDoorbell(Runnable onRing) {
        Doorbell doorbell = new Doorbell(this, Objects.requireNonNull(onRing, "onRing"));
        if (!inEventLoop()) {
            execute(STARTED);
        }
        return doorbell;
    }

    void ring(DoorbellList.Entry bell) {
        // Its place in the list was written before nextWakeupNs is read, as waitForWork() writes that before it looks.
        if (doorbells.ring(bell) && nextWakeupNs.get() != AWAKE) {
            wakeup(inEventLoop());
        }
    }

    void closeDoorbell(DoorbellList.Entry bell) {
        doorbells.close(bell);
    }

    /** A deferral that is not armed. Any thread. @param callback called on the loop; what it throws is logged */
    public Deferral newDeferral(Runnable callback) {
        return new Deferral(this, deferrals, Objects.requireNonNull(callback, "callback"));
    }

    /** A timer that is not armed. Any thread. @param callback called on the loop; what it throws is logged */
    public LoopTimer newTimer(Runnable callback) {
        return new LoopTimer(this, timers, Objects.requireNonNull(callback, "callback"));
    }

    /** The channels of a loop of ours: it is awake while anybody asks anything of its transport. */
    private final class OwnChannels extends LoopChannels {
        OwnChannels(EvplConfig config) {
            super(config);
        }

        @Override
        Transport transport() {
            return transport;
        }

        @Override
        void pollSoon() {
            // it polls after each task anyway
        }

        @Override
        void workFromNeighbour() {
            spinPolicy.workFromNeighbour();
        }
    }

    /**
     * Polls {@code source} in each turn, before tasks and timers, and in each look of a loop that spins; what it does counts as
     * work for {@link io.evpl.loop.SpinPolicy}. Before the loop sleeps it arms the source; see {@link IoSource}. A source may
     * be added and removed within a poll, its own too. The loop's thread.
     *
     * @throws IOException              the kernel does not watch its {@link IoSource#wakeFd()}; it is not added
     * @throws IllegalArgumentException it was added already
     * @throws IllegalStateException    on another thread
     */
    @Override
    public void addSource(IoSource source) throws IOException {
        requireLoop("addSource");
        if (sources.contains(source)) {
            throw new IllegalArgumentException(source + " was added already");
        }
        sources.add(source, this::watch);
    }

    /**
     * Takes a source back, disarmed and open. One that is still there when the loop ends is closed by it. The loop's thread.
     *
     * @return false if it was not there
     * @throws IllegalStateException on another thread
     */
    @Override
    public boolean removeSource(IoSource source) {
        requireLoop("removeSource");
        return sources.remove(source);
    }

    /**
     * Watches a descriptor of the caller's, who closes the event before the descriptor. Nothing is wanted of it at first but
     * to hear of errors and hangups. The loop's thread.
     *
     * @throws IOException           it cannot be watched (a regular file, a directory, not open): says which
     * @throws IllegalStateException on another thread, or if this loop watches it already
     */
    public FdEvent watch(int fd, FdEvent.Handler handler) throws IOException {
        requireLoop("watch");
        Objects.requireNonNull(handler, "handler");
        FdEvent event = new FdEvent(this, readyFds, fd, handler);
        event.watchedBy(watch(fd, Poll.POLLIN | Poll.POLLOUT, event::told));
        watchedFds.set(fd);
        return event;
    }

    private FdWatch watch(int fd, int pollEvents, Readiness readiness) throws IOException {
        if (fd >= 0 && watchedFds.get(fd)) {
            throw new IllegalStateException("descriptor " + fd + " is watched by this loop already: an FdEvent must be "
                    + "closed before its descriptor is");
        }
        PollableFd.require(fd);
        return transport.watchFd(fd, pollEvents, readiness);
    }

    void unwatched(int fd) {
        watchedFds.clear(fd);
    }

    /**
     * Keeps the loop from sleeping until {@link #unpin}, as often as it was called: it takes a whole core and polls its
     * sources all the time. The loop's thread, or {@link IllegalStateException}.
     */
    public void pin() {
        requireLoop("pin");
        pins++;
    }

    /** Takes one {@link #pin} back. @throws IllegalStateException it is not pinned, or on another thread */
    public void unpin() {
        requireLoop("unpin");
        if (pins == 0) {
            throw new IllegalStateException("unpin() without pin()");
        }
        pins--;
    }

    /** From now on {@code hooks} are told of turns; null for none. The loop's thread, or {@link IllegalStateException}. */
    public void setHooks(LoopHooks hooks) {
        requireLoop("setHooks");
        this.hooks = hooks;
    }

    /** The time by this loop's clock, that its timers follow; monotonic. Any thread. */
    public long clockNs() {
        return clock.nanoTime();
    }

    void requireLoop(String call) {
        if (!inEventLoop()) {
            throw new IllegalStateException(call + "() on " + Thread.currentThread().getName()
                    + ", not on its loop's thread: use execute()");
        }
    }

    // ---- what it tells of itself; exact on the loop's thread, an approximation on others

    /** {@code io_uring} or {@code epoll}. */
    public String backend() {
        return backend;
    }

    /** The CPU that the loop's thread is pinned to, -1 if to none. */
    public int cpu() {
        return cpu;
    }

    /** Turns so far. */
    public long turns() {
        return turns;
    }

    /** Times the kernel was entered to submit, collect or sleep. */
    public long kernelEntries() {
        return transport.enters();
    }

    /** Whether it sleeps, or is about to and will look once more before it does. Any thread. */
    boolean isAsleep() {
        return nextWakeupNs.get() != AWAKE;
    }

    /** Times the loop went to sleep. */
    public long sleeps() {
        return sleeps;
    }

    /** Times another thread woke it. */
    long wakeups() {
        return rings;
    }

    /** Times it spun instead of going to sleep at once. */
    public long spins() {
        return spinPolicy.spins();
    }

    long spinHits() {
        return spinPolicy.spinHits();
    }

    long spinNs() {
        return spinPolicy.spinNs();
    }
}
