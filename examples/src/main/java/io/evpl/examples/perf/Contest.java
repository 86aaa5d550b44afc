package io.evpl.examples.perf;

import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.child.LoadJvm;
import io.evpl.examples.perf.report.Machine;
import io.evpl.examples.perf.report.Results;
import io.evpl.examples.perf.report.Round;
import io.evpl.examples.perf.report.Row;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Runs a plan: row by row, in each the rounds, in each the transports one after the other, so that drift hits all alike. */
final class Contest implements AutoCloseable {
    private static final List<Transport> LOAD_PREFERENCE = List.of(Transport.EVPL_URING, Transport.EPOLL, Transport.NIO);

    private final PerfPlan plan;
    private final Progress progress;
    private final Servers servers;
    private final List<Integer> loadCpus;
    private Transport loadTransport;
    private LoadJvm load;
    private Pace pace;
    private Settling settling;

    Contest(PerfPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
        List<Integer> cpus = plan.pin() ? CpuPin.allowedCpus() : List.of();
        this.servers = new Servers(plan.loops(), plan.pin() ? cpus.subList(0, plan.loops()) : List.of());
        this.loadCpus = plan.pin() ? List.of(cpus.getLast()) : List.of();
    }

    /** @throws ChildFailure if there is no load generator or no server at all; what goes wrong later is in the results */
    Results run() throws ChildFailure, InterruptedException {
        Machine machine = Machine.here();
        progress.note("starting servers");
        servers.start(plan.transports());
        List<Transport> contestants = servers.available();
        if (contestants.isEmpty()) {
            throw new ChildFailure("no transport can run here: " + servers.unavailable().entrySet().stream()
                    .map(entry -> entry.getKey().label() + ": " + entry.getValue()).collect(Collectors.joining("; ")));
        }
        startLoad(plan.loadTransport() == null ? LOAD_PREFERENCE : List.of(plan.loadTransport()));
        pace = Pace.of(plan, contestants.size());
        settling = new Settling(pace);
        progress.expect(plan.scenarios().size() * plan.rounds() * contestants.size(), pace);
        List<Row> rows = new ArrayList<>();
        for (Scenario scenario : plan.scenarios()) {
            rows.add(row(scenario, contestants));
        }
        progress.clear();
        return new Results(machine, plan, pace, loadTransport, servers.nettyVersions(), servers.unavailable(), rows);
    }

    private void startLoad(List<Transport> candidates) throws ChildFailure, InterruptedException {
        ChildFailure last = null;
        for (Transport candidate : candidates) {
            try {
                load = LoadJvm.start(candidate, loadCpus);
                loadTransport = candidate;
                return;
            } catch (ChildFailure e) {
                last = e;
            }
        }
        throw last;
    }

    private Row row(Scenario scenario, List<Transport> contestants) throws ChildFailure, InterruptedException {
        Row row = new Row(scenario);
        for (int index = 0; index < plan.rounds(); index++) {
            for (Transport transport : contestants) {
                if (!row.out(transport)) {
                    progress.round(scenario.label(), transport.label(), index, plan.rounds());
                    row.rounds().add(round(scenario, transport, index));
                }
                progress.roundDone();
            }
        }
        return row;
    }

    private Round round(Scenario scenario, Transport transport, int index) throws ChildFailure, InterruptedException {
        try {
            return new RoundRunner(servers.of(transport), load, scenario).run(transport, index, settling, pace.measureNs());
        } catch (LoadJvm.Stalled e) {
            startAfresh(transport);
            return Round.without(transport, index, Round.Outcome.STALLED, e.getMessage());
        } catch (ChildFailure e) {
            startAfresh(transport);
            return Round.without(transport, index, Round.Outcome.FAILED, e.getMessage());
        }
    }

    /** After trouble a server's state is not worth guessing at. The generator is kept, warm, if it lets go of its connections. */
    private void startAfresh(Transport transport) throws ChildFailure, InterruptedException {
        servers.stop(transport);
        try {
            load.disconnect();
        } catch (ChildFailure e) {
            load.close();
            startLoad(List.of(loadTransport));
        }
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
        servers.close();
    }
}
