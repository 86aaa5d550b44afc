package io.evpl.examples.perf.report;

import io.evpl.examples.perf.scenario.Transport;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * One transport in one row, over its rounds: medians, and for ours the medians of the per-round ratios to the best peer.
 *
 * @param trouble "stalled: ...", "failed: ..." or "unavailable: ..."; then there are no figures
 * @param lossShare of the messages sent; 0 where nothing can be lost
 * @param clientCpuUs of the client's whole JVM, where each contestant has its own
 * @param loopsBusy in loops: 1 is one loop that never rested
 * @param rateRatio messages per second, ours / best peer's; NaN for peers and without one
 * @param cpuRatio CPU per message, ours / that of the peer that needs least: below 1 is better
 */
public record Standing(Transport transport, String trouble, double messagesPerSecond, double megabytesPerSecond,
                       double lossShare, double p50Us, double p99Us, double p999Us, double cpuUs, double processCpuUs, double clientCpuUs, double loopsBusy,
                       double rateRatio, double cpuRatio, boolean bestRate, boolean bestCpu) {
    private static final double NONE = Double.NaN;
    private static final double MEDIAN = 50;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    public boolean measured() {
        return trouble.isEmpty();
    }

    public static List<Standing> of(Row row) {
        Optional<Transport> fastest = bestPeer(row, Comparator.comparingDouble(
                (Transport peer) -> Medians.of(row.of(peer), Round::messagesPerSecond)).reversed());
        Optional<Transport> thriftiest = bestPeer(row, Comparator.comparingDouble(
                (Transport peer) -> Medians.of(row.of(peer), Round::cpuUsPerMessage)));
        return row.transports().stream().map(transport -> of(row, transport, fastest, thriftiest)).toList();
    }

    /** Only who went through all rounds is a peer to compare with. */
    private static Optional<Transport> bestPeer(Row row, Comparator<Transport> better) {
        return row.transports().stream().filter(transport -> !transport.ours(row.scenario().link()) && !row.out(transport)).min(better);
    }

    private static Standing of(Row row, Transport transport, Optional<Transport> fastest, Optional<Transport> thriftiest) {
        List<Round> rounds = row.of(transport);
        if (row.out(transport)) {
            return out(transport, rounds);
        }
        return new Standing(transport, "",
                Medians.of(rounds, Round::messagesPerSecond), Medians.of(rounds, Round::megabytesPerSecond),
                Medians.of(rounds, Round::lossShare),
                Medians.of(rounds, round -> round.latencyUs(MEDIAN)), Medians.of(rounds, round -> round.latencyUs(P99)),
                Medians.of(rounds, round -> round.latencyUs(P999)),
                Medians.of(rounds, Round::cpuUsPerMessage), Medians.of(rounds, Round::processCpuUsPerMessage),
                row.scenario().mode().ownLoad() ? Medians.of(rounds, Round::loadCpuUsPerMessage) : NONE,
                Medians.of(rounds, Round::loopsBusy),
                ratio(row, transport, fastest, Round::messagesPerSecond), ratio(row, transport, thriftiest, Round::cpuUsPerMessage),
                fastest.filter(transport::equals).isPresent(), thriftiest.filter(transport::equals).isPresent());
    }

    private static double ratio(Row row, Transport transport, Optional<Transport> peer, ToDoubleFunction<Round> figure) {
        return transport.ours(row.scenario().link()) && peer.isPresent() ? Medians.ofRatios(row.of(transport), row.of(peer.get()), figure) : Double.NaN;
    }

    private static Standing out(Transport transport, List<Round> rounds) {
        Round culprit = rounds.stream().filter(round -> !round.measured()).findFirst().orElseThrow();
        String trouble = culprit.outcome().name().toLowerCase(java.util.Locale.ROOT) + ": " + culprit.note();
        return new Standing(transport, trouble, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, false, false);
    }
}
