package io.evpl;

import io.evpl.linux.uring.RingFeature;
import io.evpl.memory.MemorySettings;
import io.netty.util.internal.PlatformDependent;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can be configured: name, default and what values it takes. The one place where a value is checked, from whichever way it
 * comes.
 */
enum ConfigKey {
    BACKEND("backend", "auto", Rule.oneOf("auto", "io_uring", "epoll"), Scope.GROUP),
    CPUS("cpus", "", Rule.CPUS),
    SPIN_NS("spinNs", "50000", Rule.number(-1, 1_000_000_000)),
    IO_BUDGET("ioBudget", "1024", Rule.number(1, 65536)),
    TASK_BUDGET_NS("taskBudgetNs", "500000", Rule.number(0, 1_000_000_000)),
    /**
     * Copied within one system call, during which no other connection is served: 1 MiB is about 0.2 ms, and a quarter of what
     * a TCP socket buffers by default at most (net.ipv4.tcp_wmem).
     */
    MAX_WRITE_BYTES("maxWriteBytes", "1048576", Rule.number(4096, 1 << 30)),
    SQ_ENTRIES("uring.sqEntries", "1024", Rule.powerOfTwo(8, 32768)),
    CQ_ENTRIES("uring.cqEntries", "8192", Rule.powerOfTwo(16, 65536)),
    BUFFER_COUNT("uring.bufferCount", "32", Rule.powerOfTwo(1, 32768)),
    BUFFER_BYTES("uring.bufferBytes", "65536", Rule.number(256, 1 << 24)),
    ZERO_COPY_BYTES("uring.zeroCopyBytes", "65536", Rule.number(-1, Integer.MAX_VALUE)),
    // Of the process: read by Evpl.allocator().
    MEMORY_SLAB_BYTES("memory.slabBytes", "4194304",
            Rule.powerOfTwo(MemorySettings.LEAST_SLAB_BYTES, MemorySettings.MOST_SLAB_BYTES), Scope.GROUP),
    /** As much as Netty allows itself by default. */
    MEMORY_MAX_BYTES("memory.maxBytes", Long.toString(Math.max(64 << 20, PlatformDependent.maxDirectMemory())),
            Rule.number(MemorySettings.LEAST_SLAB_BYTES, MemorySettings.MOST_BYTES), Scope.GROUP),
    MEMORY_HUGE_PAGES("memory.hugePages", "false", Rule.oneOf("true", "false"), Scope.GROUP),
    MEMORY_EMPTY_SLAB_MS("memory.emptySlabMs", "10000", Rule.number(-1, 86_400_000), Scope.GROUP);

    static final String PREFIX = "io.evpl.";
    private static final String FEATURE_PREFIX = "uring.";
    /** Longer values are cut in messages. */
    private static final int SHOWN_CHARS = 80;

    final String key;
    final String initial;
    private final Rule rule;
    private final Scope scope;

    /** For whom a value holds. */
    private enum Scope {
        /** For all loops of a group, or for one. */
        LOOP,
        /** For all loops of a group. */
        GROUP
    }

    ConfigKey(String key, String initial, Rule rule) {
        this(key, initial, rule, Scope.LOOP);
    }

    ConfigKey(String key, String initial, Rule rule, Scope scope) {
        this.key = key;
        this.initial = initial;
        this.rule = rule;
        this.scope = scope;
    }

    /** @return null if there is none of that name */
    static ConfigKey of(String key) {
        for (ConfigKey known : values()) {
            if (known.key.equals(key)) {
                return known;
            }
        }
        return null;
    }

    /** Whether {@code key} switches a feature of the kernel, for the whole process. @throws IllegalArgumentException its value */
    static boolean isFeature(String key, String value) {
        for (var feature : RingFeature.values()) {
            if (key.equals(FEATURE_PREFIX + feature.key())) {
                Rule.oneOf("true", "false").check(key, value);
                return true;
            }
        }
        return false;
    }

    /** @param key without the prefix */
    static IllegalArgumentException unknown(String key) {
        return new IllegalArgumentException("-D" + PREFIX + shown(key) + " is not known; known are "
                + Stream.of(values()).map(known -> PREFIX + known.key).sorted().collect(Collectors.joining(", "))
                + ", each but backend and memory.* also as " + PREFIX + EvplConfig.LOOP_PREFIX + "<index>.<key>, and " + PREFIX + FEATURE_PREFIX
                + "<feature> (see ./evpl doctor)");
    }

    static IllegalArgumentException bad(String key, String value, String why) {
        return new IllegalArgumentException("-D" + PREFIX + key + "=" + shown(value) + ": " + why);
    }

    /** On one line, and not too long. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(SHOWN_CHARS).forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
        return text.length() > SHOWN_CHARS ? shown + "..." : shown.toString();
    }

    /**
     * @param loop {@code loop.<index>.} if it is set for one loop, else empty
     * @return {@code value} in the one way to write it
     * @throws IllegalArgumentException naming key and fix
     */
    String check(String loop, String value) {
        if (!loop.isEmpty() && scope == Scope.GROUP) {
            throw bad(loop + key, value, "must be the same for all loops of a group: set " + PREFIX + key);
        }
        return rule.check(loop + key, value);
    }

    /** Which values are allowed. */
    private interface Rule {
        Pattern CPU_RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
        /** A list as taskset(1) takes it: {@code 0-3,8}. */
        Rule CPUS = Rule::checkCpus;

        String check(String name, String value);

        static Rule oneOf(String... allowed) {
            return (name, value) -> {
                if (List.of(allowed).contains(value)) {
                    return value;
                }
                throw bad(name, value, "must be one of " + String.join(", ", allowed));
            };
        }

        static Rule number(long least, long most) {
            return (name, value) -> {
                try {
                    long number = Long.parseLong(value);
                    if (number >= least && number <= most) {
                        return Long.toString(number);
                    }
                } catch (NumberFormatException e) {
                    // said below
                }
                throw bad(name, value, "must be a whole number from " + least + " to " + most);
            };
        }

        static Rule powerOfTwo(int least, int most) {
            Rule inRange = number(least, most);
            return (name, value) -> {
                String number = inRange.check(name, value);
                if (Long.bitCount(Long.parseLong(number)) != 1) {
                    throw bad(name, value, "must be a power of two from " + least + " to " + most);
                }
                return number;
            };
        }

        private static String checkCpus(String name, String value) {
            List<String> cpus = new ArrayList<>();
            for (String range : value.isEmpty() ? new String[0] : value.split(",", -1)) {
                Matcher matcher = CPU_RANGE.matcher(range);
                if (!matcher.matches()) {
                    throw bad(name, value, "must be a list of CPU numbers and ranges such as 0-3,8");
                }
                int first = Integer.parseInt(matcher.group(1));
                int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
                if (last < first) {
                    throw bad(name, value, "the range " + range + " ends before it begins");
                }
                for (int cpu = first; cpu <= last; cpu++) {
                    cpus.add(Integer.toString(cpu));
                }
            }
            return String.join(",", cpus);
        }
    }
}
