package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Scenario;

/** A server of one round, whatever serves it. */
interface ServedRound {
    /** Where it listens, see {@link Places}. */
    String place();

    /** The moment's counters and clocks. */
    ControlLine mark() throws Exception;

    void close() throws Exception;

    /** Begins a round. */
    interface Source {
        ServedRound open(Scenario scenario, String place) throws Exception;
    }
}
