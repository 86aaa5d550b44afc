package io.evpl.examples.perf.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Medians of rounds, and of their ratios round by round. */
public final class Medians {
    private Medians() { }

    /** NaN of nothing; of an even count the mean of the two in the middle. */
    public static double of(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static double of(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return of(rounds.stream().mapToDouble(figure).toArray());
    }

    /** The median of a/b over the rounds both have: noise that lasts longer than a round cancels out. */
    static double ofRatios(List<Round> a, List<Round> b, ToDoubleFunction<Round> figure) {
        return of(a.stream()
                .flatMapToDouble(mine -> b.stream().filter(theirs -> theirs.index() == mine.index())
                        .mapToDouble(theirs -> figure.applyAsDouble(mine) / figure.applyAsDouble(theirs)))
                .toArray());
    }
}
