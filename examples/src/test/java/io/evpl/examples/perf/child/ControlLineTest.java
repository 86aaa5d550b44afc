package io.evpl.examples.perf.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Scenario;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlLineTest {
    @Test
    void anyTextSurvivesTheLine() {
        ControlLine line = ControlLine.of("failed", "reason", "a=b c\nd % \u00b5 + \"", "empty", "", "count", 42);
        assertFalse(line.toString().contains("\n"));
        assertEquals(line, ControlLine.parse(line.toString()));
    }

    @Test
    void aScenarioSurvivesTheLine() {
        for (Scenario scenario : List.of(Scenario.pingPong(64, 64, 16), Scenario.stream(4, 65536, Direction.OUT))) {
            ControlLine line = new ControlLine("listen", scenario.toFields());
            assertEquals(scenario, Scenario.fromFields(ControlLine.parse(line.toString()).fields()));
        }
    }

    @Test
    void aMissingFieldIsNamed() {
        IllegalStateException missing = assertThrows(IllegalStateException.class, () -> ControlLine.of("marked").number("wallNs"));
        assertEquals("'marked' came without wallNs", missing.getMessage());
    }

    @Test
    void cpusSurviveTheArgument() {
        assertEquals(List.of(0, 3), CpuArgument.read(CpuArgument.write(List.of(0, 3))));
        assertEquals(List.of(), CpuArgument.read(CpuArgument.write(List.of())));
    }
}
