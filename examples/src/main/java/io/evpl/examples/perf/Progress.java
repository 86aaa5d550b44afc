package io.evpl.examples.perf;

import java.io.Console;
import java.io.PrintStream;

/** What is running, and how long it will take: one line rewritten on a terminal, a line per row elsewhere. */
final class Progress {
    private static final String ERASE_LINE = "\r\033[2K";
    private static final double NS_PER_SECOND = 1e9;

    private final PrintStream out;
    private final boolean rewriting;
    private long firstRoundNs;
    private double expectedSeconds;
    private int totalRounds;
    private int doneRounds;
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

    void expect(int rounds, Pace pace) {
        totalRounds = rounds;
        expectedSeconds = pace.expectedSeconds(rounds);
        firstRoundNs = System.nanoTime();
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

    void roundDone() {
        doneRounds++;
    }

    /** The plan's word first; what the rounds took takes over as they are done, since stalls and a busy machine are in no plan. */
    private String eta() {
        double done = (double) doneRounds / totalRounds;
        double elapsed = (System.nanoTime() - firstRoundNs) / NS_PER_SECOND;
        double extrapolated = doneRounds == 0 ? expectedSeconds : elapsed / done;
        double total = (1 - done) * expectedSeconds + done * extrapolated;
        return String.format(" (about %.0f s left)", Math.max(1, total * (1 - done)));
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
