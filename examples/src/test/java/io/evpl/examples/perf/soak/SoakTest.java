package io.evpl.examples.perf.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The soak's JVM, for seconds, well and with faults that it must find. */
@Timeout(120)
class SoakTest {
    private static final long SEED = 42;
    /** A machine that is emulated needs longer to get going. */
    private static final int KERNEL_TLS_SECONDS = 2 * Integer.getInteger("evpl.patience", 1);
    private static final boolean NEEDS_KERNEL_TLS = List.of(System.getProperty("evpl.require", "").split(",")).contains("ktls");

    private record Outcome(int exitCode, String output) {
        String lastLine() {
            return output.lines().reduce((before, after) -> after).orElse("");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll"})
    void allTransportsAtOncePass(String backend) throws Exception {
        Outcome outcome = soak(3, backend, "none");
        assertEquals(0, outcome.exitCode, outcome::output);
        assertEquals("soak passed", outcome.lastLine());
        for (String link : new String[] {"tcp", "unix", "inproc-stream", "inproc-message", "tls-boringssl", "tls-jdk", "udp", "unix-datagram"}) {
            assertMoved(line(outcome, link));
        }
        assertTrue(outcome.output.contains("--seed " + SEED), outcome::output);
    }

    /** A kernel without TLS is told of, and nothing is soaked. */
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll"})
    void theTlsOfAKernelThatHasItPassesAlone(String backend) throws Exception {
        boolean isHere = NEEDS_KERNEL_TLS || SoakLink.TLS_KERNEL.lack() == null;
        Outcome outcome = soak(isHere ? KERNEL_TLS_SECONDS : 0, backend, "none", "tls-kernel");
        assertEquals(0, outcome.exitCode, outcome::output);
        assertEquals("soak passed", outcome.lastLine());
        assertFalse(outcome.output.contains("  tcp "), outcome::output);
        String line = line(outcome, "tls-kernel");
        if (isHere) {
            assertMoved(line);
        } else {
            assertTrue(line.endsWith("not here: " + SoakLink.TLS_KERNEL.lack()), line);
        }
    }

    private static String line(Outcome outcome, String link) {
        return outcome.output.lines().filter(each -> each.startsWith("  " + link + " ")).findFirst().orElseThrow();
    }

    private static void assertMoved(String line) {
        assertFalse(line.contains("not here"), line);
        String[] cells = line.strip().split(" +");
        assertTrue(Long.parseLong(cells[1]) + Long.parseLong(cells[6]) > 0, () -> "no connection and no packet: " + line);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            corruption ; soak failed: .*: (byte \\d+ is wrong|its checksum is wrong|it is not what was sent)
            leak       ; soak failed: leak: a \\w+ was never released. last seen .*
            growth     ; soak failed: memory: heap, live grew by .* MiB, more than 16.0 MiB
            """)
    void whatIsWrongOnPurposeIsFoundAndToldInOneLine(String injection, String message) throws Exception {
        Outcome outcome = soak(6, "epoll", injection);
        assertEquals(1, outcome.exitCode, outcome::output);
        assertTrue(outcome.lastLine().matches(message.strip()), outcome::output);
    }

    @Test
    void theSameSeedMakesTheSameExchanges() {
        for (boolean halfCloses : new boolean[] {true, false}) {
            assertEquals(Exchange.random(new java.util.SplittableRandom(SEED), halfCloses),
                    Exchange.random(new java.util.SplittableRandom(SEED), halfCloses));
        }
    }

    private static Outcome soak(int seconds, String backend, String injection, String... links) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(SoakOptions.FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SoakMain.class.getName(), Integer.toString(seconds),
                Long.toString(SEED), backend, injection));
        command.addAll(List.of(links));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }
}
