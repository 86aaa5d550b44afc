package io.evpl.examples.perf;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Scenario;
import java.util.List;

/** The rows one gets without naming any. */
final class Rows {
    /**
     * A server's ordinary load, pipelining, latency alone, bulk: the four things a transport can be good or bad at. The busiest come
     * first, since the JIT learns most from them.
     */
    static final List<Scenario> QUICK = List.of(
            Scenario.pingPong(64, 64, 1),
            Scenario.pingPong(64, 64, 16),
            Scenario.pingPong(1, 64, 1),
            Scenario.stream(4, 64 * 1024, Direction.BOTH));

    static final int SUITE_ROUNDS = 5;
    static final double SUITE_SECONDS = 3;

    private Rows() { }
}
