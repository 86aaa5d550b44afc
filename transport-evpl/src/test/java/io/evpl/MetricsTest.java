package io.evpl;

import io.evpl.metrics.EvplMeterBinder;
import io.evpl.metrics.EvplMetrics;
import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@link ChannelMetricsContract} on loops of ours; what loops count of themselves, and how it is shown. */
class MetricsTest extends ChannelMetricsContract {
    private final EvplEventLoopGroup group = (EvplEventLoopGroup) super.group;

    MetricsTest() {
        super(new EvplEventLoopGroup(2));
    }

    @Test
    void aLoopCountsItsOwnWork() throws InterruptedException {
        Channel server = listen(Stream.TCP);
        Channel client = connect(Stream.TCP, server.localAddress());
        pingPong(client, 1);
        EvplMetrics before = group.metrics();
        pingPong(client, ROUNDS);
        EvplMetrics after = group.metrics();
        for (LoopMetric metric : List.of(LoopMetric.TURNS, LoopMetric.KERNEL_ENTRIES)) {
            assertTrue(after.total(metric) - before.total(metric) >= ROUNDS, metric::metric);
        }
        for (LoopMetric metric : LoopMetric.values()) {
            assertTrue(!metric.isCounter() || after.total(metric) >= before.total(metric), metric::metric);
        }
        assertTrue(after.total(LoopMetric.SPIN_HITS) <= after.total(LoopMetric.SPINS));
        EvplConfig config = EvplConfig.fromSystemProperties();
        boolean lends = group.readings().get(0).backend().equals("io_uring") && Backends.features()
                .has(io.evpl.linux.uring.RingFeature.BUFFER_RING);
        assertEquals(lends ? 2L * config.bufferCount() * config.bufferBytes() : 0, after.total(LoopMetric.LENT_BYTES));
        closed(client.close().channel(), server.close().channel());
    }

    @Test
    @DisplayName("F6 the scrape is Prometheus text, whole or not at all")
    void theScrapeIsPrometheusTextWholeOrNotAtAll_F6() throws InterruptedException {
        Channel server = listen(Stream.TCP);
        Channel client = connect(Stream.TCP, server.localAddress());
        pingPong(client, 1);
        EvplMetrics metrics = group.metrics("a\"b");
        String text = metrics.prometheusText();
        String sample = "[a-z_]+\\{group=\"a\\\\\"b\",loop=\"[01]\",backend=\"\\w+\"(,protocol=\"\\w+\")?(,by=\"\\w+\")?} \\d+";
        for (String line : text.split("\n")) {
            assertTrue(line.matches("# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge)|" + sample), line);
        }
        List<String> families = text.lines().filter(line -> line.startsWith("# TYPE")).map(line -> line.split(" ")[2]).toList();
        assertEquals(families.size(), families.stream().distinct().count(), "a family stands once");
        assertTrue(families.contains("evpl_allocator_lent_bytes"));
        assertEquals(text.lines().count(), text.lines().distinct().count(), "each sample stands once");
        assertTrue(text.endsWith("\n"));
        assertTrue(text.contains("evpl_connections_accepted_total{group=\"a\\\"b\",loop="));

        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        ByteBuffer tooSmall = ByteBuffer.allocate(bytes - 1);
        assertEquals(-1, metrics.writePrometheusText(tooSmall));
        assertEquals(0, tooSmall.position());
        ByteBuffer room = ByteBuffer.allocate(bytes);
        assertEquals(bytes, metrics.writePrometheusText(room));
        assertEquals(text, new String(room.array(), StandardCharsets.UTF_8));

        String both = EvplMetrics.prometheusText(List.of(group.metrics("one"), group.metrics("two")));
        assertEquals(families, both.lines().filter(line -> line.startsWith("# TYPE")).map(line -> line.split(" ")[2]).toList());
        assertTrue(both.contains("group=\"one\"") && both.contains("group=\"two\""));
        assertThrows(IllegalArgumentException.class, () -> EvplMetrics.prometheusText(List.of(metrics, metrics)));
        closed(client.close().channel(), server.close().channel());
    }

    @Test
    void micrometerSeesTheSame() throws InterruptedException {
        Channel server = listen(Stream.UNIX);
        Channel client = connect(Stream.UNIX, server.localAddress());
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new EvplMeterBinder("here", group.readings()).bindTo(registry);
        pingPong(client, ROUNDS);
        counts(Protocol.UNIX);
        EvplMetrics metrics = group.metrics();
        for (TrafficMetric metric : TrafficMetric.values()) {
            String name = metric.metric().replaceFirst("_total$", "").replace('_', '.');
            var search = registry.get(name).tag("group", "here").tag("protocol", "unix");
            double sum = (metric.by() == null ? search : search.tag("by", metric.by())).functionCounters().stream()
                    .mapToDouble(counter -> counter.count()).sum();
            assertEquals(metrics.total(Protocol.UNIX, metric), sum, name);
        }
        assertEquals(metrics.total(LoopMetric.CHANNELS), registry.get("evpl.loop.channels").gauges().stream()
                .mapToDouble(gauge -> gauge.value()).sum());
        assertEquals(List.of("0", "1"), registry.get("evpl.loop.turns").functionCounters().stream()
                .map(counter -> counter.getId().getTag("loop")).sorted().collect(Collectors.toList()));
        closed(client.close().channel(), server.close().channel());
        registry.close();
    }
}
