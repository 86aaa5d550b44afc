package io.evpl;

import io.evpl.linux.uring.RingFeature;
import io.evpl.memory.MemorySettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Properties;
import java.util.Random;
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
        assertEquals(1024, config.ioBudget());
        assertEquals(500_000, config.taskBudgetNs());
        assertEquals(1 << 20, config.maxWriteBytes());
        assertEquals("", config.toString());
        assertEquals(config, EvplConfig.builder().build());
        assertEquals(List.of(), config.cpus());
        assertTrue(Integer.bitCount(config.bufferCount()) == 1);
        assertTrue((long) config.bufferCount() * config.bufferBytes() <= 16 << 20, "lent by each loop");
    }

    @Test
    void everyKeyIsRead() {
        EvplConfig config = with("backend", "epoll", "spinNs", "-1", "cpus", "1,3", "ioBudget", "7", "taskBudgetNs", "0",
                "maxWriteBytes", "5000", "uring.sqEntries", "64", "uring.cqEntries", "128", "uring.bufferCount", "4",
                "uring.bufferBytes", "1000", "uring.zeroCopyBytes", "-1", "memory.slabBytes", "1048576",
                "memory.maxBytes", "5000000", "memory.hugePages", "true", "memory.emptySlabMs", "-1");
        EvplConfig.Builder memory = EvplConfig.builder();
        memory.property("memory.slabBytes", "1048576");
        memory.property("memory.maxBytes", "5000000");
        memory.property("memory.hugePages", "true");
        memory.property("memory.emptySlabMs", "-1");
        EvplConfig built = memory.backend("epoll").spinNs(-1).cpus("1,3").ioBudget(7).taskBudgetNs(0)
                .maxWriteBytes(5000).sqEntries(64).cqEntries(128).bufferCount(4).bufferBytes(1000).zeroCopyBytes(-1).build();
        assertEquals(built, config);
        assertEquals(List.of("epoll", -1L, List.of(1, 3), 7, 0L, 5000, 64, 128, 4, 1000, -1),
                List.of(config.backend(), config.spinNs(), config.cpus(), config.ioBudget(), config.taskBudgetNs(),
                        config.maxWriteBytes(), config.sqEntries(), config.cqEntries(), config.bufferCount(),
                        config.bufferBytes(), config.zeroCopyBytes()));
        assertEquals(new MemorySettings(1 << 20, 5_000_000, true, -1), config.memory());
        assertEquals(ConfigKey.values().length, config.toString().split(" ").length, "a key is missing above");
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
        "ioBudget,0", "ioBudget,65537", "taskBudgetNs,-1", "maxWriteBytes,4095", "maxWriteBytes,1073741825",
        "loop.0.spinNs,-2", "loop.7.cpus,x", "loop.3.backend,epoll", "loop.12.uring.bufferCount,5",
        "memory.slabBytes,65536", "memory.slabBytes,3000000", "memory.maxBytes,1000", "memory.maxBytes,2000000",
        "memory.hugePages,yes", "memory.emptySlabMs,-2", "loop.0.memory.hugePages,true",
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

    @ParameterizedTest
    @ValueSource(strings = {"loop", "loop.", "loop.1", "loop.1.", "loop.x.spinNs", "loop.-1.spinNs", "loop.10000.spinNs",
        "loop.1.loop.2.spinNs", "loop.1.uring.sendZc", "loop..spinNs", "loop.1.spinns"})
    void anUnknownKeyOfOneLoopIsNamed(String key) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> with(key, "1"));
        assertTrue(e.getMessage().startsWith("-Dio.evpl." + key + " is not known"), e.getMessage());
        assertTrue(e.getMessage().contains("io.evpl.loop.<index>.<key>"), e.getMessage());
    }

    @Test
    void oneLoopDiffersAndTheOthersDoNot() {
        EvplConfig config = with("spinNs", "7", "cpus", "4-6", "loop.1.spinNs", "-1", "loop.1.cpus", "9",
                "loop.2.uring.bufferCount", "64");
        assertEquals(List.of(7L, -1L, 7L), IntStream.range(0, 3).mapToObj(i -> config.ofLoop(i).spinNs()).toList());
        assertEquals(List.of(4, 9, 6, 4), IntStream.range(0, 4).map(config::cpuOf).boxed().toList());
        assertEquals(List.of(32, 32, 64), IntStream.range(0, 3).mapToObj(i -> config.ofLoop(i).bufferCount()).toList());
        assertEquals(7, config.spinNs(), "the group's own");
        assertEquals(config, EvplConfig.builder().spinNs(7).cpus("4-6").loop(1, loop -> loop.spinNs(-1).cpus("9"))
                .loop(2, loop -> loop.bufferCount(64)).build());
        assertEquals("-Dio.evpl.cpus=4,5,6 -Dio.evpl.spinNs=7 -Dio.evpl.loop.1.cpus=9 -Dio.evpl.loop.1.spinNs=-1"
                + " -Dio.evpl.loop.2.uring.bufferCount=64", config.toString());
    }

    @Test
    void aBuilderBeginsWhereItIsToldAndItsProductStays() {
        EvplConfig config = with("spinNs", "7", "loop.1.spinNs", "8");
        EvplConfig.Builder builder = config.toBuilder();
        EvplConfig more = builder.ioBudget(5).loop(1, loop -> loop.ioBudget(6)).build();
        builder.spinNs(0).loop(1, loop -> loop.spinNs(0));
        assertEquals("-Dio.evpl.spinNs=7 -Dio.evpl.loop.1.spinNs=8", config.toString());
        assertEquals(List.of(7L, 5, 8L, 6),
                List.of(more.spinNs(), more.ioBudget(), more.ofLoop(1).spinNs(), more.ofLoop(1).ioBudget()));
        assertEquals(config, config.toBuilder().build());
        assertEquals(config.hashCode(), config.toBuilder().build().hashCode());
        assertFalse(config.equals(more));
    }

    @Test
    void aBuilderRefusesWithTheWordsOfTheProperty() {
        assertSameWords("spinNs", "-2", () -> EvplConfig.builder().spinNs(-2));
        assertSameWords("backend", "null", () -> EvplConfig.builder().backend(null));
        assertSameWords("uring.sqEntries", "1000", () -> EvplConfig.builder().sqEntries(1000));
        assertSameWords("uring.cqEntries", "512", () -> EvplConfig.builder().cqEntries(512).build());
        assertSameWords("cpus", "3-1", () -> EvplConfig.builder().cpus("3-1"));
        assertSameWords("loop.4.maxWriteBytes", "0", () -> EvplConfig.builder().loop(4, loop -> loop.maxWriteBytes(0)));
        assertSameWords("loop.4.uring.cqEntries", "512",
                () -> EvplConfig.builder().loop(4, loop -> loop.cqEntries(512)).build());
        assertSameWords("loop.4.backend", "epoll", () -> EvplConfig.builder().loop(4, loop -> loop.backend("epoll")));
        for (int index : new int[] {-1, 10000}) {
            assertThrows(IllegalArgumentException.class, () -> EvplConfig.builder().loop(index, loop -> { }));
        }
        assertThrows(IllegalArgumentException.class,
                () -> EvplConfig.builder().loop(0, loop -> loop.loop(1, inner -> { })));
        assertThrows(IllegalArgumentException.class, () -> EvplConfig.builder().loop(0, EvplConfig.Builder::build));
    }

    private static void assertSameWords(String key, String value, Executable build) {
        IllegalArgumentException built = assertThrows(IllegalArgumentException.class, build);
        IllegalArgumentException read = assertThrows(IllegalArgumentException.class, () -> with(key, value));
        assertEquals(read.getMessage(), built.getMessage());
    }

    /** Whatever stands in a property: it is refused with key and fix, or has one of the effects that the keys document. */
    @Test
    void everyKeyBearsEveryValue() {
        Random random = new Random(1);
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            ConfigKey known = ConfigKey.values()[random.nextInt(ConfigKey.values().length)];
            String key = (random.nextInt(4) == 0 ? "loop." + random.nextInt(10_000) + '.' : "") + known.key;
            String value = value(random);
            EvplConfig config;
            try {
                config = with(key, value);
            } catch (IllegalArgumentException e) {
                refused++;
                assertTrue(e.getMessage().startsWith("-Dio.evpl.") && e.getMessage().contains(known.key), e.getMessage());
                assertTrue(e.getMessage().matches(".*: (must be|the range) .*"), e.getMessage());
                assertTrue(e.getMessage().length() < 300, e.getMessage());
                continue;
            }
            accepted++;
            assertEquals(config, config.toBuilder().build());
            assertEffectsAreInRange(config);
            config.loopIndexes().forEach(index -> assertEffectsAreInRange(config.ofLoop(index)));
        }
        assertTrue(accepted > 1000 && refused > 1000, accepted + " accepted, " + refused + " refused");
    }

    private static String value(Random random) {
        String[] parts = {"0", "1", "-1", "7", "64", "4096", "65536", "9223372036854775807", "99999999999999999999", "+", "-", ",",
            " ", ".", "e", "0x", "auto", "epoll", "io_uring", "\n", "\0", "\u00e9", "%s", "true", "NaN", "\ud83d\ude00", "z".repeat(500)};
        StringBuilder value = new StringBuilder();
        for (int count = random.nextInt(4); count >= 0; count--) {
            value.append(parts[random.nextInt(parts.length)]);
        }
        return switch (random.nextInt(4)) {
            case 0 -> Long.toString(random.nextInt(200_000) - 1000);
            case 1 -> Long.toString(1L << random.nextInt(32));
            case 2 -> parts[random.nextInt(parts.length)];
            default -> value.toString();
        };
    }

    private static void assertEffectsAreInRange(EvplConfig config) {
        assertTrue(List.of("auto", "epoll", "io_uring").contains(config.backend()));
        assertTrue(config.cpus().stream().allMatch(cpu -> cpu >= 0 && cpu <= 9999));
        assertIn(config.spinNs(), -1, 1_000_000_000);
        assertIn(config.ioBudget(), 1, 65536);
        assertIn(config.taskBudgetNs(), 0, 1_000_000_000);
        assertIn(config.maxWriteBytes(), 4096, 1 << 30);
        assertIn(config.sqEntries(), 8, 32768);
        assertIn(config.cqEntries(), config.sqEntries(), 65536);
        assertIn(config.bufferCount(), 1, 32768);
        assertIn(config.bufferBytes(), 256, 1 << 24);
        assertIn(config.zeroCopyBytes(), -1, Integer.MAX_VALUE);
        for (int powerOfTwo : new int[] {config.sqEntries(), config.cqEntries(), config.bufferCount()}) {
            assertEquals(1, Integer.bitCount(powerOfTwo));
        }
    }

    private static void assertIn(long value, long least, long most) {
        assertTrue(value >= least && value <= most, () -> value + " is not from " + least + " to " + most);
    }
}
