package io.evpl.examples.perf;

/**
 * How long each round takes.
 *
 * @param warmupNs before each window, at least
 * @param maxSettleNs how much longer the JVMs may take until their JIT is quiet; 0 measures right after the warm-up
 * @param settleBudgetNs the most that may take in all rounds together
 */
public record Pace(long warmupNs, long maxSettleNs, long settleBudgetNs, long measureNs) {
    static final double BUDGET_SECONDS = 56;
    /** Connecting, draining and closing; measured at 64 connections. */
    private static final double ROUND_OVERHEAD_SECONDS = 0.06;
    private static final double WARMUP_SHARE = 0.25;
    private static final double MIN_SECONDS = 0.3;
    private static final double MAX_SECONDS = 3;
    /** C2 was done with a server after 1 to 3 s of its first row, and 0.2 to 1 s of a later one, on 2 cores. */
    private static final double MAX_SETTLE_SECONDS = 3;
    private static final double FITTED_SETTLE_SECONDS = 20;
    private static final double UNLIMITED_SECONDS = 1e6;
    private static final double NS_PER_SECOND = 1e9;

    /** @param rounds of all rows and of all transports that can run */
    static Pace of(PerfPlan plan, int rounds) {
        boolean fitted = plan.seconds() == 0;
        double measure = fitted ? fittedSeconds(rounds) : plan.seconds();
        boolean warmupGiven = plan.warmupSeconds() >= 0;
        return new Pace(ns(warmupGiven ? plan.warmupSeconds() : measure * WARMUP_SHARE), ns(warmupGiven ? 0 : MAX_SETTLE_SECONDS),
                ns(fitted ? FITTED_SETTLE_SECONDS : UNLIMITED_SECONDS), ns(measure));
    }

    private static double fittedSeconds(int rounds) {
        double forRounds = BUDGET_SECONDS - FITTED_SETTLE_SECONDS - rounds * ROUND_OVERHEAD_SECONDS;
        return Math.clamp(forRounds / (rounds * (1 + WARMUP_SHARE)), MIN_SECONDS, MAX_SECONDS);
    }

    private static long ns(double seconds) {
        return (long) (seconds * NS_PER_SECOND);
    }

    double expectedSeconds(int rounds) {
        double settleSeconds = maxSettleNs == 0 ? 0 : FITTED_SETTLE_SECONDS;
        return rounds * roundSeconds() + settleSeconds;
    }

    double roundSeconds() {
        return (warmupNs + measureNs) / NS_PER_SECOND + ROUND_OVERHEAD_SECONDS;
    }
}
