package io.evpl;

import io.evpl.linux.uring.RingFeature;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EvplConfigTest {
    private static EvplConfig with(String... settings) {
        Properties properties = new Properties();
        properties.setProperty("java.version", "25");
        properties.setProperty("io.evplx.other", "not ours");
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty("io.evpl." + settings[i], settings[i + 1]);
        }
        return EvplConfig.from(properties);
    }

    private static void assertRefused(String key, String value) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> with(key, value),
                () -> key + "=" + value);
        assertTrue(e.getMessage().contains("io.evpl." + key), e.getMessage());
        assertTrue(e.getMessage().contains(value), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void defaults() {
        EvplConfig config = with();
        assertEquals("auto", config.backend());
        assertEquals(50_000, config.spinNs());
        assertEquals(1024, config.sqEntries());
        assertEquals(8192, config.cqEntries());
        assertEquals(65536, config.zeroCopyBytes());
        assertEquals(List.of(), config.cpus());
        assertTrue(Integer.bitCount(config.bufferCount()) == 1);
        assertTrue((long) config.bufferCount() * config.bufferBytes() <= 16 << 20, "lent by each loop");
    }

    @Test
    void everyKeyIsRead() {
        EvplConfig config = with("backend", "epoll", "spinNs", "-1", "cpus", "1,3", "uring.sqEntries", "64",
                "uring.cqEntries", "128", "uring.bufferCount", "4", "uring.bufferBytes", "1000", "uring.zeroCopyBytes", "-1");
        assertEquals(new EvplConfig("epoll", -1, 64, 128, 4, 1000, -1, List.of(1, 3)), config);
    }

    @ParameterizedTest
    @EnumSource(RingFeature.class)
    void everyFeatureHasASwitch(RingFeature feature) {
        with("uring." + feature.key(), "false");
        with("uring." + feature.key(), "true");
        assertRefused("uring." + feature.key(), "no");
    }

    @ParameterizedTest
    @CsvSource({"backend,nio", "backend,IO_URING", "backend,''", "spinNs,-2", "spinNs,1e6", "spinNs,50us", "spinNs,''",
        "uring.sqEntries,0", "uring.sqEntries,1000", "uring.sqEntries,65536", "uring.cqEntries,12", "uring.cqEntries,100",
        "uring.bufferCount,0", "uring.bufferCount,3", "uring.bufferCount,65536", "uring.bufferBytes,255",
        "uring.bufferBytes,99999999", "uring.zeroCopyBytes,-2", "uring.zeroCopyBytes,99999999999",
        "cpus,a", "cpus,'1,'", "cpus,'1,,2'", "cpus,-1", "cpus,1-", "cpus,0x1", "cpus,5-3"})
    void aBadValueIsNamedWithItsKey(String key, String value) {
        assertRefused(key, value);
    }

    @Test
    void anUnknownKeyIsNamedWithTheKnownOnes() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> with("spinNanos", "1"));
        assertTrue(e.getMessage().startsWith("-Dio.evpl.spinNanos "), e.getMessage());
        assertTrue(e.getMessage().contains("io.evpl.spinNs"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> with("uring.flyingCarpet", "true"));
    }

    @Test
    void aCompletionQueueShorterThanTheSubmissionQueueIsRefusedByName() {
        // io_uring_setup(2): cq_entries must be at least sq_entries, else EINVAL, which names nothing.
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> with("uring.sqEntries", "1024", "uring.cqEntries", "512"));
        assertTrue(e.getMessage().contains("io.evpl.uring.cqEntries"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"'',''", "0,0", "'0-3,8','0 1 2 3 8'", "'7,5','7 5'", "2-2,2", "'1,1','1 1'"})
    void cpusAreAListAsTasksetTakesIt(String value, String expected) {
        List<Integer> cpus = with("cpus", value).cpus();
        assertEquals(expected, String.join(" ", cpus.stream().map(String::valueOf).toList()));
    }

    @Test
    void loopsTakeTheCpusInTurn() {
        EvplConfig config = with("cpus", "4-6");
        assertEquals(List.of(4, 5, 6, 4, 5), IntStream.range(0, 5).map(config::cpuOf).boxed().toList());
        assertEquals(-1, with().cpuOf(3));
    }
}
