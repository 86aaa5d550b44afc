package io.evpl;

import io.evpl.linux.uring.RingFeature;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be set with {@code -Dio.evpl.*}. Immutable; {@link #fromSystemProperties()} refuses keys and values it does
 * not know, by name.
 *
 * @param backend            {@code auto}, {@code io_uring} or {@code epoll}
 * @param spinNs             longest spin of an idle loop before it sleeps; 0 never spins, -1 never sleeps
 * @param sqEntries          operations that one turn can prepare without an extra kernel entry
 * @param cqEntries          completions the kernel can store before it has to set some aside
 * @param bufferCount        receive buffers that a loop lends to the kernel
 * @param bufferBytes        size of each
 * @param zeroCopyBytes      sends of at least this size go without a copy; -1 for none
 * @param cpus               CPUs that the loops of a group are pinned to, in turn; empty pins none
 */
public record EvplConfig(String backend, long spinNs, int sqEntries, int cqEntries, int bufferCount, int bufferBytes,
                         int zeroCopyBytes, List<Integer> cpus) {
    private static final String PREFIX = "io.evpl.";
    private static final Pattern CPU_RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
    private static final Map<String, String> DEFAULTS = new TreeMap<>(Map.of(
            "backend", "auto",
            "cpus", "",
            "spinNs", "50000",
            "uring.sqEntries", "1024",
            "uring.cqEntries", "8192",
            "uring.bufferCount", "32",
            "uring.bufferBytes", "65536",
            "uring.zeroCopyBytes", "65536"));

    /** Reads and checks all {@code io.evpl.*} system properties. @throws IllegalArgumentException naming key and fix */
    public static EvplConfig fromSystemProperties() {
        return from(System.getProperties());
    }

    static EvplConfig from(Properties properties) {
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                requireKnown(properties, name.substring(PREFIX.length()));
            }
        }
        int sqEntries = powerOfTwo(properties, "uring.sqEntries", 8, 32768);
        int cqEntries = powerOfTwo(properties, "uring.cqEntries", 16, 65536);
        if (cqEntries < sqEntries) { // io_uring_setup(2) refuses it
            throw bad("uring.cqEntries", Integer.toString(cqEntries), "must be at least uring.sqEntries, " + sqEntries);
        }
        return new EvplConfig(
                oneOf(properties, "backend", "auto", "io_uring", "epoll"),
                number(properties, "spinNs", -1, 1_000_000_000),
                sqEntries,
                cqEntries,
                powerOfTwo(properties, "uring.bufferCount", 1, 32768),
                (int) number(properties, "uring.bufferBytes", 256, 1 << 24),
                (int) number(properties, "uring.zeroCopyBytes", -1, Integer.MAX_VALUE),
                cpus(properties));
    }

    /** The CPU that the group's loop of this index is pinned to, or -1. */
    int cpuOf(int loopIndex) {
        return cpus.isEmpty() ? -1 : cpus.get(loopIndex % cpus.size());
    }

    /** A list as taskset(1) takes it: {@code 0-3,8}. */
    private static List<Integer> cpus(Properties properties) {
        String value = text(properties, "cpus");
        List<Integer> cpus = new ArrayList<>();
        for (String range : value.isEmpty() ? new String[0] : value.split(",", -1)) {
            Matcher matcher = CPU_RANGE.matcher(range);
            if (!matcher.matches()) {
                throw bad("cpus", value, "must be a list of CPU numbers and ranges such as 0-3,8");
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first) {
                throw bad("cpus", value, "the range " + range + " ends before it begins");
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return List.copyOf(cpus);
    }

    private static void requireKnown(Properties properties, String key) {
        if (DEFAULTS.containsKey(key)) {
            return;
        }
        for (var feature : RingFeature.values()) {
            if (key.equals("uring." + feature.key())) {
                oneOf(properties, key, "true", "false");
                return;
            }
        }
        throw new IllegalArgumentException("-D" + PREFIX + key + " is not known; known are " + PREFIX
                + String.join(", " + PREFIX, DEFAULTS.keySet()) + " and " + PREFIX + "uring.<feature> (see ./evpl doctor)");
    }

    private static String text(Properties properties, String key) {
        return properties.getProperty(PREFIX + key, DEFAULTS.get(key));
    }

    private static String oneOf(Properties properties, String key, String... allowed) {
        String value = text(properties, key);
        for (String one : allowed) {
            if (one.equals(value)) {
                return value;
            }
        }
        throw bad(key, value, "must be one of " + String.join(", ", allowed));
    }

    private static long number(Properties properties, String key, long least, long most) {
        String value = text(properties, key);
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw bad(key, value, "must be a whole number from " + least + " to " + most);
    }

    private static int powerOfTwo(Properties properties, String key, int least, int most) {
        int number = (int) number(properties, key, least, most);
        if (Integer.bitCount(number) != 1) {
            throw bad(key, Integer.toString(number), "must be a power of two");
        }
        return number;
    }

    private static IllegalArgumentException bad(String key, String value, String rule) {
        return new IllegalArgumentException("-D" + PREFIX + key + "=" + value + ": " + rule);
    }
}
