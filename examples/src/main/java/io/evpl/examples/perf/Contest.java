package io.evpl.examples.perf;

import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.child.LoadJvm;
import io.evpl.examples.perf.child.ServerJvm;
import io.evpl.examples.perf.report.Machine;
import io.evpl.examples.perf.report.Results;
import io.evpl.examples.perf.report.Round;
import io.evpl.examples.perf.report.Row;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs a plan: row by row, in each the rounds, in each the transports one after the other, so that drift hits all alike. */
final class Contest implements AutoCloseable {
    private static final List<Transport> LOAD_PREFERENCE = List.of(Transport.EVPL_URING, Transport.EPOLL, Transport.NIO);

    private final PerfPlan plan;
    private final Progress progress;
    private final Servers servers;
    private final List<Integer> loadCpus;
    private final ListenPlaces places = new ListenPlaces();
    private Transport loadTransport;
    private LoadJvm load;
    private final Map<Transport, LoadJvm> ownLoads = new EnumMap<>(Transport.class);
    private Pace pace;
    private Settling settling;

    Contest(PerfPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
        List<Integer> cpus = plan.pin() ? CpuPin.allowedCpus() : List.of();
        this.loadCpus = plan.pin() ? List.of(cpus.getLast()) : List.of();
        this.servers = new Servers(plan.loops(), plan.pin() ? cpus.subList(0, plan.loops()) : List.of(), loadCpus);
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
        int rounds = plan.rounds() * plan.scenarios().stream().mapToInt(row -> contestants(row).size()).sum();
        pace = Pace.of(plan, rounds);
        settling = new Settling(pace);
        progress.expect(rounds, pace);
        List<Row> rows = new ArrayList<>();
        for (Scenario scenario : plan.scenarios()) {
            rows.add(row(scenario));
        }
        progress.clear();
        return new Results(machine, plan, pace, servers.nettyVersions(), servers.unavailable(), rows);
    }

    /** Those that have a part in the row, whether or not they can play it here. */
    private List<Transport> contestants(Scenario scenario) {
        return servers.available().stream().filter(transport -> transport.does(scenario.link())).toList();
    }

    /**
     * The generator for a row: the one there is, unless it cannot do the row's link. One that is not needed is ended, since its loop
     * never sleeps.
     */
    private void chooseLoad(Scenario scenario) throws ChildFailure, InterruptedException {
        Link link = scenario.link();
        if (link.inOneJvm() || scenario.mode().ownLoad()) {
            endLoad();
            return;
        }
        if (load != null && load.lacks(link).isEmpty()) {
            return;
        }
        endLoad();
        ChildFailure last = null;
        for (Transport candidate : plan.loadTransport() == null ? LOAD_PREFERENCE : List.of(plan.loadTransport())) {
            try {
                startLoad(candidate);
                if (load.lacks(link).isEmpty()) {
                    return;
                }
                last = new ChildFailure("load generator on " + candidate.label() + ": " + load.lacks(link).get());
            } catch (ChildFailure e) {
                last = e;
            }
            endLoad();
        }
        throw last;
    }

    private void startLoad(Transport transport) throws ChildFailure, InterruptedException {
        load = LoadJvm.start(transport, loadCpus);
        loadTransport = transport;
    }

    private void endLoad() {
        if (load != null) {
            load.close();
            load = null;
            loadTransport = null;
        }
    }

    private Row row(Scenario scenario) throws ChildFailure, InterruptedException {
        chooseLoad(scenario);
        Row row = new Row(scenario, loadTransport);
        List<Transport> contestants = contestants(scenario);
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
            ServerJvm server = servers.of(transport);
            Optional<String> lack = server.lacks(scenario.link());
            if (lack.isPresent()) {
                return Round.without(transport, index, Round.Outcome.UNAVAILABLE, lack.get());
            }
            return new RoundRunner(server, loadOf(transport, server, scenario), scenario)
                    .run(transport, index, places.next(scenario.link()), settling, pace.measureNs());
        } catch (LoadJvm.Stalled e) {
            startAfresh(transport);
            return Round.without(transport, index, Round.Outcome.STALLED, e.getMessage());
        } catch (ChildFailure e) {
            startAfresh(transport);
            return Round.without(transport, index, Round.Outcome.FAILED, e.getMessage());
        }
    }

    private LoadJvm loadOf(Transport transport, ServerJvm server, Scenario scenario) throws ChildFailure, InterruptedException {
        if (scenario.link().inOneJvm()) {
            return server.loadWithin();
        }
        if (!scenario.mode().ownLoad()) {
            return load;
        }
        LoadJvm own = ownLoads.get(transport);
        if (own == null) {
            own = LoadJvm.startOwn(transport, loadCpus);
            ownLoads.put(transport, own);
        }
        return own;
    }

    /** After trouble a server's state is not worth guessing at. The generator is kept, warm, if it lets go of its connections. */
    private void startAfresh(Transport transport) throws ChildFailure, InterruptedException {
        servers.stop(transport);
        LoadJvm own = ownLoads.remove(transport);
        if (own != null) {
            own.close();
        }
        if (load == null) {
            return;     // it was within the server's JVM, or its own
        }
        try {
            load.disconnect();
        } catch (ChildFailure e) {
            Transport same = loadTransport;
            endLoad();
            startLoad(same);
        }
    }

    @Override
    public void close() {
        endLoad();
        ownLoads.values().forEach(LoadJvm::close);
        servers.close();
        places.close();
    }
}
