package io.evpl.examples.perf;

import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.child.LoadJvm;
import io.evpl.examples.perf.child.ServerJvm;

/**
 * Warm-up: traffic until it has lasted long enough and both JVMs do little but serve it. On few cores a compiler thread takes its time
 * from the loop: after half a second alone, a server's first rounds had a third of the rate of its later ones.
 */
final class Settling {
    /** Long enough for a JVM's CPU time, which the kernel counts in ticks of up to 10 ms, to mean something. */
    private static final long SLICE_NS = 150_000_000L;
    /** What a JVM's other threads may still take: a compilation now and then. */
    private static final double SETTLED_CORES = 0.1;

    private final Pace pace;
    private long budgetNs;

    Settling(Pace pace) {
        this.pace = pace;
        this.budgetNs = pace.settleBudgetNs();
    }

    void warmUp(ServerJvm server, LoadJvm load) throws ChildFailure, LoadJvm.Stalled, InterruptedException {
        long startNs = System.nanoTime();
        long maxNs = pace.warmupNs() + Math.min(pace.maxSettleNs(), budgetNs);
        boolean settled = maxNs == pace.warmupNs();
        ServerJvm.Mark before = server.mark();
        long elapsedNs = 0;
        while (elapsedNs < pace.warmupNs() || !settled && elapsedNs < maxNs) {
            double loadAside = load.warmUp(settled ? Math.min(SLICE_NS, pace.warmupNs() - elapsedNs) : SLICE_NS);
            ServerJvm.Mark now = server.mark();
            settled = settled || Math.max(loadAside, now.asideSince(before)) < SETTLED_CORES;
            before = now;
            elapsedNs = System.nanoTime() - startNs;
        }
        budgetNs -= Math.max(0, Math.min(budgetNs, elapsedNs - pace.warmupNs()));
    }
}
