package io.evpl;

import io.evpl.loop.IoSource;
import io.evpl.loop.WakeFd;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A source whose completions the test posts, from any thread, and whose calls it counts. It holds its loop to arming it once before it
 * disarms it once: anything else is an {@link AssertionError}, which closes it.
 */
final class CountingSource implements IoSource {
    /** Null for a source that only polling can see. */
    private final WakeFd wakeFd;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicBoolean armed = new AtomicBoolean();
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger delivered = new AtomicInteger();
    final AtomicInteger arms = new AtomicInteger();
    final AtomicInteger disarms = new AtomicInteger();
    final AtomicInteger rings = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();
    volatile Runnable onPoll = () -> { };

    /** Its calls until now. */
    record Calls(int polls, int arms, int disarms) {
        boolean areOfAnArmedSource() {
            return arms - disarms == 1;
        }
    }

    private CountingSource(WakeFd wakeFd) {
        this.wakeFd = wakeFd;
    }

    static CountingSource withWakeFd() throws IOException {
        return new CountingSource(new WakeFd());
    }

    static CountingSource polledOnly() {
        return new CountingSource(null);
    }

    Calls calls() {
        return new Calls(polls.get(), arms.get(), disarms.get());
    }

    /** Its calls, once it is armed and a whole window has had none. */
    Calls awaitRest(long windowMs) throws InterruptedException {
        return VirtualLoop.awaitStill(windowMs, this::calls, Calls::areOfAnArmedSource);
    }

    boolean isArmed() {
        return arms.get() > disarms.get();
    }

    void post() {
        pending.incrementAndGet();
        if (armed.getAndSet(false) && wakeFd != null) {
            rings.incrementAndGet();
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
        if (arms.incrementAndGet() - disarms.get() != 1) {
            throw new AssertionError("armed twice: " + calls());
        }
        return true;
    }

    @Override
    public void disarm() {
        if (disarms.incrementAndGet() != arms.get()) {
            throw new AssertionError("disarmed, not being armed: " + calls());
        }
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
