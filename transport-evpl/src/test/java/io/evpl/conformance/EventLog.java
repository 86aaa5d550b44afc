package io.evpl.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** What happened, in order. Written by the loops, read by the test's thread. */
final class EventLog {
    /**
     * Something happened.
     *
     * @param amount bytes, or 1
     * @param atMs   the virtual time
     */
    record Event(Key key, long amount, long atMs, String detail) {
        @Override
        public String toString() {
            return String.format("%6d ms  %s%s%s", atMs, key, amount == 1 ? "" : " x" + amount,
                    detail.isEmpty() ? "" : "  " + detail);
        }
    }

    private final LongSupplier nowMs;
    private final List<Event> events = new ArrayList<>();
    private final Map<Key, Long> sums = new HashMap<>();

    private final long patienceMs;

    /** @param patienceMs in real time: what has not come by then does not come */
    EventLog(LongSupplier nowMs, long patienceMs) {
        this.nowMs = nowMs;
        this.patienceMs = patienceMs;
    }

    void add(Key key) {
        add(key, 1, "");
    }

    synchronized void add(Key key, long amount, String detail) {
        events.add(new Event(key, amount, nowMs.getAsLong(), detail));
        sums.merge(key, amount, Long::sum);
        notifyAll();
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** All amounts of a key together. */
    synchronized long sum(Key key) {
        return sums.getOrDefault(key, 0L);
    }

    synchronized Map<Key, Long> sums() {
        return Map.copyOf(sums);
    }

    /** @return whether {@code done} became true in time; it is asked after each event */
    synchronized boolean await(BooleanSupplier done) throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        while (!done.getAsBoolean()) {
            long leftNs = deadlineNs - System.nanoTime();
            if (leftNs <= 0) {
                return false;
            }
            wait(TimeUnit.NANOSECONDS.toMillis(leftNs) + 1);
        }
        return true;
    }
}
