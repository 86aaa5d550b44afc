package io.evpl;

import io.evpl.channel.Transport;
import io.evpl.linux.Errno;
import io.evpl.linux.uring.RingFeatures;
import io.evpl.linux.uring.ScriptedKernel;
import io.evpl.linux.uring.UringAbi;
import io.evpl.loop.WakeFd;
import io.evpl.metrics.EvplMetrics;
import io.evpl.uring.ScriptedTransport;
import io.netty.channel.Channel;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A real {@link EvplEventLoop} on a {@link ScriptedKernel}. Whenever the loop would sleep it waits for the test, which may
 * then look at the kernel, complete operations and let the loop go on with {@link #turn()} or {@link #run}: the two
 * threads never run at the same time.
 */
final class ScriptedLoop implements AutoCloseable {
    private static final long DEADLINE_MS = 10_000;
    private static final int SQ_ENTRIES = 64;
    private static final int CQ_ENTRIES = 64;

    /** What a test does on the loop. */
    interface Task {
        void run() throws Exception;
    }

    private final ScriptedKernel kernel = ScriptedKernel.of(SQ_ENTRIES, CQ_ENTRIES);
    private final AtomicLong clockNs = new AtomicLong(1);
    private final EvplEventLoopGroup group;
    private final EvplEventLoop loop;
    private boolean asleep;
    private boolean resumed;
    private volatile boolean free;

    ScriptedLoop(RingFeatures features) {
        Properties settings = new Properties();
        settings.setProperty("io.evpl.backend", "epoll");
        settings.setProperty("io.evpl.spinNs", "0");
        group = new EvplEventLoopGroup(1, null, EvplConfig.from(settings), this::nanoTime);
        loop = (EvplEventLoop) group.next();
        kernel.deferTaskWork();
        kernel.onSleep(this::sleep);
        replaceTransport(features);
        run(() -> { });
    }

    /** The loop's thread has not started: nobody has seen the transport it was made with. */
    private void replaceTransport(RingFeatures features) {
        try {
            Field transport = field("transport");
            ((Transport) transport.get(loop)).close();
            transport.set(loop, ScriptedTransport.open(kernel, features, (WakeFd) field("wakeFd").get(loop)));
        } catch (ReflectiveOperationException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Field field(String name) throws ReflectiveOperationException {
        Field field = EvplEventLoop.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** Moves by itself only at the end: Netty's shutdown waits for the clock to pass its quiet period. */
    private long nanoTime() {
        return free ? clockNs.incrementAndGet() : clockNs.get();
    }

    private synchronized int sleep(long timeoutNs) {
        asleep = true;
        notifyAll();
        try {
            while (!resumed && !free) {
                wait();
            }
            if (free) {
                wait(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        asleep = false;
        resumed = false;
        return -Errno.EINTR;
    }

    ScriptedKernel kernel() {
        return kernel;
    }

    EvplEventLoop loop() {
        return loop;
    }

    /** The loop works until there is nothing left to do. */
    synchronized void turn() {
        resumed = true;
        asleep = false;
        notifyAll();
        awaitSleep();
    }

    private synchronized void awaitSleep() {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS);
        try {
            while (!asleep) {
                if (loop.isShuttingDown() || System.nanoTime() > deadlineNs) {
                    throw new AssertionError("the loop " + (loop.isShuttingDown() ? "has ended" : "does not come to rest"));
                }
                wait(100);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Does {@code task} on the loop, and lets it work until there is nothing left to do. */
    void run(Task task) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        loop.execute(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        turn();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    /** Of a loop that rests. */
    EvplMetrics metrics() {
        return group.metrics();
    }

    void register(Channel channel) {
        run(() -> loop.register(channel));
    }

    /** Timers due by then run. */
    void advanceMs(long ms) {
        clockNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
        turn();
    }

    /** Operations in flight but for the loop's own wake-up. */
    int inFlight() {
        return kernel.inFlight().size() - 1;
    }

    /** Buffers that the kernel may fill: all of them, unless one was lost. */
    int lentBuffers() {
        return kernel.buffers(ScriptedTransport.BUFFER_GROUP).available();
    }

    /** Cancellations are answered, operations in flight end, channels close. */
    @Override
    public void close() {
        synchronized (this) {
            free = true;
            kernel.on(UringAbi.OP_ASYNC_CANCEL, null);
            notifyAll();
        }
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        if (!group.terminationFuture().awaitUninterruptibly(DEADLINE_MS)) {
            throw new AssertionError("the loop does not end; in flight: " + kernel.inFlight());
        }
    }
}
