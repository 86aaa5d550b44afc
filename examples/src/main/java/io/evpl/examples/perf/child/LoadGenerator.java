package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Scenario;

/**
 * What offers load to a server and measures what comes back. One round is connect, warmUp any number of times, openWindow, measure,
 * finish, close, all from one thread. Each call is bounded in time; after a failure only {@link #close} may follow.
 */
interface LoadGenerator {
    /** Opens the scenario's connections to the server at {@code place} and starts sending on all of them. */
    void connect(Scenario scenario, String place) throws Stalled, Failed, InterruptedException;

    void warmUp(long durationNs) throws Stalled, Failed, InterruptedException;

    /** CPU time of the loops that have a part in the scenario, no other of the JVM's threads. */
    long workCpuNs() throws Failed, InterruptedException;

    void openWindow() throws Stalled, Failed, InterruptedException;

    LoadTally.Window measure(long durationNs) throws Stalled, Failed, InterruptedException;

    /** Stops sending and waits for all that is owed. @return bytes sent since {@link #connect}, all of them completed */
    long finish() throws Stalled, Failed, InterruptedException;

    void close() throws Failed, InterruptedException;

    /** The server stopped making progress. */
    final class Stalled extends Exception {
        private static final long serialVersionUID = 1L;

        Stalled(String message) {
            super(message);
        }
    }

    /** Something is wrong with what the server did. */
    final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message);
        }
    }
}
