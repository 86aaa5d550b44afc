package io.evpl.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.List;

/**
 * Shows a group's loops in Micrometer, which reads them when it is asked: counting costs the loops nothing more. The meters are
 * those of {@link EvplMetrics#prometheusText()}, with dots in their names and without {@code _total}. They do not keep a group
 * alive that nobody uses any more.
 *
 * <p>Needs {@code io.micrometer:micrometer-core}, which this module does not bring.
 */
public final class EvplMeterBinder implements MeterBinder {
    private final String group;
    private final List<? extends LoopReading> loops;

    /**
     * @param group the tag {@code group}
     * @param loops {@code EvplEventLoopGroup.readings()}
     */
    public EvplMeterBinder(String group, List<? extends LoopReading> loops) {
        this.group = group;
        this.loops = List.copyOf(loops);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (LoopReading loop : loops) {
            Tags tags = Tags.of("group", group, "loop", Integer.toString(loop.index()), "backend", loop.backend());
            for (LoopMetric metric : LoopMetric.values()) {
                bind(registry, loop, metric, tags);
            }
            for (Protocol protocol : Protocol.values()) {
                for (TrafficMetric metric : TrafficMetric.values()) {
                    bind(registry, loop, protocol, metric, tags.and("protocol", protocol.label()));
                }
            }
        }
    }

    private static void bind(MeterRegistry registry, LoopReading loop, LoopMetric metric, Tags tags) {
        if (metric.isCounter()) {
            FunctionCounter.builder(dotted(metric.metric()), loop, it -> it.read(metric)).description(metric.help())
                    .tags(tags).register(registry);
        } else {
            Gauge.builder(dotted(metric.metric()), loop, it -> it.read(metric)).description(metric.help())
                    .tags(tags).register(registry);
        }
    }

    private static void bind(MeterRegistry registry, LoopReading loop, Protocol protocol, TrafficMetric metric, Tags tags) {
        FunctionCounter.builder(dotted(metric.metric()), loop, it -> it.read(protocol, metric)).description(metric.help())
                .tags(metric.by() == null ? tags : tags.and("by", metric.by())).register(registry);
    }

    /** Micrometer's own form, from which each registry makes its own. */
    private static String dotted(String metric) {
        return (metric.endsWith("_total") ? metric.substring(0, metric.length() - "_total".length()) : metric)
                .replace('_', '.');
    }
}
