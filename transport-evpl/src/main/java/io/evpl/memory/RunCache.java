package io.evpl.memory;

import io.netty.util.concurrent.EventExecutor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One thread's runs. It allocates from them and takes back into them without locks; what other threads release, they push
 * onto a list that it takes as a whole. Threads that are not Netty's share one, whose user holds its monitor.
 *
 * <p>A run whose last buffer comes back is kept up to a limit, until a timer of the thread's executor finds it still empty.
 * The timer is armed only while there may be something to give back: an idle loop is woken at most twice more.
 */
final class RunCache {
    /** Of empty runs, for each size class: what a burst that comes again finds without asking the pool. */
    private static final int MOST_EMPTY_BYTES = 512 << 10;
    /** Cells up to here are cut from a single block, larger ones from four, so that little is left over. */
    private static final int ONE_BLOCK_CELL_BYTES = 4096;
    private static final int RUN_BLOCKS = 4;

    private static final VarHandle RELEASED;

    static {
        try {
            RELEASED = MethodHandles.lookup().findVarHandle(RunCache.class, "released", SlabByteBuf.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EvplAllocator allocator;
    private final SlabPool pool;
    private final EventExecutor executor;
    private final Run[] current = new Run[SizeClasses.COUNT];
    /** Heads of the lists of runs with cells left. */
    private final Run[] partial = new Run[SizeClasses.COUNT];
    private final int[] emptyRuns = new int[SizeClasses.COUNT];
    private final Runnable arming = this::arm;
    private final Runnable trimming = this::trimmingDue;
    /** Null if threads share it, or its thread has ended. Others compare it with themselves: they may see it late. */
    Thread thread;
    /** What other threads released, the last first. */
    @SuppressWarnings("unused") // by RELEASED
    private volatile SlabByteBuf released;
    private volatile boolean armed;
    /** Its thread has ended: who releases the last buffer of a run gives the run back. */
    private volatile boolean orphaned;

    /** @param thread null for the one that threads share; @param executor the thread's, null if it has none */
    RunCache(EvplAllocator allocator, SlabPool pool, Thread thread, EventExecutor executor) {
        this.allocator = allocator;
        this.pool = pool;
        this.thread = thread;
        this.executor = executor;
        Arrays.fill(current, Run.NONE);
    }

    SlabByteBuf take(int sizeClass) {
        SlabByteBuf buffer = current[sizeClass].take();
        return buffer != null ? buffer : takeElsewhere(sizeClass);
    }

    private SlabByteBuf takeElsewhere(int sizeClass) {
        takeReleased();
        SlabByteBuf buffer = current[sizeClass].take();
        if (buffer != null) {
            return buffer;
        }
        Run run = partial[sizeClass];
        if (run != null) {
            unlink(run);
        } else {
            int cellBytes = SizeClasses.bytes(sizeClass);
            int runBytes = cellBytes <= ONE_BLOCK_CELL_BYTES ? Slab.BLOCK_BYTES : RUN_BLOCKS * Slab.BLOCK_BYTES;
            run = pool.take(allocator, this, sizeClass, cellBytes, runBytes / cellBytes);
        }
        current[sizeClass].isFull = true;
        current[sizeClass] = run;
        if (!armed) {
            arm();
        }
        return run.take();
    }

    /** Takes back a buffer, on the thread. */
    void put(SlabByteBuf buffer) {
        Run run = buffer.run;
        run.put(buffer);
        if (run.isFull | run.used == 0) {
            settle(run);
        }
    }

    private void settle(Run run) {
        if (orphaned) {
            if (run.used == 0) {
                pool.put(run);
            }
            return;
        }
        if (run.isFull) {
            run.isFull = false;
            link(run);
        }
        if (run.used == 0) {
            becameEmpty(run);
        }
    }

    private void becameEmpty(Run run) {
        if (!armed) {
            arm();
        }
        if (run == current[run.sizeClass]) {
            return;
        }
        if ((emptyRuns[run.sizeClass] + 1) * run.bytes() <= MOST_EMPTY_BYTES) {
            emptyRuns[run.sizeClass]++;
        } else {
            unlinkBusy(run);
            pool.put(run);
        }
    }

    private void link(Run run) {
        Run head = partial[run.sizeClass];
        run.next = head;
        if (head != null) {
            head.previous = run;
        }
        partial[run.sizeClass] = run;
    }

    private void unlink(Run run) {
        if (run.used == 0) {
            emptyRuns[run.sizeClass]--;
        }
        unlinkBusy(run);
    }

    private void unlinkBusy(Run run) {
        if (run.previous == null) {
            partial[run.sizeClass] = run.next;
        } else {
            run.previous.next = run.next;
        }
        if (run.next != null) {
            run.next.previous = run.previous;
        }
        run.previous = null;
        run.next = null;
    }

    // ---- other threads

    /** Gives a buffer back from another thread, without a lock. */
    void putFromElsewhere(SlabByteBuf buffer) {
        SlabByteBuf head;
        do {
            head = released;
            buffer.next = head;
        } while (!RELEASED.compareAndSet(this, head, buffer));
        // Whoever sets these looks at the list afterwards: one of the two sees the other.
        if (orphaned) {
            takeReleasedOfOrphan();
        } else if (head == null && executor != null && !armed) {
            askForTrimming();
        }
    }

    private void askForTrimming() {
        try {
            executor.execute(arming);
        } catch (RejectedExecutionException e) {
            // its thread is ending, and gives all back then
        }
    }

    private void takeReleased() {
        if (released == null) {
            return;
        }
        SlabByteBuf buffer = (SlabByteBuf) RELEASED.getAndSet(this, null);
        while (buffer != null) {
            SlabByteBuf next = buffer.next;
            put(buffer);
            buffer = next;
        }
    }

    private synchronized void takeReleasedOfOrphan() {
        takeReleased();
    }

    // ---- giving back

    /** On the thread: has the executor look for empty runs after the time that a slab may be empty. */
    private void arm() {
        boolean isOwn = Thread.currentThread() == thread; // an executor may go on with another thread than it had
        if (executor == null || armed || !isOwn || allocator.settings().emptySlabMs() < 0) {
            return;
        }
        armed = true;
        try {
            executor.schedule(trimming, allocator.settings().emptySlabMs(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // its thread is ending, and gives all back then
        }
    }

    private void trimmingDue() {
        if (Thread.currentThread() != thread) {
            return;
        }
        armed = false;
        boolean gave = trim();
        allocator.returnEmptySlabs();
        if (gave || pool.hasEmpty()) {
            arm();
        }
    }

    /** On the thread: gives back all runs without buffers in use. @return whether there was one */
    boolean trim() {
        takeReleased();
        boolean gave = false;
        for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
            Run run = current[sizeClass];
            if (run.used == 0 && run != Run.NONE) {
                current[sizeClass] = Run.NONE;
                pool.put(run);
                gave = true;
            }
            Run next;
            for (run = partial[sizeClass]; run != null; run = next) {
                next = run.next;
                if (run.used == 0) {
                    unlink(run);
                    pool.put(run);
                    gave = true;
                }
            }
        }
        return gave;
    }

    /** On the thread, which ends: runs go back with the last buffer that is still in use. */
    synchronized void orphan() {
        trim();
        orphaned = true;
        thread = null;
        takeReleased();
    }
}
