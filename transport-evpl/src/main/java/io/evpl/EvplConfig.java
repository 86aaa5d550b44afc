package io.evpl;

import io.evpl.memory.MemorySettings;
import io.netty.util.internal.PlatformDependent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What loops are made with: from {@code -Dio.evpl.*}, or built. Immutable. Both ways refuse what they do not know, by name and
 * with the same words.
 *
 * <pre>{@code
 * EvplConfig config = EvplConfig.fromSystemProperties().toBuilder()
 *         .cpus("2-3")
 *         .loop(0, loop -> loop.spinNs(-1))
 *         .build();
 * }</pre>
 */
public final class EvplConfig {
    static final String LOOP_PREFIX = "loop.";
    /** Eight times what a loop lends by default: a small JVM does as it is told. */
    private static final long BUFFERS_ALWAYS_ALLOWED = 16 << 20;
    private static final Pattern LOOP_KEY = Pattern.compile("loop\\.(\\d{1,4})\\.(.+)");

    /** Checked values that were set, in the one way to write them. */
    private final Map<ConfigKey, String> values;
    /** What is different for single loops, by index in their group. */
    private final SortedMap<Integer, Map<ConfigKey, String>> loops;

    private EvplConfig(Map<ConfigKey, String> values, SortedMap<Integer, Map<ConfigKey, String>> loops) {
        this.values = values;
        this.loops = loops;
    }

    /** Reads and checks all {@code io.evpl.*} system properties. @throws IllegalArgumentException naming key and fix */
    public static EvplConfig fromSystemProperties() {
        return from(System.getProperties());
    }

    static EvplConfig from(Properties properties) {
        Builder builder = builder();
        for (String name : properties.stringPropertyNames()) {
            String value = properties.getProperty(name);
            if (name.startsWith(ConfigKey.PREFIX) && value != null) { // another thread may have cleared it
                builder.property(name.substring(ConfigKey.PREFIX.length()), value);
            }
        }
        return builder.build();
    }

    /** Begins with the defaults; system properties have no effect on it. */
    public static Builder builder() {
        return new Builder("");
    }

    /** Begins with these settings. */
    public Builder toBuilder() {
        Builder builder = builder();
        builder.values.putAll(values);
        loops.forEach((index, its) -> builder.loopBuilder(index).values.putAll(its));
        return builder;
    }

    /** The settings of the group's loop of this index. */
    EvplConfig ofLoop(int index) {
        Map<ConfigKey, String> its = loops.get(index);
        return its == null ? this : new EvplConfig(merged(values, its), new TreeMap<>());
    }

    /** Loops that have settings of their own. */
    Set<Integer> loopIndexes() {
        return Collections.unmodifiableSet(loops.keySet());
    }

    private static Map<ConfigKey, String> merged(Map<ConfigKey, String> values, Map<ConfigKey, String> over) {
        Map<ConfigKey, String> merged = new EnumMap<>(ConfigKey.class);
        merged.putAll(values);
        merged.putAll(over);
        return merged;
    }

    private static String text(Map<ConfigKey, String> values, ConfigKey key) {
        return values.getOrDefault(key, key.initial);
    }

    private String text(ConfigKey key) {
        return text(values, key);
    }

    private int number(ConfigKey key) {
        return Integer.parseInt(text(key));
    }

    /** {@code auto}, {@code io_uring} or {@code epoll}. */
    public String backend() {
        return text(ConfigKey.BACKEND);
    }

    /** CPUs that the loops of a group are pinned to, in turn; empty pins none. */
    public List<Integer> cpus() {
        String text = text(ConfigKey.CPUS);
        return text.isEmpty() ? List.of() : Stream.of(text.split(",")).map(Integer::valueOf).toList();
    }

    /** Of the process, whatever the group. */
    MemorySettings memory() {
        return new MemorySettings(number(ConfigKey.MEMORY_SLAB_BYTES), Long.parseLong(text(ConfigKey.MEMORY_MAX_BYTES)),
                Boolean.parseBoolean(text(ConfigKey.MEMORY_HUGE_PAGES)), Long.parseLong(text(ConfigKey.MEMORY_EMPTY_SLAB_MS)));
    }

    /** The CPU that the group's loop of this index is pinned to, or -1. */
    int cpuOf(int loopIndex) {
        List<Integer> cpus = ofLoop(loopIndex).cpus();
        return cpus.isEmpty() ? -1 : cpus.get(loopIndex % cpus.size());
    }

    /** Longest spin of an idle loop before it sleeps; 0 never spins, -1 never sleeps. */
    public long spinNs() {
        return Long.parseLong(text(ConfigKey.SPIN_NS));
    }

