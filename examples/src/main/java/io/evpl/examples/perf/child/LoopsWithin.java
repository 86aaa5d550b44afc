package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Scenario;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** The loops of a JVM whose server may be loaded from within: the server's, and one more of the load's when a scenario wants it. */
final class LoopsWithin implements LoadLoops {
    private final TransportLoops server;
    private final Source source;
    private TransportLoops loadsOwn;

    /** Opens the load's own loop. */
    interface Source {
        TransportLoops open() throws TransportLoops.Unavailable;
    }

    LoopsWithin(TransportLoops server, Source source) {
        this.server = server;
        this.source = source;
    }

    TransportLoops server() {
        return server;
    }

    /** Once opened it stays, as warm in the next round as the server's. */
    @Override
    public synchronized TransportLoops load(Scenario scenario) throws TransportLoops.Unavailable {
        if (scenario.sameLoop()) {
            return server;
        }
        if (loadsOwn == null) {
            loadsOwn = source.open();
        }
        return loadsOwn;
    }

    @Override
    public List<EventLoop> working(Scenario scenario) throws TransportLoops.Unavailable {
        List<EventLoop> working = new ArrayList<>(server.loops);
        if (scenario.link().inOneJvm() && !scenario.sameLoop()) {
            working.addAll(load(scenario).loops);
        }
        return working;
    }
}
