package io.evpl.conformance;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Programs of operations on one transport: all that was owed arrives, in order where order is claimed, and nothing else does.
 * docs/conformance.md says how to replay one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConformanceContract {
    /** Seeds of short programs; a tenth as many of long ones. More find more. */
    private static final int SHORT_PROGRAMS = Integer.getInteger("evpl.conformance.programs", 200);
    private static final int SHORT_OPS = 12;
    private static final int LONG_PROGRAMS = SHORT_PROGRAMS / 10;
    private static final int LONG_OPS = 100;
    /** {@code seed:length} of the one program to run. */
    private static final String REPLAY = System.getProperty("evpl.conformance.program", "");

    private ConformanceTransport transport;
    private ProgramRunner runner;

    abstract ConformanceTransport open() throws Exception;

    @BeforeAll
    void begin() throws Exception {
        transport = open();
        runner = new ProgramRunner(transport, getClass().getSimpleName());
    }

    @AfterAll
    void end() throws Exception {
        runner.close();
        transport.close();
    }

    private Program program(long seed, int length) {
        return ProgramGenerator.generate(seed, length, transport.traits());
    }

    private Stream<Program> shortPrograms() {
        return LongStream.range(0, SHORT_PROGRAMS).mapToObj(seed -> program(seed, SHORT_OPS));
    }

    private Stream<Program> longPrograms() {
        return LongStream.range(0, LONG_PROGRAMS).mapToObj(seed -> program(seed, LONG_OPS));
    }

    private void run(Stream<Program> programs) throws Exception {
        if (!REPLAY.isEmpty()) {
            String[] parts = REPLAY.split(":");
            programs = Stream.of(program(Long.parseLong(parts[0]), Integer.parseInt(parts[1])));
        }
        List<Program> all = programs.toList();
        for (Program program : all) {
            runner.run(program);
        }
    }

    @Test
    @Timeout(300)
    @DisplayName("T1-T8 D1-D6 B1-B5 P1-P8 H1-H2 C1-C6 S1-S8 U1-U2, in short programs")
    void shortProgramsGetAllThatTheyAreOwedAndNothingElse() throws Exception {
        run(shortPrograms());
    }

    @Test
    @Timeout(300)
    @DisplayName("T1-T8 D1-D6 B1-B5 P1-P8 H1-H2 C1-C6 S1-S8 U1-U2, in long programs")
    void longProgramsGetAllThatTheyAreOwedAndNothingElse() throws Exception {
        run(longPrograms());
    }

    @Test
    @DisplayName("expectationsAreSubstantive, opIsKnown")
    void everyOperationAndEachOfItsChoicesIsGenerated() {
        Set<String> missing = new TreeSet<>(transport.traits().choices());
        Stream.concat(shortPrograms(), longPrograms()).flatMap(program -> program.ops().stream())
                .forEach(op -> missing.removeAll(OpText.choices(op)));
        assertEquals(Set.of(), missing);
    }

    @Test
    @DisplayName("expectationsAreSubstantive")
    void everyKindOfEventIsOwedSomewhere() {
        Set<Key.What> never = new TreeSet<>(traits(Key.What.values()));
        for (Program program : shortPrograms().toList()) {
            Model model = new Model(transport.traits());
            for (int at = 0; at < program.ops().size(); at++) {
                model.apply(at, program.ops().get(at));
            }
            model.owed().all().forEach((key, owed) -> {
                if (owed.least > 0) {
                    never.remove(key.what());
                }
            });
        }
        assertEquals(Set.of(), never);
    }

    /** But for what is never owed. */
    private List<Key.What> traits(Key.What[] all) {
        List<Key.What> owed = new ArrayList<>(List.of(all));
        owed.removeAll(Set.of(Key.What.EXCEPTION, Key.What.CORRUPT, Key.What.SEND_FAILED, Key.What.BROKEN));
        owed.remove(transport.traits().has(Capability.STREAM) ? Key.What.MESSAGE : Key.What.BYTES);
        if (!transport.traits().has(Capability.CONNECTED)) {
            owed.remove(Key.What.REFUSED);
        }
        if (!transport.traits().has(Capability.HALF_CLOSE)) {
            owed.remove(Key.What.INPUT_ENDED);
        }
        return owed;
    }

    @Test
    void programsAreTheSameEachTimeAndAsText() {
        shortPrograms().forEach(program -> {
            assertEquals(program.ops(), OpText.parse(OpText.format(program.ops())));
            assertTrue(program.isValid(transport.traits()), program::toString);
        });
    }
}
