package io.evpl.examples.perf.report;

import io.evpl.examples.perf.scenario.Transport;
import java.util.List;
import java.util.Locale;

/** Horizontal bars as inline SVG: the median, a whisker from the worst round to the best, the figure in words. */
final class BarChart {
    private static final int WIDTH = 560;
    private static final int LABEL_WIDTH = 118;
    private static final int VALUE_WIDTH = 92;
    private static final int BAR_HEIGHT = 18;
    private static final int LINE_HEIGHT = 28;
    private static final int BASELINE_DROP = 14;

    private BarChart() { }

    record Bar(Transport transport, double median, double min, double max) { }

    static String svg(String title, List<Bar> bars) {
        double full = bars.stream().mapToDouble(Bar::max).max().orElse(1);
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, bars.size() * LINE_HEIGHT, Markup.escape(title)));
        for (int i = 0; i < bars.size(); i++) {
            svg.append(bar(bars.get(i), i * LINE_HEIGHT, (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / full));
        }
        return svg.append("</svg>").toString();
    }

    private static String bar(Bar bar, int top, double pixelsPerUnit) {
        double end = LABEL_WIDTH + bar.median * pixelsPerUnit;
        double low = LABEL_WIDTH + bar.min * pixelsPerUnit;
        double high = LABEL_WIDTH + bar.max * pixelsPerUnit;
        int middle = top + BAR_HEIGHT / 2;
        return String.format(Locale.ROOT,
                "<text class=\"name%s\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                + "<rect class=\"fill-%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\"/>"
                + "<path class=\"whisker\" d=\"M%.1f %dH%.1f\"/>"
                + "<text class=\"value\" x=\"%.1f\" y=\"%d\">%s</text>",
                bar.transport.ours() ? " ours" : "", LABEL_WIDTH - 10, top + BASELINE_DROP, bar.transport.label(),
                Markup.style(bar.transport), LABEL_WIDTH, top, Math.max(1, end - LABEL_WIDTH), BAR_HEIGHT,
                low, middle, high,
                Math.max(end, high) + 8, top + BASELINE_DROP, Figures.count(bar.median));
    }
}
