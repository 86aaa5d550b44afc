package io.evpl.examples.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void aFileGetsOnePlainLinePerRow() {
        run(new Progress(new PrintStream(written), false));
        assertEquals(2, written.toString().lines().count());
        assertFalse(written.toString().contains("\033"));
    }

    @Test
    void aTerminalGetsOneLineRewrittenAndThenErased() {
        run(new Progress(new PrintStream(written), true));
        assertFalse(written.toString().contains("\n"));
        assertTrue(written.toString().contains("row a, nio, round 2/2"));
        assertTrue(written.toString().endsWith("\r\033[2K"));
    }

    private static void run(Progress progress) {
        progress.expect(4, new Pace(0, 0, 0, 1_000_000_000));
        for (String row : new String[] {"row a", "row b"}) {
            for (int round = 0; round < 2; round++) {
                progress.round(row, "nio", round, 2);
                progress.roundDone();
            }
        }
        progress.clear();
    }
}
