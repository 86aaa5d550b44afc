package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Scenario;
import io.netty.channel.EventLoop;
import java.util.List;

/** Which of a JVM's loops have a part in a scenario. Used by the orders' threads. */
interface LoadLoops {
    /** Those the load is to use the first of. */
    TransportLoops load(Scenario scenario) throws TransportLoops.Unavailable;

    /** Those whose CPU time the scenario takes, in this JVM. */
    List<EventLoop> working(Scenario scenario) throws TransportLoops.Unavailable;

    /** For a JVM that has nothing but the load. */
    static LoadLoops alone(TransportLoops loops) {
        return new LoadLoops() {
            @Override
            public TransportLoops load(Scenario scenario) {
                return loops;
            }

            @Override
            public List<EventLoop> working(Scenario scenario) {
                return loops.loops;
            }
        };
    }
}
