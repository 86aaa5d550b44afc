package io.evpl.examples.perf;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Scenario;
import java.util.List;

/** The sets of rows one gets without naming any. */
final class Rows {
    private static final int SMALL_BYTES = 64;
    private static final int LARGE_BYTES = 64 * 1024;
    private static final int FEW = 4;
    private static final int SOME = 64;
    private static final int MANY = 1000;
    private static final int PIPELINED = 16;

    /**
     * A server's ordinary load, pipelining, latency alone, bulk: the four things a transport can be good or bad at. The busiest come
     * first, since the JIT learns most from them.
     */
    static final List<Scenario> QUICK = List.of(
            Scenario.pingPong(SOME, SMALL_BYTES, 1),
            Scenario.pingPong(SOME, SMALL_BYTES, PIPELINED),
            Scenario.pingPong(1, SMALL_BYTES, 1),
            Scenario.stream(FEW, LARGE_BYTES, Direction.BOTH));

    static final List<Scenario> SUITE = List.of(
            Scenario.pingPong(SOME, SMALL_BYTES, 1),
            Scenario.pingPong(SOME, SMALL_BYTES, PIPELINED),
            Scenario.pingPong(MANY, SMALL_BYTES, 1),
            Scenario.pingPong(1, SMALL_BYTES, 1),
            Scenario.stream(FEW, LARGE_BYTES, Direction.IN),
            Scenario.stream(FEW, LARGE_BYTES, Direction.OUT),
            Scenario.stream(FEW, LARGE_BYTES, Direction.BOTH));

    static final int SUITE_ROUNDS = 5;
    static final double SUITE_SECONDS = 3;

    private Rows() { }
}
