package io.evpl;

import io.evpl.loop.LoopClock;
import io.evpl.metrics.EvplMetrics;
import io.evpl.metrics.LoopReading;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopTaskQueueFactory;
import io.netty.channel.MultithreadEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.EventExecutorChooserFactory;
import io.netty.util.concurrent.RejectedExecutionHandler;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.concurrent.ThreadPerTaskExecutor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Event loops for {@link EvplServerSocketChannel} and {@link EvplSocketChannel}.
 *
 * <p>Has the constructors of Netty's {@code EpollEventLoopGroup}, so that a server moves over by the class name. Select
 * strategies, {@code maxEventsAtOnce} and the I/O ratio are accepted and have no effect: these loops decide by
 * themselves when to poll, spin and sleep. 0 threads means Netty's default, twice the number of cores.
 *
 * <p>Every constructor throws {@link IllegalStateException} where the transport cannot be used, and
 * {@link IllegalArgumentException} for an {@code -Dio.evpl.*} key or value that is not known; both say which and why.
 */
public final class EvplEventLoopGroup extends MultithreadEventLoopGroup {
    private static final int DEFAULT_THREADS = 0;
    private static final String DEFAULT_NAME = "evpl";

    /** Kept here: Micrometer's meters hold weakly what they read. */
    private final List<LoopReading> readings = readings(this);

    public EvplEventLoopGroup() {
        this(DEFAULT_THREADS);
    }

    public EvplEventLoopGroup(int nThreads) {
        this(nThreads, (ThreadFactory) null);
    }

    public EvplEventLoopGroup(ThreadFactory threadFactory) {
        this(DEFAULT_THREADS, threadFactory);
    }

    public EvplEventLoopGroup(int nThreads, SelectStrategyFactory selectStrategyFactory) {
        this(nThreads, (ThreadFactory) null, selectStrategyFactory);
    }

    public EvplEventLoopGroup(int nThreads, ThreadFactory threadFactory) {
        this(nThreads, threadFactory, DefaultSelectStrategyFactory.INSTANCE);
    }

    public EvplEventLoopGroup(int nThreads, Executor executor) {
        this(nThreads, executor, DefaultSelectStrategyFactory.INSTANCE);
    }

    public EvplEventLoopGroup(int nThreads, ThreadFactory threadFactory, SelectStrategyFactory selectStrategyFactory) {
        this(nThreads, threadFactory, EvplConfig.fromSystemProperties());
    }

    public EvplEventLoopGroup(int nThreads, Executor executor, SelectStrategyFactory selectStrategyFactory) {
        this(nThreads, executor, DefaultEventExecutorChooserFactory.INSTANCE, selectStrategyFactory);
    }

    public EvplEventLoopGroup(int nThreads, Executor executor, EventExecutorChooserFactory chooserFactory,
                              SelectStrategyFactory selectStrategyFactory) {
        this(nThreads, executor, chooserFactory, selectStrategyFactory, RejectedExecutionHandlers.reject());
    }

    public EvplEventLoopGroup(int nThreads, Executor executor, EventExecutorChooserFactory chooserFactory,
                              SelectStrategyFactory selectStrategyFactory,
                              RejectedExecutionHandler rejectedExecutionHandler) {
        this(nThreads, executor, chooserFactory, selectStrategyFactory, rejectedExecutionHandler, null);
    }

    public EvplEventLoopGroup(int nThreads, Executor executor, EventExecutorChooserFactory chooserFactory,
                              SelectStrategyFactory selectStrategyFactory,
                              RejectedExecutionHandler rejectedExecutionHandler,
                              EventLoopTaskQueueFactory queueFactory) {
        this(nThreads, executor, chooserFactory, selectStrategyFactory, rejectedExecutionHandler, queueFactory, null);
    }

    /** @param tailTaskQueueFactory queues of {@code executeAfterEventLoopIteration}; null for the default */
    public EvplEventLoopGroup(int nThreads, Executor executor, EventExecutorChooserFactory chooserFactory,
                              SelectStrategyFactory selectStrategyFactory,
                              RejectedExecutionHandler rejectedExecutionHandler,
                              EventLoopTaskQueueFactory taskQueueFactory,
                              EventLoopTaskQueueFactory tailTaskQueueFactory) {
        super(nThreads, executor, chooserFactory, new LoopSettings(usable(EvplConfig.fromSystemProperties()),
                rejectedExecutionHandler, taskQueueFactory, tailTaskQueueFactory, LoopClock.SYSTEM,
                new AtomicInteger()));
    }

    /** Loops with settings of their own, whatever the system properties say. */
    public EvplEventLoopGroup(int nThreads, ThreadFactory threadFactory, EvplConfig config) {
        this(nThreads, threadFactory, config, LoopClock.SYSTEM);
    }

    /**
     * Loops whose timers, Netty's {@code schedule} among them, follow {@code clock}; for tests. On a
     * {@link io.evpl.loop.VirtualClock} nothing happens by time alone: loops sleep until the clock is advanced, and do not
     * spin. Only a shutdown's quiet period and timeout pass in real time.
     */
    public EvplEventLoopGroup(int nThreads, ThreadFactory threadFactory, EvplConfig config, LoopClock clock) {
        super(nThreads, threadFactory == null ? null : new ThreadPerTaskExecutor(threadFactory),
                DefaultEventExecutorChooserFactory.INSTANCE,
                new LoopSettings(usable(config), RejectedExecutionHandlers.reject(), null, null, clock,
                        new AtomicInteger()));
    }

    /** Says what is wrong before the superclass would wrap it. */
    private static EvplConfig usable(EvplConfig config) {
        Evpl.ensureAvailability();
        String refusal = Backends.refusal(config);
        if (refusal != null) {
            throw new IllegalStateException("evpl is unavailable: " + refusal);
        }
        return config;
    }

    /** What every loop of a group is made with: the superclass makes them before this class has fields. */
    private record LoopSettings(EvplConfig config, RejectedExecutionHandler rejected, EventLoopTaskQueueFactory queues,
                                EventLoopTaskQueueFactory tailQueues, LoopClock clock, AtomicInteger loopCount) {
    }

    @Override
    protected EventLoop newChild(Executor executor, Object... args) throws IOException {
        LoopSettings settings = (LoopSettings) args[0];
        int index = settings.loopCount().getAndIncrement();
        return new EvplEventLoop(this, executor, queue(settings.queues()), queue(settings.tailQueues()),
                settings.rejected(), settings.config().ofLoop(index), settings.config().cpuOf(index), settings.clock());
    }

    private static List<LoopReading> readings(EvplEventLoopGroup group) {
        List<LoopReading> readings = new ArrayList<>();
        for (var loop : group) {
            readings.add(new LiveLoop(readings.size(), (EvplEventLoop) loop));
        }
        return List.copyOf(readings);
    }

    /** The counts of its loops, as they are whenever they are read; for {@link io.evpl.metrics.EvplMeterBinder}. Any thread. */
    public List<LoopReading> readings() {
        return readings;
    }

    /** The counts of its loops now, under the name {@code evpl}. Any thread. */
    public EvplMetrics metrics() {
        return metrics(DEFAULT_NAME);
    }

    /** The counts of its loops now. Any thread. @param name tells it from other groups */
    public EvplMetrics metrics(String name) {
        return EvplMetrics.of(name, readings);
    }

    private static Queue<Runnable> queue(EventLoopTaskQueueFactory factory) {
        return factory == null ? EvplEventLoop.newQueue() : factory.newTaskQueue(EvplEventLoop.MAX_PENDING_TASKS);
    }
}
