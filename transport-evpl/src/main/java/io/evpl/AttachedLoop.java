package io.evpl;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;

import java.util.concurrent.atomic.AtomicInteger;

/** A loop attached to an {@link EvplListener}, with what that listener gave it. Readable from any thread. */
public final class AttachedLoop {
    private final EvplEventLoop loop;
    private final AtomicInteger live = new AtomicInteger();
    /** Written by the accepting loop only. */
    private volatile long accepted;
    private final GenericFutureListener<Future<Void>> onClose = closed -> live.decrementAndGet();
    private final GenericFutureListener<Future<Object>> onTermination;

    AttachedLoop(EvplEventLoop loop, Runnable terminated) {
        this.loop = loop;
        onTermination = done -> terminated.run();
    }

    public EvplEventLoop loop() {
        return loop;
    }

    /** Connections of the listener that this loop serves now. */
    public int live() {
        return live.get();
    }

    /** Connections that the listener has given it. */
    public long accepted() {
        return accepted;
    }

    GenericFutureListener<Future<Void>> connectionAdded() {
        accepted = accepted + 1;
        live.incrementAndGet();
        return onClose;
    }

    @SuppressWarnings("unchecked") // Future<?> takes listeners of any result
    void watch() {
        ((Future<Object>) loop.terminationFuture()).addListener(onTermination);
    }

    @SuppressWarnings("unchecked")
    void unwatch() {
        ((Future<Object>) loop.terminationFuture()).removeListener(onTermination);
    }

    @Override
    public String toString() {
        return loop + ": " + live() + " live, " + accepted() + " accepted";
    }
}
