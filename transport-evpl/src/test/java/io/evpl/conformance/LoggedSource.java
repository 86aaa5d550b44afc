package io.evpl.conformance;

import io.evpl.loop.IoSource;
import io.evpl.loop.WakeFd;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A source whose work comes from the test, and that says when it is called out of turn. Work is followed by an arming, unless
 * its loop is pinned.
 */
final class LoggedSource implements IoSource {
    private final EventLog log;
    private final int madeAt;
    private final WakeFd wakeFd = new WakeFd();
    /** Places in the program of the operations whose work has arrived. */
    private final Queue<Integer> arrived = new ConcurrentLinkedQueue<>();
    /** Work that has begun and will arrive without a sign. */
    private final AtomicInteger unseen = new AtomicInteger();
    private final Set<Key> saysPolled = new LinkedHashSet<>();
    private final Set<Key> saysArmed = new LinkedHashSet<>();
    private boolean armed;
    private boolean added;
    private boolean pinned;

    LoggedSource(EventLog log, int madeAt) throws IOException {
        this.log = log;
        this.madeAt = madeAt;
    }

    // ---- what the test does; on the loop but for arrivals

    void added(boolean isAdded) {
        added = isAdded;
    }

    void pinned(boolean isPinned) {
        pinned = isPinned;
    }

    /** The next poll is noted. */
    void sayPolled(Key key) {
        saysPolled.add(key);
    }

    /** The next arming is noted. */
    void sayArmed(Key key) {
        saysArmed.add(key);
    }

    /** Any thread. */
    void arrive(int at) {
        arrived.add(at);
        wakeFd.ring();
    }

    void beginUnseen() {
        unseen.incrementAndGet();
    }

    /** Any thread. */
    void arriveUnseen(int at) {
        arrived.add(at);
        unseen.decrementAndGet();
    }

    void dispose() {
        wakeFd.close();
    }

    // ---- what the loop does

    @Override
    public int poll(int budget) {
        check(added && !armed, "poll");
        saysPolled.forEach(log::add);
        saysPolled.clear();
        int count = 0;
        while (count < budget && !arrived.isEmpty()) {
            int at = arrived.remove();
            log.add(Key.of(Key.What.SOURCE_WORK, at));
            if (!pinned) {
                saysArmed.add(Key.of(Key.What.SOURCE_ARMED, at));
            }
            count++;
        }
        return count;
    }

    @Override
    public boolean arm() {
        check(added && !armed && !pinned, "arm");
        wakeFd.drain();
        if (unseen.get() > 0 || !arrived.isEmpty()) {
            return false;
        }
        armed = true;
        saysArmed.forEach(log::add);
        saysArmed.clear();
        return true;
    }

    @Override
    public void disarm() {
        check(armed, "disarm");
        armed = false;
    }

    @Override
    public int wakeFd() {
        return wakeFd.fd();
    }

    @Override
    public void close() {
        check(false, "close");
    }

    private void check(boolean holds, String call) {
        if (!holds) {
            log.add(Key.of(Key.What.BROKEN, madeAt), 1, call + "() of a source: added " + added + ", armed " + armed
                    + ", pinned " + pinned);
        }
    }
}
