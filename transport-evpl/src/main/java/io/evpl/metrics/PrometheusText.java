package io.evpl.metrics;

import java.util.List;

/**
 * Metrics as Prometheus reads them.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition formats, text version 0.0.4</a>
 */
final class PrometheusText {
    private final List<EvplMetrics> groups;
    private final StringBuilder text = new StringBuilder();
    private String family;

    private PrometheusText(List<EvplMetrics> groups) {
        this.groups = groups;
    }

    static String of(List<EvplMetrics> groups) {
        if (groups.stream().map(EvplMetrics::group).distinct().count() != groups.size()) {
            throw new IllegalArgumentException("several groups of one name: give each another, with metrics(name)");
        }
        return new PrometheusText(groups).render();
    }

    private String render() {
        for (LoopMetric metric : LoopMetric.values()) {
            begin(metric.metric(), metric.isCounter(), metric.help());
            for (EvplMetrics group : groups) {
                group.loops().forEach(loop -> sample(group, loop, "", loop.read(metric)));
            }
        }
        for (TrafficMetric metric : TrafficMetric.values()) {
            begin(metric.metric(), true, metric.help());
            for (EvplMetrics group : groups) {
                group.loops().forEach(loop -> traffic(group, loop, metric));
            }
        }
        return text.toString();
    }

    /** Samples of one name stand together. */
    private void begin(String metric, boolean counter, String help) {
        if (!metric.equals(family)) {
            family = metric;
            text.append("# HELP ").append(metric).append(' ').append(help).append('\n');
            text.append("# TYPE ").append(metric).append(counter ? " counter\n" : " gauge\n");
        }
    }

    private void traffic(EvplMetrics group, LoopMetrics loop, TrafficMetric metric) {
        String by = metric.by() == null ? "" : ",by=\"" + metric.by() + '"';
        for (Protocol protocol : Protocol.values()) {
            if (loop.hasUsed(protocol)) {
                sample(group, loop, ",protocol=\"" + protocol.label() + '"' + by, loop.read(protocol, metric));
            }
        }
    }

    private void sample(EvplMetrics group, LoopMetrics loop, String labels, long value) {
        text.append(family).append("{group=\"").append(escaped(group.group())).append("\",loop=\"").append(loop.index())
                .append("\",backend=\"").append(loop.backend()).append('"').append(labels).append("} ").append(value)
                .append('\n');
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
