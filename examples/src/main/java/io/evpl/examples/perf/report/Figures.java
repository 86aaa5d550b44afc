package io.evpl.examples.perf.report;

import java.util.Locale;

/** How figures are written, the same in the terminal and in HTML: three significant digits, "-" for what was not measured. */
final class Figures {
    private static final double TEN = 10;
    private static final double HUNDRED = 100;

    private Figures() { }

    static String count(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= HUNDRED ? "%,.0f" : size >= TEN ? "%.1f" : "%.2f", value);
    }

    static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.0f%%", HUNDRED * share) : "-";
    }

    static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2fx", value) : "";
    }
}
