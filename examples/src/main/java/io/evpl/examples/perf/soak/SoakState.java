package io.evpl.examples.perf.soak;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** What all parts of a run share. Any thread. */
final class SoakState {
    /** What goes wrong on purpose, so that tests see it found. */
    enum Injection { NONE, CORRUPTION, LEAK, GROWTH }

    /** Every so many writes. */
    private static final int SPOILED_ONE_OF = 100;
    /** More than the limit, and less than the heap. */
    private static final int GROWTHS = 40;
    private static final long GROWTH_NS = 200_000_000L;
    private static final int GROWTH_BYTES = 2 << 20;

    private final Injection injection;
    private final AtomicReference<String> fault = new AtomicReference<>();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final List<byte[]> grown = new ArrayList<>();
    private long grownNs = System.nanoTime();
    private volatile boolean stopping;

    SoakState(Injection injection) {
        this.injection = injection;
    }

    /** The first is the cause. */
    void fault(String what) {
        fault.compareAndSet(null, what);
    }

    /** @return null if all is well so far */
    String fault() {
        return fault.get();
    }

    /** Nothing new begins. */
    void stop() {
        stopping = true;
    }

    boolean stopping() {
        return stopping || fault() != null;
    }

    void begins() {
        active.incrementAndGet();
    }

    void ends() {
        active.decrementAndGet();
    }

    int active() {
        return active.get();
    }

    /** Where an injection happens. */
    void spoil(ByteBuf written) {
        if (injection != Injection.NONE && writes.incrementAndGet() % SPOILED_ONE_OF == 0) {
            switch (injection) {
                case CORRUPTION -> written.setByte(0, ~written.getByte(0));
                case LEAK -> written.retain();
                case GROWTH -> grow();
                case NONE -> throw new AssertionError("asked for above");
            }
        }
    }

    private void grow() {
        synchronized (grown) {
            if (grown.size() < GROWTHS && System.nanoTime() - grownNs > GROWTH_NS) {
                grownNs = System.nanoTime();
                grown.add(new byte[GROWTH_BYTES]);
            }
        }
    }
}
