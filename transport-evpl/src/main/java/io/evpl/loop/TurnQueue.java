package io.evpl.loop;

/**
 * Callbacks that run once, in the order in which they were armed. One that is armed while {@link #run()} runs waits for the
 * next run, so that none can hold its loop. One thread; allocates nothing.
 */
public final class TurnQueue {
    private final String kind;
    private Entry first;
    private Entry last;
    private long run;

    /** One callback, and its place in a queue. */
    public static final class Entry {
        private final Runnable callback;
        private Entry previous;
        private Entry next;
        private boolean armed;
        private long armedInRun;

        public Entry(Runnable callback) {
            this.callback = callback;
        }

        public boolean isArmed() {
            return armed;
        }
    }

    /** @param kind what its callbacks are called in the log */
    public TurnQueue(String kind) {
        this.kind = kind;
    }

    public boolean isEmpty() {
        return first == null;
    }

    /** Puts it last. Nothing, if it is in already. */
    public void arm(Entry entry) {
        if (entry.armed) {
            return;
        }
        entry.armed = true;
        entry.armedInRun = run;
        entry.previous = last;
        if (last == null) {
            first = entry;
        } else {
            last.next = entry;
        }
        last = entry;
    }

    /** Takes it out. Nothing, if it is not in. */
    public void cancel(Entry entry) {
        if (!entry.armed) {
            return;
        }
        entry.armed = false;
        if (entry.previous == null) {
            first = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            last = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        entry.previous = null;
        entry.next = null;
    }

    /** Runs each that was armed before the call. @return how many */
    public int run() {
        run++;
        int count = 0;
        while (first != null && first.armedInRun != run) {
            Entry entry = first;
            cancel(entry);
            Callback.run(entry.callback, kind);
            count++;
        }
        return count;
    }
}
