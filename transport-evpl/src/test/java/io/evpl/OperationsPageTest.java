package io.evpl;

import io.evpl.metrics.LoopMetric;
import io.evpl.metrics.TrafficMetric;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What users may set and read is on the pages for users. */
class OperationsPageTest {
    private static String page(String name) throws IOException {
        return Files.readString(Path.of("../docs").resolve(name));
    }

    @Test
    void everyMetricIsExplained() throws IOException {
        String page = page("operations.md");
        List<String> missing = Stream.concat(Stream.of(LoopMetric.values()).map(LoopMetric::metric),
                Stream.of(TrafficMetric.values()).map(TrafficMetric::metric)).filter(metric -> !page.contains('`' + metric + '`')).toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void everyKeyIsExplained() throws IOException {
        String pages = page("operations.md") + page("transport.md") + page("memory.md");
        assertEquals(List.of(), Stream.of(ConfigKey.values()).map(key -> key.key)
                .filter(key -> !pages.contains("| `" + key + '`')).toList());
    }
}
