package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Tally;
import java.util.concurrent.TimeUnit;

/** Waits on behalf of a load generator, and notices what stalls and what went wrong. The orders' thread's. */
final class StallWatch {
    /** What counts as a stall, everywhere. */
    private static final long STALL_NS = 2_000_000_000L;
    private static final String STALL_TEXT = "2 s";
    private static final long LOOK_NS = 20_000_000L;

    private final Tally tally;

    StallWatch(Tally tally) {
        this.tally = tally;
    }

    /** How many connections are owed something, on whatever thread knows it. */
    interface Owed {
        int connections() throws LoadGenerator.Failed, InterruptedException;
    }

    /** Waits {@code durationNs}, and longer if nothing moves at its end: a stall is only known after STALL_NS. */
    void await(long durationNs) throws LoadGenerator.Stalled, LoadGenerator.Failed, InterruptedException {
        long startNs = System.nanoTime();
        long movedNs = startNs;
        long progressBytes = tally.progressBytes();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs || nowNs - movedNs > STALL_NS / 2) {
            long leftNs = durationNs - (nowNs - startNs);
            TimeUnit.NANOSECONDS.sleep(leftNs > 0 ? Math.min(LOOK_NS, leftNs) : LOOK_NS);
            nowNs = System.nanoTime();
            checkFault();
            if (tally.progressBytes() != progressBytes) {
                progressBytes = tally.progressBytes();
                movedNs = nowNs;
            } else if (nowNs - movedNs > STALL_NS) {
                throw new LoadGenerator.Stalled("no progress for " + STALL_TEXT + " after " + progressBytes + " bytes");
            }
        }
    }

    /** Waits until nobody is owed anything. */
    void awaitOwed(Owed owed, int connectionCount) throws LoadGenerator.Stalled, LoadGenerator.Failed, InterruptedException {
        long movedNs = System.nanoTime();
        long progressBytes = tally.progressBytes();
        int left = owed.connections();
        while (left > 0) {
            checkFault();
            if (tally.progressBytes() != progressBytes) {
                progressBytes = tally.progressBytes();
                movedNs = System.nanoTime();
            } else if (System.nanoTime() - movedNs > STALL_NS) {
                throw new LoadGenerator.Stalled(left + " of " + connectionCount + " connections got no answer for " + STALL_TEXT);
            }
            TimeUnit.MILLISECONDS.sleep(1);
            left = owed.connections();
        }
        checkFault();
    }

    private void checkFault() throws LoadGenerator.Failed {
        if (tally.fault() != null) {
            throw new LoadGenerator.Failed(tally.fault());
        }
    }
}
