package io.evpl.conformance;

import io.evpl.InprocKind;
import io.evpl.loop.WakeFd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A suite that cannot fail is worth nothing: each way of being wrong is found. */
class OracleTest {
    private static final long PATIENCE_MS = 200;
    private static final String CONNECT = """
            Listen[]
            Connect[slot=0, loops=APART, client=AUTO, server=AUTO, halfClosure=false, greeting=NONE]
            """;
    private static final String EXCHANGE = CONNECT + """
            Send[slot=0, from=CLIENT, bytes=100, buffer=DIRECT, style=IN_PIECES]
            Send[slot=0, from=SERVER, bytes=100, buffer=DIRECT, style=ON_LOOP]
            Quiesce[ms=10]
            """;
    private static final String SERVICES = """
            ArmTimer[slot=0, use=ONE_SHOT, ms=5]
            ArmTimer[slot=1, use=SCHEDULED, ms=20]
            ArmTimer[slot=2, use=PERIODIC, ms=10]
            Hooks[on=true]
            Defer[slot=0, use=ARM]
            Bell[slot=0, use=CREATE]
            Bell[slot=0, use=RING]
            Quiesce[ms=10]
            Quiesce[ms=100]
            """;

    private final ConformanceTransport transport = new InprocTransport(InprocKind.MESSAGE);
    private Stage stage;

    @BeforeEach
    void begin() throws Exception {
        stage = new Stage();
        stage.leftovers();
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
        transport.close();
    }

    private List<String> findings(String program, Sabotage sabotage) {
        Program whole = Program.of("by hand", OpText.parse(program), transport.traits());
        return new Machine(stage, transport, sabotage, PATIENCE_MS).run(whole);
    }

    private static void assertFound(List<String> findings, String... parts) {
        assertTrue(findings.stream().anyMatch(finding -> List.of(parts).stream().allMatch(finding::contains)),
                () -> findings.isEmpty() ? "nothing was found" : String.join("\n", findings));
    }

    @Test
    void nothingIsFoundWhereNothingIsWrong() {
        assertEquals(List.of(), findings(EXCHANGE + SERVICES, Sabotage.NONE));
    }

    @ParameterizedTest
    @EnumSource
    void whatATransportDoesWrongIsFound(Breakage breakage) {
        String[] parts = switch (breakage) {
            case LOST_READ -> new String[] {"O1 missing", "MESSAGE"};
            case READ_TWICE -> new String[] {"O2 not owed", "MESSAGE"};
            case READS_SWAPPED -> new String[] {"O3 out of order", "MESSAGE"};
            case READ_CHANGED, READ_OF_NOBODY -> new String[] {"O2 not owed", "CORRUPT"};
            case NO_ACTIVE -> new String[] {"O1 missing", "CONNECTED"};
            case ACTIVE_TWICE -> new String[] {"O2 not owed", "CONNECTED"};
            case NO_INACTIVE -> new String[] {"O1 missing", "DISCONNECTED"};
            case INACTIVE_TWICE -> new String[] {"O2 not owed", "DISCONNECTED"};
            case EXCEPTION -> new String[] {"O2 not owed", "EXCEPTION"};
            case WRITE_UNREPORTED -> new String[] {"O1 missing", "SENT"};
            case WRITE_FAILED -> new String[] {"O2 not owed", "SEND_FAILED"};
        };
        assertFound(findings(EXCHANGE, breakage), parts);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMER", "DEFERRAL", "DOORBELL", "HOOK"})
    void aCallbackThatIsLostIsFound(Key.What what) {
        assertFound(findings(SERVICES, new CallbackBreakage(what, CallbackBreakage.How.LOST)), "O1 missing", what.name());
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMER", "DEFERRAL", "DOORBELL", "HOOK"})
    void aCallbackTooManyIsFound(Key.What what) {
        assertFound(findings(SERVICES, new CallbackBreakage(what, CallbackBreakage.How.TWICE)), "O2 not owed", what.name());
    }

    @Test
    void aTimerThatComesLateIsFound() {
        assertFound(findings("ArmTimer[slot=0, use=PERIODIC, ms=10]\nQuiesce[ms=10]\n",
                new CallbackBreakage(Key.What.TIMER, CallbackBreakage.How.LATE)), "O1 missing", "TIMER");
    }

    @Test
    void timersInTheWrongOrderAreFound() {
        Obligations owed = new Obligations();
        EventLog log = new EventLog(() -> 7, PATIENCE_MS);
        Key early = Key.of(Key.What.TIMER, 1);
        Key late = Key.of(Key.What.TIMER, 0);
        for (Key key : List.of(late, early)) {
            owed.owe(key, 1);
            owed.rank(key, "timers", key.equals(early) ? 5 : 6);
            log.add(key);
        }
        assertFound(Oracle.judge(owed, log), "O3 out of order: TIMER@1 after TIMER@0");
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 6})
    void aTimerAtTheWrongTimeIsFound(long atMs) {
        Obligations owed = new Obligations();
        EventLog log = new EventLog(() -> atMs, PATIENCE_MS);
        Key key = Key.of(Key.What.TIMER, 0);
        owed.owe(key, 1);
        owed.between(key, 5, 5);
        log.add(key);
        assertFound(Oracle.judge(owed, log), "O3 at the wrong time");
    }

    @Test
    void whatIsLeftBehindIsFound() throws Exception {
        try (WakeFd leak = new WakeFd()) {
            assertFound(stage.leftovers(), "left behind", "eventfd");
            assertTrue(leak.fd() > 0);
        }
    }

    @Test
    void aChannelThatIsLeftBehindIsFound() throws Exception {
        Program unfinished = new Program("by hand", OpText.parse(CONNECT));
        new Machine(stage, transport, Sabotage.NONE, PATIENCE_MS).run(unfinished);
        assertFound(stage.leftovers(), "left behind", "channels=2");
    }

    @Test
    void aProgramThatFailsIsShownWithItsReplayAndItsShortestPart() throws Exception {
        Program program = Program.of("seed 3, length 9", OpText.parse(SERVICES + EXCHANGE), transport.traits());
        try (ProgramRunner runner = new ProgramRunner(transport, "SomeTest", Breakage.READ_TWICE, PATIENCE_MS)) {
            String report = assertThrows(AssertionError.class, () -> runner.run(program)).getMessage();
            assertTrue(report.contains("-Dtest=SomeTest#shortPrograms* -Devpl.conformance.program=3:9"), report);
            String shortest = report.substring(report.indexOf("the shortest"), report.indexOf("the program:"));
            assertEquals(List.of("Listen", "Connect", "Send"), OpText.parse(shortest.substring(shortest.indexOf('\n')))
                    .stream().map(op -> op.getClass().getSimpleName()).limit(3).toList());
            assertTrue(!shortest.contains("Timer") && !shortest.contains("Bell"), shortest);
        }
    }
}
