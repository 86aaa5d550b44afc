package io.evpl;

import io.evpl.loop.DoorbellList;

/**
 * Calls back on its loop after any thread rang. Made by {@link EvplEventLoop#newDoorbell}.
 *
 * <p>Rings that come before the loop answers count as one. None is lost: the callback sees whatever a thread did before it
 * rang. To ring costs one atomic write if the last ring is not answered yet, allocates nothing ever, and enters the kernel
 * only if the loop sleeps.
 */
public final class Doorbell implements AutoCloseable {
    private final EvplEventLoop loop;
    private final DoorbellList.Entry entry;

    Doorbell(EvplEventLoop loop, Runnable onRing) {
        this.loop = loop;
        entry = new DoorbellList.Entry(onRing);
    }

    /** Rings. Any thread, its loop's too. Does nothing once it is closed or its loop has ended. */
    public void ring() {
        loop.ring(entry);
    }

    /**
     * Once this has returned there is no callback any more, even if it was rung. On the loop's thread, in its own or
     * another doorbell's callback too; other threads may still ring. Again does nothing.
     *
     * @throws IllegalStateException on another thread
     */
    @Override
    public void close() {
        loop.requireLoop("Doorbell.close");
        loop.closeDoorbell(entry);
    }
}
