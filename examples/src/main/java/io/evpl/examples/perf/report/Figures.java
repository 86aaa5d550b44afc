package io.evpl.examples.perf.report;

import java.util.Locale;

/** How figures are written, the same in the terminal and in HTML: three significant digits, "-" for what was not measured. */
final class Figures {
    private static final double TENTH = 0.1;
    private static final double TEN = 10;
    private static final double HUNDRED = 100;

    private Figures() { }

    static String count(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        double size = Math.abs(value);
        String form = size >= HUNDRED ? "%,.0f" : size >= TEN ? "%.1f" : size >= TENTH || size == 0 ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, form, value);
    }

    static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.0f%%", HUNDRED * share) : "-";
    }

    /** For shares of which the small ones matter. */
    static String finePercent(double share) {
        return Double.isFinite(share) ? count(HUNDRED * share) + "%" : "-";
    }

    static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2fx", value) : "";
    }
}
