package io.evpl.examples.perf.report;

import io.evpl.examples.perf.scenario.Transport;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latency by percentile as inline SVG. Both axes are logarithmic: across, the share of messages that is slower; up, microseconds. */
final class LatencyChart {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;
    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 34;
    private static final double NS_PER_US = 1e3;
    private static final double US_PER_MS = 1e3;
    private static final double HUNDRED_PERCENT = 100;
    /** 99.99 %: beyond it a short round has a handful of samples. */
    private static final double MAX_NINES = 4;
    private static final double STEP_NINES = 0.04;
    private static final String[] NINES_LABELS = {"min", "90 %", "99 %", "99.9 %", "99.99 %"};
    private static final double[] TICKS_PER_DECADE = {1, 2, 5};

    private final double minUs;
    private final double maxUs;

    private LatencyChart(Map<Transport, Histogram> curves) {
        minUs = curves.values().stream().mapToDouble(curve -> us(curve, 0)).min().orElse(1) * 0.9;
        maxUs = curves.values().stream().mapToDouble(curve -> us(curve, maxNines(curve))).max().orElse(1) * 1.1;
    }

    static String svg(String title, Map<Transport, Histogram> curves) {
        LatencyChart chart = new LatencyChart(curves);
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, Markup.escape(title)));
        chart.percentileAxis(svg);
        chart.latencyAxis(svg);
        // Ours last: drawn over the others.
        curves.keySet().stream().sorted((a, b) -> Boolean.compare(a.ours(), b.ours()))
                .forEach(transport -> svg.append(chart.curve(transport, curves.get(transport))));
        return svg.append("</svg>").toString();
    }

    private void percentileAxis(StringBuilder svg) {
        for (int nines = 0; nines < NINES_LABELS.length; nines++) {
            svg.append(String.format(Locale.ROOT, "<path class=\"grid\" d=\"M%1$.1f %2$dV%3$d\"/>"
                    + "<text class=\"tick\" x=\"%1$.1f\" y=\"%4$d\" text-anchor=\"%5$s\">%6$s</text>",
                    x(nines), TOP, HEIGHT - BOTTOM, HEIGHT - BOTTOM + 18,
                    nines == MAX_NINES ? "end" : "middle", NINES_LABELS[nines]));
        }
    }

    private void latencyAxis(StringBuilder svg) {
        for (double decade = Math.pow(10, Math.floor(Math.log10(minUs))); decade <= maxUs; decade *= 10) {
            for (double tick : TICKS_PER_DECADE) {
                double us = decade * tick;
                if (us >= minUs && us <= maxUs) {
                    svg.append(String.format(Locale.ROOT, "<path class=\"grid\" d=\"M%1$d %2$.1fH%3$d\"/>"
                            + "<text class=\"tick\" x=\"%4$d\" y=\"%5$.1f\" text-anchor=\"end\">%6$s</text>",
                            LEFT, y(us), WIDTH - RIGHT, LEFT - 8, y(us) + 4, label(us)));
                }
            }
        }
    }

    private static String label(double us) {
        return us >= US_PER_MS ? String.format(Locale.ROOT, "%.0f ms", us / US_PER_MS)
                : String.format(Locale.ROOT, us < 1 ? "%.1f µs" : "%.0f µs", us);
    }

    private String curve(Transport transport, Histogram latencyNs) {
        StringBuilder path = new StringBuilder();
        for (double nines = 0; nines <= maxNines(latencyNs); nines += STEP_NINES) {
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", x(nines), y(us(latencyNs, nines))));
        }
        return "<path class=\"curve stroke-" + Markup.style(transport) + "\" d=\"" + path + "\"><title>" + transport.label() + "</title></path>";
    }

    /** As far to the right as there are samples to tell. */
    private static double maxNines(Histogram curve) {
        return Math.min(MAX_NINES, Math.log10(Math.max(1, curve.getTotalCount())));
    }

    private static double us(Histogram curve, double nines) {
        return Math.max(1, curve.getValueAtPercentile(HUNDRED_PERCENT * (1 - Math.pow(10, -nines)))) / NS_PER_US;
    }

    private static double x(double nines) {
        return LEFT + (WIDTH - LEFT - RIGHT) * nines / MAX_NINES;
    }

    private double y(double us) {
        double share = Math.log(us / minUs) / Math.log(maxUs / minUs);
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    }
}
