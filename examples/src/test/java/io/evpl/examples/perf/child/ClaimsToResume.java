package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Dialer;
import io.evpl.examples.perf.scenario.Load;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Mode;
import io.evpl.examples.perf.scenario.Modes;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Tally;
import io.netty.channel.ChannelHandler;
import java.util.Set;

/** Resumption's load on connections that do not resume. */
final class ClaimsToResume implements Mode {
    @Override
    public String name() {
        return "claims";
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public String describe(Scenario scenario) {
        return name();
    }

    @Override
    public boolean timed() {
        return true;
    }

    @Override
    public int highWaterMarkBytes(Scenario scenario) {
        return 0;
    }

    @Override
    public ChannelHandler serverHandler(Scenario scenario, Tally tally) {
        return Modes.RESUMPTION.serverHandler(scenario, tally);
    }

    @Override
    public Load load(Scenario scenario, LoadTally tally, Dialer dialer) {
        return Modes.RESUMPTION.load(scenario, tally, dialer);
    }

    @Override
    public long serverMessages(Scenario scenario, long receivedBytes, long sentBytes) {
        return 0;
    }
}
