package io.evpl;

import io.evpl.loop.IoSource;
import io.evpl.loop.WakeFd;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A source whose completions the test posts, from any thread, and whose calls it counts. */
final class CountingSource implements IoSource {
    /** Null for a source that only polling can see. */
    private final WakeFd wakeFd;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicBoolean armed = new AtomicBoolean();
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger delivered = new AtomicInteger();
    final AtomicInteger arms = new AtomicInteger();
    final AtomicInteger disarms = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();
    volatile Runnable onPoll = () -> { };

    private CountingSource(WakeFd wakeFd) {
        this.wakeFd = wakeFd;
    }

    static CountingSource withWakeFd() throws IOException {
        return new CountingSource(new WakeFd());
    }

    static CountingSource polledOnly() {
        return new CountingSource(null);
    }

    void post() {
        pending.incrementAndGet();
        if (armed.getAndSet(false) && wakeFd != null) {
            wakeFd.ring();
        }
    }

    @Override
    public int poll(int budget) {
        polls.incrementAndGet();
        onPoll.run();
        int count = Math.min(pending.get(), budget);
        pending.addAndGet(-count);
        delivered.addAndGet(count);
        return count;
    }

    @Override
    public boolean arm() {
        armed.set(true);
        if (pending.get() > 0) {
            armed.set(false);
            return false;
        }
        arms.incrementAndGet();
        return true;
    }

    @Override
    public void disarm() {
        disarms.incrementAndGet();
        armed.set(false);
        if (wakeFd != null) {
            wakeFd.drain();
        }
    }

    @Override
    public int wakeFd() {
        return wakeFd == null ? -1 : wakeFd.fd();
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        if (wakeFd != null) {
            wakeFd.close();
        }
    }
}
