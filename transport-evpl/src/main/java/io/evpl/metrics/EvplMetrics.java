package io.evpl.metrics;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The counts of a group's loops as they were. Each is exact, but they are read one after the other while the loops go on.
 *
 * @param group told apart by this name
 * @param loops by index
 */
public record EvplMetrics(String group, List<LoopMetrics> loops) {
    public EvplMetrics {
        loops = List.copyOf(loops);
    }

    /** Reads all counts now. Any thread; holds no loop up. */
    public static EvplMetrics of(String group, List<? extends LoopReading> loops) {
        return new EvplMetrics(group, loops.stream().map(LoopMetrics::of).toList());
    }

    /** Of all loops. */
    public long total(LoopMetric metric) {
        return loops.stream().mapToLong(loop -> loop.read(metric)).sum();
    }

    /** Of all loops. */
    public long total(Protocol protocol, TrafficMetric metric) {
        return loops.stream().mapToLong(loop -> loop.read(protocol, metric)).sum();
    }

    /** As Prometheus reads it: text format 0.0.4, ASCII but for the group's name. */
    public String prometheusText() {
        return prometheusText(List.of(this));
    }

    /** One page for several groups, which must have different names. */
    public static String prometheusText(List<EvplMetrics> groups) {
        return PrometheusText.of(groups);
    }

    /**
     * Puts {@link #prometheusText()} into {@code target}, in UTF-8.
     *
     * @return how many bytes, or -1 if there is no room for all of them: then nothing is put
     */
    public int writePrometheusText(ByteBuffer target) {
        byte[] text = prometheusText().getBytes(StandardCharsets.UTF_8);
        if (text.length > target.remaining()) {
            return -1;
        }
        target.put(text);
        return text.length;
    }
}
