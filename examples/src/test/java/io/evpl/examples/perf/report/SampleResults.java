package io.evpl.examples.perf.report;

import io.evpl.examples.perf.Pace;
import io.evpl.examples.perf.PerfPlan;
import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A run that never was: evpl-uring and nio measured, incubator stalled, netty42-uring unavailable with a nasty reason. */
final class SampleResults {
    private static final Machine MACHINE = new Machine("Sample CPU <1>", 2, "Linux 6.1", "JDK 25", "abc123", "2026-01-01T00:00:00Z", "0.00");
    static final String NASTY = "</script><b>\"no\" & never</b>";

    private SampleResults() { }

    static Results results() {
        return results(List.of(Scenario.pingPong(64, 64, 1), Scenario.stream(4, 65536, Direction.IN)));
    }

    static Results results(List<Scenario> scenarios) {
        PerfPlan plan = new PerfPlan(scenarios, List.of(Transport.EVPL_URING, Transport.NIO, Transport.INCUBATOR, Transport.NETTY42_URING),
                false, 3, 1, 1, 1, true, null, null, null);
        return new Results(MACHINE, plan, new Pace(1, 0, 0, 1_000_000_000),
                Map.of(Transport.EVPL_URING, "4.1.137.Final", Transport.NIO, "4.1.137.Final", Transport.INCUBATOR, "4.1.137.Final"),
                Map.of(Transport.NETTY42_URING, NASTY), scenarios.stream().map(SampleResults::row).toList());
    }

    static Row row(Scenario scenario) {
        Row row = new Row(scenario, Transport.EVPL_URING);
        for (int index = 0; index < 3; index++) {
            row.rounds().add(round(scenario, Transport.EVPL_URING, index, 150_000 + index * 30_000, 5));
            row.rounds().add(round(scenario, Transport.NIO, index, 100_000 + index * 20_000, 10));
        }
        row.rounds().add(Round.without(Transport.INCUBATOR, 0, Round.Outcome.STALLED, "no progress for 2 s"));
        return row;
    }

    static Round round(Scenario scenario, Transport transport, int index, long messages, long cpuUs) {
        Histogram latencyNs = scenario.mode().timed() ? new Histogram(3) : null;
        for (int i = 1; latencyNs != null && i <= 1000; i++) {
            latencyNs.recordValue(i * 1000L);
        }
        // A hundredth of what was sent, where anything can be lost.
        long lost = scenario.link().lossy() ? messages / 99 : 0;
        return new Round(transport, index, Round.Outcome.MEASURED, "", 1, messages, messages * scenario.payloadBytes(), lost, 1, messages,
                messages * cpuUs * 1000, messages * cpuUs * 1200, 0, 0.02, latencyNs);
    }
}