    /** Completions that a turn dispatches before tasks and timers have theirs. */
    public int ioBudget() {
        return number(ConfigKey.IO_BUDGET);
    }

    /** Time that tasks may take in a turn before I/O has its own; looked at every 64 tasks. */
    public long taskBudgetNs() {
        return Long.parseLong(text(ConfigKey.TASK_BUDGET_NS));
    }

    /** Bytes of one connection that are with the kernel at a time, and that one turn writes at most. */
    public int maxWriteBytes() {
        return number(ConfigKey.MAX_WRITE_BYTES);
    }

    /** Operations that one turn can prepare without an extra kernel entry. */
    public int sqEntries() {
        return number(ConfigKey.SQ_ENTRIES);
    }

    /** Completions the kernel can store before it has to set some aside. */
    public int cqEntries() {
        return number(ConfigKey.CQ_ENTRIES);
    }

    /** Receive buffers that a loop lends to the kernel. */
    public int bufferCount() {
        return number(ConfigKey.BUFFER_COUNT);
    }

    /** Size of each. */
    public int bufferBytes() {
        return number(ConfigKey.BUFFER_BYTES);
    }

    /** Sends of at least this size go without a copy; -1 for none. */
    public int zeroCopyBytes() {
        return number(ConfigKey.ZERO_COPY_BYTES);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EvplConfig config && config.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** What differs from the defaults, as options of the JVM. */
    @Override
    public String toString() {
        List<String> options = new ArrayList<>();
        values.forEach((key, value) -> {
            if (!value.equals(key.initial)) {
                options.add(option(key.key, value));
            }
        });
        loops.forEach((index, its) -> its.forEach((key, value) -> {
            if (!value.equals(text(key))) {
                options.add(option(LOOP_PREFIX + index + '.' + key.key, value));
            }
        }));
        return options.stream().collect(Collectors.joining(" "));
    }

    private static String option(String name, String value) {
        return "-D" + ConfigKey.PREFIX + name + '=' + value;
    }

    /** Sets what is to differ. Every method throws {@link IllegalArgumentException} naming key and fix. */
    public static final class Builder {
        /** {@code loop.<index>.} where it is for one loop. */
        private final String scope;
        private final Map<ConfigKey, String> values = new EnumMap<>(ConfigKey.class);
        private final SortedMap<Integer, Builder> loops = new TreeMap<>();

        private Builder(String scope) {
            this.scope = scope;
        }

        private Builder set(ConfigKey key, String value) {
            values.put(key, key.check(scope, value));
            return this;
        }

        private Builder set(ConfigKey key, long value) {
            return set(key, Long.toString(value));
        }

        /** @param name without {@code io.evpl.} */
        void property(String name, String value) {
            Matcher loop = LOOP_KEY.matcher(name);
            boolean isLoops = loop.matches();
            ConfigKey key = ConfigKey.of(isLoops ? loop.group(2) : name);
            if (key != null) {
                (isLoops ? loopBuilder(Integer.parseInt(loop.group(1))) : this).set(key, value);
            } else if (!ConfigKey.isFeature(name, value)) {
                throw ConfigKey.unknown(name);
            }
        }

        private Builder loopBuilder(int index) {
            return loops.computeIfAbsent(index, its -> new Builder(LOOP_PREFIX + its + '.'));
        }

        /** @param backend {@code auto}, {@code io_uring} or {@code epoll}; for all loops of a group */
        public Builder backend(String backend) {
            return set(ConfigKey.BACKEND, String.valueOf(backend));
        }

        /** @param cpus a list as taskset(1) takes it, {@code 0-3,8}; empty pins no loop */
        public Builder cpus(String cpus) {
            return set(ConfigKey.CPUS, String.valueOf(cpus));
        }

        /** See {@link EvplConfig#spinNs}. */
        public Builder spinNs(long spinNs) {
            return set(ConfigKey.SPIN_NS, spinNs);
        }

        /** See {@link EvplConfig#ioBudget}. */
        public Builder ioBudget(int ioBudget) {
            return set(ConfigKey.IO_BUDGET, ioBudget);
        }

        /** See {@link EvplConfig#taskBudgetNs}. */
        public Builder taskBudgetNs(long taskBudgetNs) {
            return set(ConfigKey.TASK_BUDGET_NS, taskBudgetNs);
        }

        /** See {@link EvplConfig#maxWriteBytes}. */
        public Builder maxWriteBytes(int maxWriteBytes) {
            return set(ConfigKey.MAX_WRITE_BYTES, maxWriteBytes);
        }

        /** See {@link EvplConfig#sqEntries}. */
        public Builder sqEntries(int sqEntries) {
            return set(ConfigKey.SQ_ENTRIES, sqEntries);
        }

        /** See {@link EvplConfig#cqEntries}. */
        public Builder cqEntries(int cqEntries) {
            return set(ConfigKey.CQ_ENTRIES, cqEntries);
        }

        /** See {@link EvplConfig#bufferCount}. */
        public Builder bufferCount(int bufferCount) {
            return set(ConfigKey.BUFFER_COUNT, bufferCount);
        }

        /** See {@link EvplConfig#bufferBytes}. */
        public Builder bufferBytes(int bufferBytes) {
            return set(ConfigKey.BUFFER_BYTES, bufferBytes);
        }

        /** See {@link EvplConfig#zeroCopyBytes}. */
        public Builder zeroCopyBytes(int zeroCopyBytes) {
            return set(ConfigKey.ZERO_COPY_BYTES, zeroCopyBytes);
        }

        /**
         * Settings of one loop, over those of all; everything but {@link #backend}.
         *
         * @param index in its group, 0 to 9999; a group that has no such loop takes no notice
         * @throws IllegalArgumentException also if {@code loop} calls {@code loop} or {@code build}
         */
        public Builder loop(int index, Consumer<Builder> loop) {
            if (!scope.isEmpty() || index < 0 || index > 9999) {
                throw ConfigKey.unknown(scope + LOOP_PREFIX + index);
            }
            loop.accept(loopBuilder(index));
            return this;
        }

        /** @throws IllegalArgumentException settings that do not go together */
        public EvplConfig build() {
            if (!scope.isEmpty()) {
                throw new IllegalArgumentException(scope + ": build() is called on the builder of the whole configuration");
            }
            requireLoop("", values);
            requireMemory();
            SortedMap<Integer, Map<ConfigKey, String>> overrides = new TreeMap<>();
            loops.forEach((index, loop) -> {
                requireLoop(loop.scope, merged(values, loop.values));
                overrides.put(index, new EnumMap<>(loop.values));
            });
            return new EvplConfig(new EnumMap<>(values), overrides);
        }

        private static void requireLoop(String scope, Map<ConfigKey, String> values) {
            requireQueues(scope, values);
            requireBuffers(scope, values);
        }

        /** More than there is would leave nothing for anybody else. */
        private static void requireBuffers(String scope, Map<ConfigKey, String> values) {
            long count = Long.parseLong(text(values, ConfigKey.BUFFER_COUNT));
            String bytes = text(values, ConfigKey.BUFFER_BYTES);
            long most = PlatformDependent.maxDirectMemory() / count;
            if (Long.parseLong(bytes) > Math.max(most, BUFFERS_ALWAYS_ALLOWED / count)) {
                throw ConfigKey.bad(scope + ConfigKey.BUFFER_BYTES.key, bytes, "must be at most " + most + ", for uring.bufferCount is "
                        + count + " and the JVM has " + PlatformDependent.maxDirectMemory()
                        + " bytes for direct buffers: -XX:MaxDirectMemorySize");
            }
        }

        /** io_uring_setup(2) refuses a completion queue that is shorter than the submission queue. */
        private static void requireQueues(String scope, Map<ConfigKey, String> values) {
            int sqEntries = Integer.parseInt(text(values, ConfigKey.SQ_ENTRIES));
            String cqEntries = text(values, ConfigKey.CQ_ENTRIES);
            if (Integer.parseInt(cqEntries) < sqEntries) {
                throw ConfigKey.bad(scope + ConfigKey.CQ_ENTRIES.key, cqEntries,
                        "must be at least uring.sqEntries, " + sqEntries);
            }
        }

        private void requireMemory() {
            long slabBytes = Long.parseLong(text(values, ConfigKey.MEMORY_SLAB_BYTES));
            String maxBytes = text(values, ConfigKey.MEMORY_MAX_BYTES);
            if (Long.parseLong(maxBytes) < slabBytes) {
                throw ConfigKey.bad(ConfigKey.MEMORY_MAX_BYTES.key, maxBytes, "must be at least memory.slabBytes, " + slabBytes);
            }
            if (Long.parseLong(maxBytes) / slabBytes > MemorySettings.MOST_SLABS) {
                throw ConfigKey.bad(ConfigKey.MEMORY_MAX_BYTES.key, maxBytes, "must be at most " + MemorySettings.MOST_SLABS
                        + " times memory.slabBytes, " + slabBytes);
            }
        }
    }
}
