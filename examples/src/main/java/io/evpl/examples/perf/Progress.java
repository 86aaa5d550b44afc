package io.evpl.examples.perf;

import java.io.Console;
import java.io.PrintStream;

/** What is running, and how long it will take: one line rewritten on a terminal, a line per row elsewhere. */
final class Progress {
    private static final String ERASE_LINE = "\r\033[2K";
    private static final double NS_PER_SECOND = 1e9;

    private final PrintStream out;
    private final boolean rewriting;
    private final long startNs = System.nanoTime();
    private double totalSeconds;
    private double doneSeconds;
    private String row = "";

    Progress(PrintStream out) {
        this(out, onTerminal());
    }

    Progress(PrintStream out, boolean rewriting) {
        this.out = out;
        this.rewriting = rewriting;
    }

    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    void expect(double seconds) {
        totalSeconds = seconds;
    }

    /** Something before or between the rounds. */
    void note(String text) {
        show(text);
    }

    /** A round begins. Painted only here: nothing of ours runs while a window is open. */
    void round(String label, String transport, int round, int rounds) {
        if (rewriting) {
            show(label + ", " + transport + ", round " + (round + 1) + "/" + rounds + eta());
        } else if (!label.equals(row)) {
            show(label + eta());
        }
        row = label;
    }

    /** @param plannedSeconds what the finished round was expected to take; the estimate is corrected by what it took */
    void roundDone(double plannedSeconds) {
        doneSeconds += plannedSeconds;
    }

    private String eta() {
        double left = totalSeconds - doneSeconds;
        if (doneSeconds > 0) {
            double elapsed = (System.nanoTime() - startNs) / NS_PER_SECOND;
            left *= elapsed / doneSeconds;
        }
        return String.format(" (about %.0f s left)", Math.max(1, left));
    }

    private void show(String line) {
        if (rewriting) {
            out.print(ERASE_LINE + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    void clear() {
        if (rewriting) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }
}
