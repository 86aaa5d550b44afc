package io.evpl.examples.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.memory.MemoryContest;
import io.evpl.examples.perf.memory.MemoryPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
    void datagramsAreReportedAsPacketsWithTheirLoss(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("perf.json");
        assertEquals(0, quick("--transport", "nio", "--mode", "datagram", "--size", "100", "--json", json.toString()),
                () -> out + "\n" + err);
        for (String row : new String[] {"datagram echo 16 x 100 B depth 8", "datagram in 4 x 100 B", "datagram out 4 x 100 B"}) {
            assertTrue(out.toString().contains(row + "\n  transport  packets/s   loss"), out::toString);
        }
        assertTrue(messages(json) > 0);
        assertTrue(Files.readString(json).contains("\"lossShare\""));
    }

    @Test
    void unixSocketsAreMeasuredAndTheirFolderIsGone() throws IOException {
        long before = socketFolders();
        assertEquals(0, quick("--transport", "nio", "--mode", "unix", "--connections", "2"), () -> out + "\n" + err);
        assertTrue(out.toString().contains("unix pingpong 2 x 64 B depth 1"), out::toString);
        assertTrue(out.toString().contains("unix stream both 2 x 64 KiB"), out::toString);
        assertEquals(before, socketFolders());
    }

    @Test
    void inprocNeedsNoLoadJvm() {
        assertEquals(0, quick("--transport", "local", "--mode", "inproc", "--size", "64", "--depth", "4"), () -> out + "\n" + err);
        assertTrue(out.toString().contains("inproc pingpong 1 x 64 B depth 4, two loops"), out::toString);
        assertTrue(out.toString().contains("inproc pingpong 1 x 64 B depth 4, one loop"), out::toString);
        assertTrue(out.toString().contains("in-process load from each server's own JVM"), out::toString);
    }

    @Test
    void memoryOfAServerIsReadBeforeAndAfterItsProgram(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("memory.json");
        assertEquals(0, run("--mode", "memory", "--transport", "nio", "--connections", "200", "--rounds", "1", "--json", json.toString()),
                () -> out + "\n" + err);
        assertTrue(out.toString().contains("200 connections, one message of 256 B each, then idle"), out::toString);
        assertTrue(out.toString().contains("200 connections, 1 of 100 streams 4 MiB"), out::toString);
        String readings = Files.readString(json);
        assertTrue(readings.contains("\"before\"") && readings.contains("\"after\""), readings);
    }

    @Test
    void moreConnectionsThanFilesMayBeOpenIsOneLine() throws InterruptedException {
        long most = java.lang.management.ManagementFactory.getPlatformMXBean(com.sun.management.UnixOperatingSystemMXBean.class)
                .getMaxFileDescriptorCount();
        MemoryPlan plan = new MemoryPlan((int) Math.min(Integer.MAX_VALUE - 1000, most), List.of(), false, 1, 1, null);
        if (plan.connections() == most) {
            ChildFailure refused = assertThrows(ChildFailure.class, () -> new MemoryContest(plan, text -> { }).run());
            assertTrue(refused.getMessage().contains("the hard limit is " + most + " (ulimit -Hn)"), refused::getMessage);
        }
    }

    private static long socketFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("evpl-perf")).count();
        }
    }

    private int quick(String... args) {
        String[] common = {"--load-transport", "nio", "--rounds", "1", "--seconds", "0.2", "--warmup-seconds", "0.1"};
        return run(Stream.concat(Stream.of(args), Stream.of(common)).toArray(String[]::new));
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
    void optionsOfASoakAreForSoaksAndNoOthersAre() {
        assertEquals(2, run("--seed", "5"));
        assertEquals(2, run("--soak", "--rounds", "2"));
        assertEquals(2, run("--soak", "--seconds", "0.5"));
        assertTrue(err.toString().contains("--seed means something with --soak only"), err::toString);
        assertTrue(err.toString().contains("--rounds means nothing to --soak"), err::toString);
        assertTrue(err.toString().contains("--seconds 0.5 is not within 1..3600"), err::toString);
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
