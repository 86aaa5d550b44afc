package io.evpl;

import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.memory.EvplAllocator;
import io.evpl.memory.MemorySettings;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Every key takes every value: it has the effect that is documented, or is refused by key, value and what is allowed. Another
 * seed: {@code -Devpl.fuzz.seed}.
 */
class ConfigFuzzTest {
    private static final long SEED = Long.getLong("evpl.fuzz.seed", 20);
    private static final int VALUES = 2000;
    private static final Pattern RANGE = Pattern.compile("must be a (?:whole number|power of two) from (-?\\d+) to (\\d+)");
    private static final String[] EDGES = {"", " ", "0", "-0", "+1", "1 ", " 1", "007", "0x10", "1e3", "1.0", "1_000", "1,000", "-1",
        "-9223372036854775808", "9223372036854775807", "9223372036854775808", "2147483647", "2147483648", "-2147483648",
        "NaN", "null", "true", "false", "TRUE", "yes", "auto", "epoll", "io_uring", "Epoll", "\n", "1\n", "\0", "\u0661",
        "\u00e9", "%s", "${x}", "\ud83d", "0-3,8", "3-0", "0-9999", "10000", ",", "1,", "--", "9".repeat(400), "z".repeat(5000)};

    /** How the builder is told, and what a loop asks. Keys that are missing here are the process's: by property only. */
    private static final Map<ConfigKey, BiConsumer<EvplConfig.Builder, Long>> SETTERS = new EnumMap<>(ConfigKey.class);
    private static final Map<ConfigKey, ToLongFunction<EvplConfig>> READ = new EnumMap<>(ConfigKey.class);

    static {
        number(ConfigKey.SPIN_NS, EvplConfig.Builder::spinNs, EvplConfig::spinNs);
        number(ConfigKey.TASK_BUDGET_NS, EvplConfig.Builder::taskBudgetNs, EvplConfig::taskBudgetNs);
        number(ConfigKey.IO_BUDGET, (builder, n) -> builder.ioBudget(n.intValue()), EvplConfig::ioBudget);
        number(ConfigKey.MAX_WRITE_BYTES, (builder, n) -> builder.maxWriteBytes(n.intValue()), EvplConfig::maxWriteBytes);
        number(ConfigKey.SQ_ENTRIES, (builder, n) -> builder.sqEntries(n.intValue()), EvplConfig::sqEntries);
        number(ConfigKey.CQ_ENTRIES, (builder, n) -> builder.cqEntries(n.intValue()), EvplConfig::cqEntries);
        number(ConfigKey.BUFFER_COUNT, (builder, n) -> builder.bufferCount(n.intValue()), EvplConfig::bufferCount);
        number(ConfigKey.BUFFER_BYTES, (builder, n) -> builder.bufferBytes(n.intValue()), EvplConfig::bufferBytes);
        number(ConfigKey.ZERO_COPY_BYTES, (builder, n) -> builder.zeroCopyBytes(n.intValue()), EvplConfig::zeroCopyBytes);
        READ.put(ConfigKey.MEMORY_SLAB_BYTES, config -> config.memory().slabBytes());
        READ.put(ConfigKey.MEMORY_MAX_BYTES, config -> config.memory().maxBytes());
        READ.put(ConfigKey.MEMORY_EMPTY_SLAB_MS, config -> config.memory().emptySlabMs());
    }

    private static void number(ConfigKey key, BiConsumer<EvplConfig.Builder, Long> setter, ToLongFunction<EvplConfig> reader) {
        SETTERS.put(key, setter);
        READ.put(key, reader);
    }

    private static EvplConfig byProperty(String key, String value) {
        Properties properties = new Properties();
        properties.setProperty("io.evpl." + key, value);
        return EvplConfig.from(properties);
    }

    /** Null if it is not refused. */
    private static <T> IllegalArgumentException refusal(Function<T, ?> action, T argument) {
        try {
            action.apply(argument);
            return null;
        } catch (IllegalArgumentException e) {
            return e;
        }
    }

