package io.evpl.rpc2;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all connections that share it may have under way together, in calls and in bytes of their messages. There is one for calls that
 * are served: a call that is answered before its handler returns is never counted, and with the budget spent, connections stop reading
 * until there is room again. And there can be one for calls that are made: with it spent, further calls wait. Each loop may exceed a
 * budget by one call, because nobody asks the others first. Thread-safe.
 */
public final class CallBudget {
    /** What a server has unless it is told otherwise. */
    public static final int DEFAULT_MAX_CALLS = 1 << 16;
    public static final long DEFAULT_MAX_BYTES = 1L << 30;
    /** Those who wait are woken when this part is free, so that they do not come and go with every call. */
    private static final int WAKE_PART = 8;

    private final int maxCalls;
    private final long maxBytes;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    public CallBudget(int maxCalls, long maxBytes) {
        if (maxCalls < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("a budget of " + maxCalls + " calls and " + maxBytes + " bytes lets nobody do anything");
        }
        this.maxCalls = maxCalls;
        this.maxBytes = maxBytes;
    }

    /** How many calls are under way. */
    public int calls() {
        return calls.get();
    }

    /** How many bytes their messages have. */
    public long bytes() {
        return bytes.get();
    }

    boolean isSpent() {
        return calls.get() >= maxCalls || bytes.get() >= maxBytes;
    }

    void take(int messageBytes) {
        calls.incrementAndGet();
        bytes.addAndGet(messageBytes);
    }

    void giveBack(int messageBytes) {
        int callsLeft = calls.decrementAndGet();
        long bytesLeft = bytes.addAndGet(-messageBytes);
        if (!waiting.isEmpty() && callsLeft <= maxCalls - Math.max(1, maxCalls / WAKE_PART)
                && bytesLeft <= maxBytes - Math.max(1, maxBytes / WAKE_PART)) {
            wakeAll();
        }
    }

    /** Runs the task when there is room, which may be now: on the thread of whoever gives something back. */
    void await(Runnable wake) {
        waiting.add(wake);
        if (!isSpent()) {
            wakeAll();
        }
    }

    private void wakeAll() {
        for (Runnable wake = waiting.poll(); wake != null; wake = waiting.poll()) {
            wake.run();
        }
    }
}
