package io.evpl.examples.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole program, with real child JVMs, on the one transport that runs everywhere. */
@Timeout(60)
class PerfCommandTest {
    private static final String PEERS = "evpl.perf.peers";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void noChildIsLeft() {
        assertEquals(List.of(), ProcessHandle.current().children().toList());
        System.clearProperty(PEERS);
    }

    @Test
    void oneConnectionOnNioIsMeasuredAndReported(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("perf.json");
        Path html = folder.resolve("perf.html");
        int exit = run("--transport", "nio", "--load-transport", "nio", "--mode", "pingpong,stream", "--connections", "1", "--size", "1k",
                "--rounds", "1", "--seconds", "0.2", "--warmup-seconds", "0.1", "--json", json.toString(), "--html", html.toString());
        assertEquals(0, exit, () -> out + "\n" + err);
        assertTrue(out.toString().contains("pingpong 1 x 1 KiB depth 1"), out::toString);
        assertTrue(out.toString().contains("stream both 1 x 1 KiB"), out::toString);
        assertTrue(messages(json) > 0);
        assertTrue(Files.readString(html).contains("</html>"));
    }

    @Test
    void messagesSentOnScheduleArriveAtTheRateAskedFor(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("perf.json");
        int exit = run("--transport", "nio", "--load-transport", "nio", "--connections", "3", "--depth", "8", "--rate", "2000",
                "--rounds", "1", "--seconds", "0.5", "--warmup-seconds", "0.3", "--json", json.toString());
        assertEquals(0, exit, () -> out + "\n" + err);
        // Half a second of them; the slack is for a machine that others keep busy.
        assertEquals(1000, messages(json), 400);
    }

    @Test
    void aTransportThatCannotRunIsNamedWithItsReason(@TempDir Path nothing) {
        System.setProperty(PEERS, nothing.toString());
        assertEquals(1, run("--transport", "netty42-uring"));
        assertTrue(err.toString().contains("netty42-uring: its jars are not in " + nothing), err::toString);
    }

    @Test
    void anUnknownOptionIsRefusedByName() {
        assertEquals(2, run("--cats", "9"));
        assertTrue(err.toString().contains("--cats"), err::toString);
    }

    private int run(String... args) {
        return new CommandLine(new PerfCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                }).execute(args);
    }

    private static long messages(Path json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(Files.readString(json))) {
            while (parser.nextToken() != null) {
                if ("messages".equals(parser.currentName()) && parser.currentToken().isNumeric()) {
                    return parser.getLongValue();
                }
            }
        }
        return 0;
    }
}
