package io.evpl.examples.perf.report;

import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * A scenario and all its rounds, in the order they ran.
 *
 * @param load what the generator ran on; null if each transport had its own in its server's JVM
 */
public record Row(Scenario scenario, Transport load, List<Round> rounds) {
    public Row(Scenario scenario, Transport load) {
        this(scenario, load, new ArrayList<>());
    }

    public List<Round> of(Transport transport) {
        return rounds.stream().filter(round -> round.transport() == transport).toList();
    }

    /** Whoever stalled or failed once in a row is out of it: what is left would be the lucky rounds. */
    public boolean out(Transport transport) {
        return of(transport).stream().anyMatch(round -> !round.measured());
    }

    public List<Transport> transports() {
        return rounds.stream().map(Round::transport).distinct().sorted().toList();
    }
}
