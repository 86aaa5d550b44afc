package io.evpl;

import io.evpl.loop.TimerHeap;

/**
 * Calls back when its time has come; armed as often as one likes without an allocation, which
 * {@link io.netty.channel.EventLoop#schedule schedule} cannot do. Made by {@link EvplEventLoop#newTimer}.
 *
 * <p>Never early. Timers of one loop run in the order of their deadlines, those of equal deadlines in the order in which they
 * were armed. A callback may arm or disarm any timer, its own too. All methods are for the loop's thread and throw
 * {@link IllegalStateException} on another: other threads use {@code execute}, {@code schedule} or a {@link Doorbell}.
 */
public final class LoopTimer {
    private final EvplEventLoop loop;
    private final TimerHeap timers;
    private final TimerHeap.Entry entry;

    LoopTimer(EvplEventLoop loop, TimerHeap timers, Runnable callback) {
        this.loop = loop;
        this.timers = timers;
        entry = new TimerHeap.Entry(callback);
    }

    /**
     * One callback, {@code delayNs} from now. Whatever it was armed for before is forgotten.
     *
     * @param delayNs nanoseconds, 0 or more; 0 is the next turn at the latest
     * @throws IllegalArgumentException less than 0
     */
    public void armOnce(long delayNs) {
        if (delayNs < 0) {
            throw new IllegalArgumentException("armOnce(" + delayNs + "): a delay is 0 ns or more");
        }
        loop.requireLoop("LoopTimer.armOnce");
        timers.arm(entry, loop.clockNs(), delayNs, 0);
    }

    /**
     * A callback every {@code intervalNs}, the first one so long from now, until {@link #disarm} or {@link #armOnce}. Each
     * deadline is the one before plus the interval, however late a callback runs: it does not drift. A loop that was held up
     * for several intervals calls back once for all of them and goes on with the next deadline of the same series.
     *
     * @param intervalNs nanoseconds, 1 or more
     * @throws IllegalArgumentException less than 1
     */
    public void armEvery(long intervalNs) {
        if (intervalNs < 1) {
            throw new IllegalArgumentException("armEvery(" + intervalNs + "): an interval is 1 ns or more");
        }
        loop.requireLoop("LoopTimer.armEvery");
        timers.arm(entry, loop.clockNs(), intervalNs, intervalNs);
    }

    /** No callback, until it is armed again. Nothing, if it is not armed. */
    public void disarm() {
        loop.requireLoop("LoopTimer.disarm");
        timers.disarm(entry);
    }

    /** Whether a callback is due some time. False within the callback of {@link #armOnce}. */
    public boolean isArmed() {
        loop.requireLoop("LoopTimer.isArmed");
        return entry.isArmed();
    }
}
