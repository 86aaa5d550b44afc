package io.evpl.conformance;

import java.util.List;

/** Runs programs one after the other on one stage; of one that fails it shows the shortest part that fails too. */
final class ProgramRunner implements AutoCloseable {
    /** While a program is shortened: what has not come by then does not come. */
    private static final long SHORT_PATIENCE_MS = 1000;
    private static final int MAX_SHORTENINGS = 200;

    private final ConformanceTransport transport;
    private final String testName;
    private final Sabotage sabotage;
    private final long patienceMs;
    private Stage stage;

    ProgramRunner(ConformanceTransport transport, String testName) throws Exception {
        this(transport, testName, Sabotage.NONE, Stage.PATIENCE_MS);
    }

    ProgramRunner(ConformanceTransport transport, String testName, Sabotage sabotage, long patienceMs) throws Exception {
        this.transport = transport;
        this.testName = testName;
        this.sabotage = sabotage;
        this.patienceMs = patienceMs;
        stage = new Stage();
        stage.leftovers(); // the baseline
    }

    void run(Program program) throws Exception {
        Machine machine = new Machine(stage, transport, sabotage, patienceMs);
        List<String> findings = machine.run(program);
        if (!findings.isEmpty()) {
            String backend = stage.backend();
            List<EventLog.Event> events = machine.log().events();
            stage = restart(stage);
            throw new AssertionError(report(program, findings, events, backend));
        }
    }

    private String report(Program program, List<String> findings, List<EventLog.Event> events, String backend)
            throws Exception {
        Program shortest = shorten(program);
        return transport.name() + " on " + backend + ", " + program.name() + "\n" + String.join("\n", findings)
                + "\n\nreplay: mvn -pl transport-evpl test-compile surefire:test@"
                + (backend.equals("epoll") ? "epoll" : "default-test") + " -Dtest=" + testName
                + "#shortPrograms* -Devpl.conformance.program=" + program.name().replaceAll("[^0-9,]", "").replace(',', ':')
                + "\n\nthe shortest part that fails:\n" + OpText.format(shortest.ops())
                + "\nthe program:\n" + OpText.format(program.ops()) + "\nthe log:\n"
                + String.join("\n", events.stream().map(Object::toString).toList());
    }

    private static Stage restart(Stage stage) throws Exception {
        stage.close();
        Stage fresh = new Stage();
        fresh.leftovers();
        return fresh;
    }

    /** Leaves out operation after operation, as long as it still fails. */
    private Program shorten(Program program) throws Exception {
        Program shortest = program;
        int tries = 0;
        for (int i = program.ops().size() - 1; i >= 0 && tries < MAX_SHORTENINGS; i--) {
            Program candidate = i < shortest.ops().size() ? shortest.without(i, transport.traits()) : shortest;
            if (candidate.ops().size() < shortest.ops().size()) {
                tries++;
                if (fails(candidate)) {
                    shortest = candidate;
                    i = shortest.ops().size(); // what was needed may not be any more
                }
            }
        }
        return shortest;
    }

    private boolean fails(Program program) throws Exception {
        boolean fails = !new Machine(stage, transport, sabotage, Math.min(patienceMs, SHORT_PATIENCE_MS)).run(program).isEmpty();
        if (fails) {
            stage = restart(stage);
        }
        return fails;
    }

    @Override
    public void close() {
        stage.close();
    }
}
