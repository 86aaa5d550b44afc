package io.evpl.examples.perf.memory;

import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;

/**
 * One server's life.
 *
 * @param before with its listener and no connection
 * @param after the program, when it had become steady
 * @param trouble why there are no readings, else empty
 */
record MemoryRound(Scenario scenario, Transport transport, int index, MemoryReading before, MemoryReading after, String trouble) {
    static MemoryRound without(Scenario scenario, Transport transport, int index, String trouble) {
        return new MemoryRound(scenario, transport, index, null, null, trouble);
    }

    boolean measured() {
        return trouble.isEmpty();
    }

    /** What a connection takes of the process; the kernel's part, its socket's buffers, is not in it. */
    double bytesAConnection() {
        return (double) (after.residentBytes() - before.residentBytes()) / scenario.connections();
    }
}
