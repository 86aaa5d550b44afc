package io.evpl;

import io.evpl.channel.Transport;
import io.evpl.linux.CpuAffinity;
import io.evpl.loop.LoopClock;
import io.evpl.loop.Sleeper;
import io.evpl.loop.SpinPolicy;
import io.evpl.loop.WakeFd;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandler;
import io.netty.util.internal.PlatformDependent;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One thread that serves channels: it polls for completed work, runs tasks and timers, spins for a while when idle, and
 * sleeps in one system call when nothing comes. {@link #execute} from another thread costs no system call while the loop
 * is awake.
 */
public final class EvplEventLoop extends SingleThreadEventLoop {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(EvplEventLoop.class);
    /** Completions dispatched before tasks get their turn. */
    private static final int IO_BUDGET = 1024;
    /** Time tasks may take before I/O gets its turn: what a connection may wait for a flood of tasks. */
    private static final long TASK_BUDGET_NS = 500_000;
    /** A loop that shuts down looks after its quiet period this often. */
    private static final long SHUTDOWN_SLEEP_NS = 10_000_000;
    static final int MAX_PENDING_TASKS = DEFAULT_MAX_PENDING_TASKS;
    private static final long AWAKE = -1;
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    private final Transport transport;
    private final String backend;
    private final WakeFd wakeFd;
    private final LoopClock clock;
    private final SpinPolicy spinPolicy;
    private final int cpu;
    private final SpinPolicy.Work anyWork = this::look;
    private final Set<Channel> channels = Collections.newSetFromMap(new IdentityHashMap<>());
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
        spinPolicy = new SpinPolicy(clock, config.spinNs(), Runtime.getRuntime().availableProcessors());
        wakeFd = new WakeFd();
        try {
            Backends.Opened opened = Backends.open(config, wakeFd);
            transport = opened.transport();
            backend = opened.name();
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
                    closeAll();
                    if (confirmShutdown() && channels.isEmpty()) {
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
        }
        try {
            transport.start();
        } catch (IOException e) {
            throw new IllegalStateException("the loop cannot start", e);
        }
    }

    private void turn() {
        turns++;
        boolean worked = transport.poll(IO_BUDGET) > 0;
        if (hasTasks() || isTimerDue()) {
            worked |= runAllTasks(TASK_BUDGET_NS);
        }
        if (hasWork() || worked && spinPolicy.shouldSpin()) {
            return; // the next turn's poll submits what this one prepared
        }
        if (!worked && spinPolicy.shouldSpin() && spinPolicy.spin(anyWork, deadlineNs())) {
            return;
        }
        sleep();
    }

    private boolean hasWork() {
        return hasTasks() || transport.hasWork();
    }

    private boolean look() {
        return hasTasks() || transport.look();
    }

    private boolean isTimerDue() {
        long deadlineNs = nextScheduledTaskDeadlineNanos();
        return deadlineNs != -1 && deadlineNs <= clock.nanoTime();
    }

    private long deadlineNs() {
        long deadlineNs = nextScheduledTaskDeadlineNanos();
        return deadlineNs == -1 ? NO_DEADLINE : deadlineNs;
    }

    private void sleep() {
        long deadlineNs = deadlineNs();
        long timeoutNs = Sleeper.FOREVER;
        if (deadlineNs != NO_DEADLINE) {
            timeoutNs = deadlineNs - clock.nanoTime();
            if (timeoutNs <= 0) {
                return;
            }
        }
        if (isShuttingDown()) {
            timeoutNs = timeoutNs == Sleeper.FOREVER ? SHUTDOWN_SLEEP_NS : Math.min(timeoutNs, SHUTDOWN_SLEEP_NS);
        }
        nextWakeupNs.set(deadlineNs);
        // Whoever adds a task after this look sees that the loop sleeps, and rings.
        if (!hasTasks()) {
            sleeps++;
            spinPolicy.beforeSleep();
            transport.sleep(timeoutNs);
            spinPolicy.afterSleep(hasWork());
        }
        if (nextWakeupNs.getAndSet(AWAKE) == AWAKE) {
            rings++;
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
        // the superclass asks while it is constructed
        return clock == null ? LoopClock.SYSTEM.nanoTime() : clock.nanoTime();
    }

    private void closeAll() {
        for (Channel channel : new ArrayList<>(channels)) {
            channel.unsafe().close(channel.unsafe().voidPromise());
        }
    }

    @Override
    protected void cleanup() {
        try {
            transport.close();
        } finally {
            wakeFd.awaitRings(rings);
            wakeFd.close();
            spinPolicy.stopped();
        }
    }

    // ---- what channels use

    Transport transport() {
        return transport;
    }

    void add(Channel channel) {
        assert inEventLoop();
        channels.add(channel);
    }

    void remove(Channel channel) {
        assert inEventLoop();
        channels.remove(channel);
    }

    @Override
    public int registeredChannels() {
        return channels.size();
    }

    @Override
    public Iterator<Channel> registeredChannelsIterator() {
        assert inEventLoop();
        return Collections.unmodifiableSet(channels).iterator();
    }

    // ---- what it tells of itself; exact on the loop's thread, an approximation on others

    /** {@code io_uring} or {@code epoll}. */
    public String backend() {
        return backend;
    }

    /** Turns so far. */
    public long turns() {
        return turns;
    }

    /** Times the kernel was entered to submit, collect or sleep. */
    public long kernelEntries() {
        return transport.enters();
    }

    /** Times the loop went to sleep. */
    public long sleeps() {
        return sleeps;
    }

    /** Times it spun instead of going to sleep at once. */
    public long spins() {
        return spinPolicy.spins();
    }
}
