package io.evpl;

import io.evpl.loop.TurnQueue;

/**
 * Calls back once at the end of the turn in which it was armed: to do once what many events of a turn ask for. Made by
 * {@link EvplEventLoop#newDeferral}.
 *
 * <p>Deferrals run in the order in which they were armed, each at most once a turn. One armed by a deferral waits for the
 * next turn's end, which comes without sleep: I/O, tasks and timers have their turn before. All methods are for the loop's
 * thread, throw {@link IllegalStateException} on another, and allocate nothing.
 */
public final class Deferral {
    private final EvplEventLoop loop;
    private final TurnQueue queue;
    private final TurnQueue.Entry entry;

    Deferral(EvplEventLoop loop, TurnQueue queue, Runnable callback) {
        this.loop = loop;
        this.queue = queue;
        entry = new TurnQueue.Entry(callback);
    }

    /** One callback at the end of this turn. Nothing, if it is armed: it keeps its place. */
    public void arm() {
        loop.requireLoop("Deferral.arm");
        queue.arm(entry);
    }

    /** No callback, until it is armed again. Nothing, if it is not armed. */
    public void cancel() {
        loop.requireLoop("Deferral.cancel");
        queue.cancel(entry);
    }

    public boolean isArmed() {
        loop.requireLoop("Deferral.isArmed");
        return entry.isArmed();
    }
}
