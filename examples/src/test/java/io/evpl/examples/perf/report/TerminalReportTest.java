package io.evpl.examples.perf.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Scenario;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalReportTest {
    @Test
    void columnsLineUpAndARemarkSpansThem() {
        TextTable table = new TextTable(List.of("name", "ops/s", "us"));
        table.figures(List.of("nio", "1,000", "3.5"));
        table.remark("incubator", "stalled: a reason longer than the columns are wide");
        table.figures(List.of("epoll", "12,000", "-"));
        assertEquals("""
                name        ops/s   us
                nio         1,000  3.5
                incubator  stalled: a reason longer than the columns are wide
                epoll      12,000    -
                """, table.render());
    }

    @Test
    void aLineWithTooFewCellsIsOurMistake() {
        assertThrows(IllegalArgumentException.class, () -> new TextTable(List.of("a", "b")).figures(List.of("x")));
    }

    @Test
    void figuresHaveThreeDigitsThatCount() {
        assertEquals("1,234,567", Figures.count(1_234_567.4));
        assertEquals("12.3", Figures.count(12.34));
        assertEquals("1.23", Figures.count(1.234));
        assertEquals("-", Figures.count(Double.NaN));
        assertEquals("1.50x", Figures.ratio(1.5));
        assertEquals("", Figures.ratio(Double.NaN));
        assertEquals("97%", Figures.percent(0.97));
    }

    @Test
    void everyRowHasItsTableAndWhatDidNotRunItsReason() {
        String report = TerminalReport.render(SampleResults.results());
        assertTrue(report.contains("pingpong 64 x 64 B depth 1\n"), report);
        assertTrue(report.contains("stream in 4 x 64 KiB\n"), report);
        assertTrue(report.contains("1.50x"), report);
        assertTrue(report.contains("0.50x"), report);
        assertTrue(report.contains("incubator   stalled: no progress for 2 s"), report);
        assertTrue(report.contains("netty42-uring: " + SampleResults.NASTY), report);
        assertTrue(report.contains("Compared evpl-uring (Netty 4.1.137), nio (Netty 4.1.137), incubator (Netty 4.1.137) on Sample CPU <1>, 2 cores, "
                + "Linux 6.1, JDK 25: 1 server loop pinned, load by evpl-uring"), report);
    }

    @Test
    void packetsHaveALossColumnAndTheOthersNone() {
        String report = TerminalReport.render(SampleResults.results(List.of(Scenario.packetEcho(16, 64, 8))));
        assertTrue(report.contains("  transport   packets/s   loss  MB/s  p50 us  p99 us  p99.9 us  cpu us/packet  busy  packets vs best  cpu vs best\n"),
                report);
        assertTrue(report.contains("  nio           120,000  1.00%"), report);
        assertFalse(TerminalReport.render(SampleResults.results()).contains("loss"));
    }

    @Test
    void aRunWithinOneJvmDoesNotSpeakOfLoopback() {
        Results run = SampleResults.results(List.of());
        Results inproc = new Results(run.machine(), run.plan(), run.pace(), run.nettyVersions(), run.unavailable(),
                List.of(new Row(Scenario.pingPong(1, 64, 1).over(Link.INPROC), null)));
        String report = TerminalReport.render(inproc);
        assertTrue(report.contains("1 server loop pinned, in-process load from each server's own JVM, medians"), report);
        assertFalse(report.contains("loopback"), report);
    }
}
