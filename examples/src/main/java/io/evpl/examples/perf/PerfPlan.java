package io.evpl.examples.perf;

import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.nio.file.Path;
import java.util.List;

/**
 * What one run is to do; every value checked.
 *
 * @param transports each with a part in one row at least
 * @param transportsNamed true if the user chose them: then one that cannot run is a failure, not a remark
 * @param seconds measured per round, or 0 to fit the whole run into {@link Pace#BUDGET_SECONDS}
 * @param warmupSeconds before each window, or -1 for a share of {@code seconds}
 * @param loadTransport null for the first of evpl-uring, epoll, nio that runs
 * @param json null for none
 * @param html null for none
 */
public record PerfPlan(List<Scenario> scenarios, List<Transport> transports, boolean transportsNamed, int rounds, double seconds,
                       double warmupSeconds, int loops, boolean pin, Transport loadTransport, Path json, Path html) {
}