    private static List<String> values(Random random) {
        List<String> values = new ArrayList<>(List.of(EDGES));
        while (values.size() < VALUES) {
            values.add(switch (random.nextInt(5)) {
                case 0 -> Long.toString(random.nextLong() >> random.nextInt(64));
                case 1 -> Long.toString((1L << random.nextInt(63)) + random.nextInt(3) - 1);
                case 2 -> EDGES[random.nextInt(EDGES.length)] + EDGES[random.nextInt(EDGES.length)];
                case 3 -> random.nextInt(20000) + "-" + random.nextInt(20000);
                default -> random.ints(random.nextInt(12), 0, 0x3000).collect(StringBuilder::new,
                        StringBuilder::appendCodePoint, StringBuilder::append).toString();
            });
        }
        return values;
    }

    private static void assertSaysWhatIsAllowed(String key, String value, IllegalArgumentException refused) {
        String said = refused.getMessage();
        String shown = value.substring(0, Math.min(40, value.length())).replaceAll("[\\p{Cntrl}\\x80-\\x9f]", "?");
        // One that does not go with another key's default is named as the other's bound.
        assertTrue(said.startsWith("-Dio.evpl." + key + '=' + shown) || said.contains(key) && said.contains(shown),
                () -> "seed " + SEED + ": " + said);
        assertTrue(said.contains(": must be ") || said.contains(": the range "), () -> "seed " + SEED + ": " + said);
        assertTrue(said.length() < 300 && said.lines().count() == 1, said);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("bad input: every key, by system property and by builder")
    void everyKeyRefusesWithWordsOrObeys(ConfigKey key) {
        Random random = new Random(SEED + key.ordinal());
        int refused = 0;
        for (String value : values(random)) {
            IllegalArgumentException e = refusal(text -> byProperty(key.key, text), value);
            if (e != null) {
                refused++;
                assertSaysWhatIsAllowed(key.key, value, e);
            } else {
                assertObeyed(key, value);
            }
            assertBuilderAgrees(key, value, e);
        }
        assertTrue(refused > VALUES / 4 && refused < VALUES, refused + " refused");
    }

    private static void assertObeyed(ConfigKey key, String value) {
        EvplConfig config = byProperty(key.key, value);
        if (READ.containsKey(key)) {
            assertEquals(Long.parseLong(value), READ.get(key).applyAsLong(config));
        } else if (key == ConfigKey.CPUS) {
            assertTrue(config.cpus().stream().allMatch(cpu -> cpu >= 0 && cpu <= 9999));
            assertEquals(value.isEmpty(), config.cpus().isEmpty());
        } else {
            assertEquals(value, key == ConfigKey.BACKEND ? config.backend() : Boolean.toString(config.memory().hugePages()));
        }
        assertEquals(config, config.toBuilder().build());
    }

    private static void assertBuilderAgrees(ConfigKey key, String value, IllegalArgumentException refused) {
        Function<EvplConfig.Builder, EvplConfig> building;
        if (SETTERS.containsKey(key)) {
            long number;
            try {
                number = Long.parseLong(value);
            } catch (NumberFormatException e) {
                return; // the compiler refuses it
            }
            boolean isInt = key != ConfigKey.SPIN_NS && key != ConfigKey.TASK_BUDGET_NS;
            if (isInt && number != (int) number || !Long.toString(number).equals(value)) {
                return;
            }
            building = builder -> {
                SETTERS.get(key).accept(builder, number);
                return builder.build();
            };
        } else if (key == ConfigKey.CPUS || key == ConfigKey.BACKEND) {
            building = builder -> (key == ConfigKey.CPUS ? builder.cpus(value) : builder.backend(value)).build();
        } else {
            return;
        }
        IllegalArgumentException e = refusal(building, EvplConfig.builder());
        if (refused == null) {
            assertNull(e);
            assertEquals(byProperty(key.key, value), building.apply(EvplConfig.builder()));
        } else {
            assertEquals(refused.getMessage(), e == null ? null : e.getMessage());
        }
    }

    /** What a refusal says is true: its bounds are taken, and what is just outside is not. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"BACKEND", "CPUS", "MEMORY_HUGE_PAGES"})
    @DisplayName("bad input: the bounds that are named hold")
    void boundsThatAreNamedHold(ConfigKey key) {
        Matcher range = RANGE.matcher(refusal(text -> byProperty(key.key, text), "x").getMessage());
        assertTrue(range.find());
        long least = Long.parseLong(range.group(1));
        long most = Long.parseLong(range.group(2));
        for (long outside : new long[] {least - 1, most + 1}) {
            assertTrue(refusal(text -> byProperty(key.key, text), Long.toString(outside)) != null, key.key + '=' + outside);
        }
        for (long bound : new long[] {least, most}) {
            IllegalArgumentException e = refusal(text -> byProperty(key.key, text), Long.toString(bound));
            // Those that depend on another key name it.
            assertTrue(e == null || e.getMessage().contains("must be at "), () -> e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("bad input: every switch of a kernel's feature")
    void everySwitchIsTrueOrFalse(RingFeature feature) {
        String key = "uring." + feature.key();
        for (String value : values(new Random(SEED + feature.ordinal()))) {
            boolean allowed = value.equals("true") || value.equals("false");
            IllegalArgumentException e = refusal(text -> byProperty(key, text), value);
            assertEquals(allowed, e == null);
            if (e != null) {
                assertSaysWhatIsAllowed(key, value, e);
            }
        }
        try {
            System.setProperty(feature.property(), "true");
            assertTrue(ScriptedFeatures.all().has(feature));
            System.setProperty(feature.property(), "false");
            assertFalse(ScriptedFeatures.all().has(feature));
            System.setProperty(feature.property(), "False");
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, ScriptedFeatures::all);
            assertEquals("-D" + feature.property() + "=False: must be true or false", e.getMessage());
        } finally {
            System.clearProperty(feature.property());
        }
    }

    @Test
    @DisplayName("bad input: settings of an allocator")
    void anAllocatorIsMadeOrItsSettingsAreNamed() {
        Random random = new Random(SEED);
        int made = 0;
        for (int i = 0; i < VALUES; i++) {
            int slabBytes = random.nextBoolean() ? 1 << random.nextInt(32) : random.nextInt();
            long maxBytes = random.nextLong() >> random.nextInt(64);
            long emptySlabMs = random.nextInt(4) - 2;
            MemorySettings settings;
            try {
                settings = new MemorySettings(slabBytes, maxBytes, random.nextBoolean(), emptySlabMs);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().matches("(slabBytes|maxBytes|emptySlabMs) -?\\d+: must be .+"), e.getMessage());
                continue;
            }
            try (EvplAllocator allocator = new EvplAllocator(settings)) {
                made++;
                assertTrue(allocator.mostSlabs() >= 1 && (long) allocator.mostSlabs() * slabBytes <= maxBytes);
            } catch (UncheckedIOException e) {
                assertTrue(e.getMessage().startsWith("-Dio.evpl.memory.maxBytes=" + maxBytes), e.getMessage());
            }
        }
        assertTrue(made > VALUES / 100, made + " made");
    }

    /** A loop on this machine works with the least and the most of each. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = {"MEMORY_.*", "BACKEND", "CPUS"})
    @DisplayName("bad input: a loop works at the bounds of each key")
    void aLoopWorksAtTheBounds(ConfigKey key) {
        Matcher range = RANGE.matcher(refusal(text -> byProperty(key.key, text), "x").getMessage());
        assertTrue(range.find());
        for (int group = 1; group <= 2; group++) {
            String bound = range.group(group);
            Properties properties = new Properties();
            properties.setProperty("io.evpl.backend", System.getProperty("io.evpl.backend", "auto"));
            properties.setProperty("io.evpl.uring.sqEntries", "8"); // so that the shortest completion queue goes with it
            properties.setProperty("io.evpl.uring.cqEntries", "65536");
            properties.setProperty("io.evpl.uring.bufferCount", "4");
            properties.setProperty("io.evpl.uring.bufferBytes", "1024");
            properties.setProperty("io.evpl." + key.key, bound);
            EvplEventLoopGroup loops = new EvplEventLoopGroup(1, null, EvplConfig.from(properties));
            try {
                assertEquals(42, VirtualLoop.call((EvplEventLoop) loops.next(), () -> 42));
            } finally {
                VirtualLoop.shutDown(loops);
            }
        }
    }
}
