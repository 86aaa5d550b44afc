package io.evpl.rpc2.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs the tables against a server. */
public final class ConformanceCheck {
    private static final List<Check> CHECKS = Stream.of(EnvelopeChecks.all(), ArgumentChecks.all(), RecordChecks.all(),
            GssChecks.all(), ValueChecks.all(), OddCalls.all()).flatMap(List::stream)
            .sorted(Comparator.comparing(Check::group).thenComparing(Check::id)).toList();

    private ConformanceCheck() {
    }

    /**
     * Runs every row that {@code options} ask for, one after the other, on the caller's thread.
     *
     * @throws IOException if there is nobody at {@code address}, or no program that answers: the message says which
     */
    public static Report run(InetSocketAddress address, CheckOptions options) throws IOException {
        Target target = new TargetFinder(address, options).find();
        List<Finding> findings = new ArrayList<>();
        try (CheckRun run = new CheckRun(target)) {
            for (Check check : asked(options)) {
                Finding finding = run.run(check);
                findings.add(finding);
                options.progress().accept(finding);
            }
        }
        return new Report(target, findings);
    }

    /** How many rows {@link #run} will run: what progress is counted against. */
    public static int count(CheckOptions options) {
        return asked(options).size();
    }

    private static List<Check> asked(CheckOptions options) {
        return CHECKS.stream().filter(check -> options.asksFor(check.id())).toList();
    }
}
