package io.evpl.examples.perf.report;

import io.evpl.examples.perf.PerfPlan;
import io.evpl.examples.perf.Pace;
import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole run.
 *
 * @param nettyVersions of the transports that ran
 * @param unavailable the others, with the reason
 */
public record Results(Machine machine, PerfPlan plan, Pace pace, Map<Transport, String> nettyVersions, Map<Transport, String> unavailable,
                      List<Row> rows) {
    private static final double NS_PER_SECOND = 1e9;
    /** /proc/stat counts in ticks of 10 ms: less than this is within its error. */
    private static final double QUIET_CORES = 0.1;

    /** What was compared, in one sentence. */
    public String sentence() {
        return "Compared " + nettyVersions.keySet().stream().sorted().map(this::named).collect(Collectors.joining(", "))
                + " on " + machine.sentence() + ": " + plan.loops() + (plan.loops() == 1 ? " server loop" : " server loops")
                + (plan.pin() ? " pinned" : "") + ", " + loads() + ", medians of "
                + plan.rounds() + (plan.rounds() == 1 ? " round" : " interleaved rounds") + " of "
                + Figures.count(pace.measureNs() / NS_PER_SECOND) + " s.";
    }

    private String loads() {
        String other = rows.stream().map(Row::load).filter(Objects::nonNull).distinct().map(Transport::label)
                .collect(Collectors.joining(", "));
        String own = rows.stream().anyMatch(row -> row.scenario().mode().ownLoad()) ? "each framework's own client in another JVM" : "";
        String within = rows.stream().anyMatch(row -> row.scenario().link().inOneJvm()) ? "in-process load from each server's own JVM" : "";
        return Stream.of(other.isEmpty() ? "" : "load by " + other + " from another JVM over loopback", own, within)
                .filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
    }

    /** What others took of the machine while it was measured; empty if it was quiet. */
    public String disturbance() {
        List<Round> measured = rows.stream().flatMap(row -> row.rounds().stream()).filter(Round::measured).toList();
        double[] disturbed = measured.stream().mapToDouble(Round::othersCores).filter(cores -> cores >= QUIET_CORES).toArray();
        return disturbed.length == 0 ? "" : String.format(Locale.ROOT,
                "Not a quiet machine: in %d of %d rounds other processes took part of its %d cores, "
                + "%.1f of them in the median of these.",
                disturbed.length, measured.size(), machine.cores(), Medians.of(disturbed));
    }

    private String named(Transport transport) {
        return transport.label() + (transport.netty() == Transport.Netty.NONE ? " (" : " (Netty ") + nettyVersions.get(transport).replace(".Final", "") + ")";
    }

    /** True if something that had to work did not: wrong bytes, a failure, a stall of ours, a transport asked for that cannot run. */
    public boolean failed() {
        boolean trouble = rows.stream().flatMap(row -> row.rounds().stream()).anyMatch(round -> switch (round.outcome()) {
            case MEASURED -> false;
            case FAILED -> true;
            case STALLED -> round.transport().ours();
            case UNAVAILABLE -> plan.transportsNamed();
        });
        boolean nothing = rows.stream().allMatch(row -> row.rounds().stream().noneMatch(Round::measured));
        return trouble || nothing || plan.transportsNamed() && !unavailable.isEmpty();
    }
}
