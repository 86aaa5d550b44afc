package io.evpl.examples.doctor;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReportTest {
    private static final String LONG_FIX = "sudo prlimit " + "--very-long-option=1 ".repeat(10);
    private static final Report REPORT = new Report("epoll; io_uring: EPERM", true, List.of(new Section("Limits", List.of(
            Finding.ok("nofile", "1024"), Finding.warn("memlock", "64 KiB \"low\"", LONG_FIX),
            Finding.fail("seccomp", "strict", "none")))));

    @Test
    void plainTextHasNoEscapeCodes() {
        assertFalse(new TextReport(false).render(REPORT).contains("\u001b"));
    }

    @Test
    void colouredTextIsThePlainTextWithCodes() {
        String coloured = new TextReport(true).render(REPORT);
        assertTrue(coloured.contains("\u001b[31mfail"), coloured);
        assertEquals(new TextReport(false).render(REPORT), coloured.replaceAll("\u001b\\[\\d+m", ""));
    }

    @Test
    void fixStaysOnOneLineHoweverLong() {
        String text = new TextReport(false).render(REPORT);
        assertTrue(text.lines().anyMatch(line -> line.endsWith("fix: " + LONG_FIX)), text);
    }

    @Test
    void lastLineCounts() {
        String text = new TextReport(false).render(REPORT);
        assertTrue(text.endsWith("\nA server can run here. 1 failure, 1 warning\n"), text);
    }

    @Test
    void textIsWrappedBetweenWords() {
        assertEquals(List.of("one two", "three", "incomprehensibilities"), TextReport.wrap("one two three incomprehensibilities", 8));
        assertEquals(List.of(""), TextReport.wrap("", 8));
    }

    @Test
    void jsonQuotesAndLeavesOutEmptyFixes() throws IOException {
        String json = JsonReport.render(REPORT).replaceAll("\\s+", " ");
        assertTrue(json.startsWith("{ \"usable\" : true, \"summary\" : \"epoll; io_uring: EPERM\", \"failures\" : 1, \"warnings\" : 1,"), json);
        assertTrue(json.contains("{ \"name\" : \"nofile\", \"mark\" : \"ok\", \"text\" : \"1024\" }"), json);
        assertTrue(json.contains("\"text\" : \"64 KiB \\\"low\\\"\""), json);
    }
}
