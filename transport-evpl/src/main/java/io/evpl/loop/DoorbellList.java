package io.evpl.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Doorbells that were rung and not yet answered. Any thread rings, the loop's thread answers; as many bells as there are,
 * without a lock or an allocation. A bell is in the list at most once: its state says so.
 */
public final class DoorbellList {
    private static final int RUNG = 1;
    private static final int CLOSED = 2;
    private static final VarHandle NEWEST;
    private static final VarHandle STATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            NEWEST = lookup.findVarHandle(DoorbellList.class, "newest", Entry.class);
            STATE = lookup.findVarHandle(Entry.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Entry newest;

    /** One doorbell, and its place in the list. */
    public static final class Entry {
        private final Runnable callback;
        private volatile int state;
        /** Rung before this one. Written by whoever rings, before it is published; then the loop's. */
        private Entry older;

        public Entry(Runnable callback) {
            this.callback = callback;
        }
    }

    /** Whether one waits for its answer. */
    public boolean hasRung() {
        return newest != null;
    }

    /**
     * Rings. Any thread.
     *
     * @return whether the loop must be told: false if a former ring is not answered yet, whose answer will see what this
     *         thread did before, or if the bell is closed
     */
    public boolean ring(Entry bell) {
        // Always writes, and so orders what the caller did before against answer()'s write that precedes the callback.
        if ((int) STATE.getAndBitwiseOr(bell, RUNG) != 0) {
            return false;
        }
        Entry older;
        do {
            older = newest;
            bell.older = older;
        } while (!NEWEST.compareAndSet(this, older, bell));
        return true;
    }

    /** Calls back for each bell rung before the call, the first rung first. The loop's thread. @return how many */
    public int answer() {
        Entry bell = oldestFirst((Entry) NEWEST.getAndSet(this, (Entry) null));
        int count = 0;
        while (bell != null) {
            Entry next = bell.older;
            bell.older = null;
            // From here on a ring puts the bell into the list again.
            if ((int) STATE.getAndBitwiseAnd(bell, ~RUNG) == RUNG) {
                Callback.run(bell.callback, "doorbell");
                count++;
            }
            bell = next;
        }
        return count;
    }

    private static Entry oldestFirst(Entry newest) {
        Entry turned = null;
        Entry bell = newest;
        while (bell != null) {
            Entry older = bell.older;
            bell.older = turned;
            turned = bell;
            bell = older;
        }
        return turned;
    }

    /** No callback any more. The loop's thread. */
    public void close(Entry bell) {
        STATE.getAndBitwiseOr(bell, CLOSED);
    }
}
