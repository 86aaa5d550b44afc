package io.evpl.examples.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.evpl.Evpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DoctorCommandTest {
    @TempDir
    Path root;

    @Test
    void exitCodeTellsWhetherABackendWorksHere() {
        assertEquals(Evpl.isAvailable() ? 0 : 1, new CommandLine(new DoctorCommand()).setOut(new PrintWriter(new StringWriter())).execute());
    }

    @Test
    void jsonOfThisMachineParses() throws Exception {
        StringWriter out = new StringWriter();
        new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out)).execute("--json");
        int tokens = 0;
        try (JsonParser parser = new JsonFactory().createParser(out.toString())) {
            while (parser.nextToken() != null) {
                tokens++;
            }
        }
        assertTrue(tokens > 100, out.toString());
    }

    @Test
    void machineWithoutAnyReadableFileStillGetsAReport() {
        Transport none = new Transport(false, false, "nothing works", List.of());
        Report report = DoctorCommand.examine(none, new FakeLinux(root).files());
        assertFalse(report.usable());
        assertEquals(0, report.count(Mark.FAIL), report::toString);
    }
}
