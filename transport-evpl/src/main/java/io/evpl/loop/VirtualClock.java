package io.evpl.loop;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands until it is told to move. Loops that use it sleep through real time: a timer, Netty's or a
 * {@code LoopTimer}, is due when {@link #advance} has made it so. Any thread.
 */
public final class VirtualClock implements LoopClock {
    /** Not 0, so that a time that was never set is not mistaken for the present. */
    private static final long ORIGIN_NS = 1;

    private final AtomicLong nowNs = new AtomicLong(ORIGIN_NS);
    private final CopyOnWriteArrayList<Runnable> followers = new CopyOnWriteArrayList<>();

    @Override
    public long nanoTime() {
        return nowNs.get();
    }

    /**
     * Moves the time on, and wakes every loop that has a timer due by then.
     *
     * @param ns 0 or more
     * @return the time it is now
     */
    public long advance(long ns) {
        if (ns < 0) {
            throw new IllegalArgumentException("advance(" + ns + "): a clock never runs backwards");
        }
        long now = nowNs.addAndGet(ns);
        for (Runnable follower : followers) {
            follower.run();
        }
        return now;
    }

    /** Has {@code follower} called after each advance, by the thread that advances. */
    public void follow(Runnable follower) {
        followers.add(follower);
    }

    public void unfollow(Runnable follower) {
        followers.remove(follower);
    }
}
