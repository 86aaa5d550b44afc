package io.evpl.examples.perf;

/**
 * How long each round takes.
 *
 * @param firstWarmupNs of a server's first round in a row, in which its JIT meets this row's code
 */
public record Pace(long firstWarmupNs, long warmupNs, long measureNs) {
    static final double BUDGET_SECONDS = 56;
    /** Connecting, draining and closing; measured at 64 connections. */
    private static final double ROUND_OVERHEAD_SECONDS = 0.06;
    private static final double WARMUP_SHARE = 0.25;
    private static final double FIRST_WARMUP_FACTOR = 4;
    private static final double MIN_SECONDS = 0.3;
    private static final double MAX_SECONDS = 3;
    private static final double NS_PER_SECOND = 1e9;

    /** @param transportCount how many of the plan's can run */
    static Pace of(PerfPlan plan, int transportCount) {
        double measure = plan.seconds() > 0 ? plan.seconds() : fitted(plan, transportCount);
        double warmup = plan.warmupSeconds() >= 0 ? plan.warmupSeconds() : measure * WARMUP_SHARE;
        double firstWarmup = plan.warmupSeconds() >= 0 ? warmup : warmup * FIRST_WARMUP_FACTOR;
        return new Pace((long) (firstWarmup * NS_PER_SECOND), (long) (warmup * NS_PER_SECOND), (long) (measure * NS_PER_SECOND));
    }

    private static double fitted(PerfPlan plan, int transportCount) {
        double rows = (double) plan.scenarios().size() * transportCount;
        double forRounds = BUDGET_SECONDS - rows * plan.rounds() * ROUND_OVERHEAD_SECONDS;
        double windows = rows * (plan.rounds() + WARMUP_SHARE * (plan.rounds() - 1 + FIRST_WARMUP_FACTOR));
        return Math.clamp(forRounds / windows, MIN_SECONDS, MAX_SECONDS);
    }

    double seconds(int round) {
        return (round == 0 ? firstWarmupNs : warmupNs) / NS_PER_SECOND + measureNs / NS_PER_SECOND + ROUND_OVERHEAD_SECONDS;
    }
}
