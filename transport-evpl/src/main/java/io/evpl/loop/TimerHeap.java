package io.evpl.loop;

import java.util.Arrays;

/**
 * The timers of a loop, the next one first; of equal deadlines the one armed first. A timer knows its place, so that any
 * is moved or removed in logarithmic time. One thread; allocates only to grow.
 */
public final class TimerHeap {
    /** {@link #deadlineNs()} of no timer. */
    public static final long NONE = Long.MAX_VALUE;
    private static final int FIRST_PLACES = 16;
    private static final int NOT_IN = -1;

    private Entry[] heap = new Entry[FIRST_PLACES];
    private int count;
    private long armings;

    /** One timer, and its place in a heap. */
    public static final class Entry {
        private final Runnable callback;
        private int place = NOT_IN;
        private long deadlineNs;
        private long intervalNs;
        /** Which arming it was: decides between equal deadlines. */
        private long arming;

        public Entry(Runnable callback) {
            this.callback = callback;
        }

        public boolean isArmed() {
            return place != NOT_IN;
        }

        boolean isBefore(Entry other) {
            return deadlineNs < other.deadlineNs || deadlineNs == other.deadlineNs && arming < other.arming;
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** When the next timer is due, {@link #NONE} if none is armed. */
    public long deadlineNs() {
        return count == 0 ? NONE : heap[0].deadlineNs;
    }

    /**
     * Arms a timer, anew if it is armed.
     *
     * @param delayNs    from {@code nowNs}, 0 or more
     * @param intervalNs from one deadline to the next, 0 for a timer that is due once
     */
    public void arm(Entry timer, long nowNs, long delayNs, long intervalNs) {
        timer.deadlineNs = later(nowNs, delayNs);
        timer.intervalNs = intervalNs;
        timer.arming = armings++;
        if (timer.isArmed()) {
            settle(timer, timer.place);
            return;
        }
        if (count == heap.length) {
            heap = Arrays.copyOf(heap, count * 2);
        }
        settle(timer, count++);
    }

    /** Nothing, if it is not armed. */
    public void disarm(Entry timer) {
        if (!timer.isArmed()) {
            return;
        }
        int place = timer.place;
        timer.place = NOT_IN;
        Entry moved = heap[--count];
        heap[count] = null;
        if (moved != timer) {
            settle(moved, place);
        }
    }

    /**
     * Runs timers that are due, each at most once, and none that is armed meanwhile. A periodic one is armed for its next
     * deadline after {@code nowNs} before it runs: deadlines that were missed meanwhile count as the one that runs.
     *
     * @param budget at most so many
     * @return how many
     */
    public int run(long nowNs, int budget) {
        long armedBefore = armings;
        int ran = 0;
        while (ran < budget && count > 0 && heap[0].deadlineNs <= nowNs && heap[0].arming < armedBefore) {
            Entry timer = heap[0];
            if (timer.intervalNs == 0) {
                disarm(timer);
            } else {
                long missed = (nowNs - timer.deadlineNs) / timer.intervalNs;
                arm(timer, timer.deadlineNs + missed * timer.intervalNs, timer.intervalNs, timer.intervalNs);
            }
            Callback.run(timer.callback, "timer");
            ran++;
        }
        return ran;
    }

    /** A time so far away that it has no number is the last that has one. */
    private static long later(long ns, long byNs) {
        return ns > NONE - 1 - byNs ? NONE - 1 : ns + byNs;
    }

    /** Puts {@code timer} where it belongs, from {@code place} on, which is free. */
    private void settle(Entry timer, int place) {
        int at = place;
        for (int parent = at - 1 >>> 1; at > 0 && timer.isBefore(heap[parent]); parent = at - 1 >>> 1) {
            put(heap[parent], at);
            at = parent;
        }
        for (int child = firstChild(at); child < count && heap[child].isBefore(timer); child = firstChild(at)) {
            put(heap[child], at);
            at = child;
        }
        put(timer, at);
    }

    private void put(Entry timer, int place) {
        heap[place] = timer;
        timer.place = place;
    }

    private int firstChild(int place) {
        int left = 2 * place + 1;
        return left + 1 < count && heap[left + 1].isBefore(heap[left]) ? left + 1 : left;
    }
}
