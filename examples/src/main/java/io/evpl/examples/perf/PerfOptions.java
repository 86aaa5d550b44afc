package io.evpl.examples.perf;

import io.evpl.examples.perf.memory.MemoryPlan;
import io.evpl.examples.perf.scenario.ByteCount;
import io.evpl.examples.perf.scenario.Direction;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import io.evpl.examples.perf.soak.SoakOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The command line of perf, and its checks. Null is "not given". */
final class PerfOptions {
    static final int MAX_CONNECTIONS = 20_000;      // a loopback client has 28,232 ports by default
    static final int MAX_DEPTH = 1024;
    static final long MAX_OUTSTANDING_BYTES = 256L << 20;   // the echo may hold all of it, in a JVM of 1 GiB
    static final double MAX_SECONDS = 3600;
    static final int MAX_ROUNDS = 100;
    static final long MAX_RATE = 10_000_000;
    private static final int DEFAULT_ROUNDS = 3;
    /** Memory varies little from round to round. */
    private static final int MEMORY_ROUNDS = 2;
    private static final String MEMORY = "memory";
    private static final String SAME_LOOP = "--same-loop";
    /** Those options that say something about some rows only. */
    private static final List<String> PARTICULAR = List.of("--depth", "--rate", "--direction", SAME_LOOP);

    @Option(names = "--mode", paramLabel = "MODE[,MODE]",
            description = "pingpong (echo, timed) and stream (throughput) over TCP; datagram (UDP: echo, one way in and out); unix (both "
                    + "over unix sockets); tls (both over TCP with TLS, and handshakes); handshake (these alone); inproc (both "
                    + "within one JVM); rpc (ONC RPC calls beside oncrpc4j). memory, by itself: what 10,000 connections cost a server in memory. Default: four rows of the first two.")
    String modes;

    @Option(names = "--transport", paramLabel = "NAME[,NAME]",
            description = "Of evpl-uring, evpl-epoll, evpl-uring-sleep, nio, epoll, incubator, netty42-uring; rpc only: oncrpc4j; inproc only: local, "
                    + "netty42-local; by name only: evpl-on-HOST, HOST+idle, HOST+busy, HOST being nio, epoll or incubator. "
                    + "Default: all others that this machine can run but evpl-uring-sleep.")
    String transports;

    @Option(names = "--connections", paramLabel = "COUNT",
            description = "Connections, of datagrams the load's sockets, 1..20000. Default: each row's own, pingpong 64, stream 4.")
    Integer connections;

    @Option(names = "--size", paramLabel = "BYTES",
            description = "Bytes per message, e.g. 64, 64k, 1m; up to 16m, of datagrams 65507. Default: each row's own, pingpong 64, "
                    + "stream 64k.")
    String size;

    @Option(names = "--depth", paramLabel = "COUNT",
            description = "Rows with echoes: messages each connection keeps outstanding, 1..1024. Default: each row's own, pingpong 1.")
    Integer depth;

    @Option(names = "--rate", paramLabel = "MSGS",
            description = "Rows with echoes, not of datagrams: messages per second over all connections, sent on schedule and timed from "
                    + "when they were due.")
    Long rate;

    @Option(names = "--direction", paramLabel = "WAY",
            description = "Rows without echoes: in (to the server), out or both; datagram in or out, inproc in. Default: each row's own, "
                    + "stream both.")
    String direction;

    @Option(names = "--same-loop", negatable = true,
            description = "inproc: load and server on one loop, or, with --no-same-loop, on two. Default: rows of both.")
    Boolean sameLoop;

    @Option(names = "--seconds", paramLabel = "S",
            description = "Measured time per round. Default: what makes the whole run about a minute.")
    Double seconds;

    @Option(names = "--warmup-seconds", paramLabel = "S",
            description = "Before each measured window, exactly. Default: a quarter of it, and until the JIT of both JVMs is quiet.")
    Double warmupSeconds;

    @Option(names = "--rounds", paramLabel = "COUNT",
            description = "Rounds per row and transport, interleaved; medians are reported. Default: 3.")
    Integer rounds;

    @Option(names = "--loops", paramLabel = "COUNT", description = "Event loops of the server. Default: 1.")
    int loops = 1;

    /*
     * The default was measured on 2 quiet cores, load on evpl-uring (spinning), 64 x 64 B, five rounds, twice: pinned, the rounds of
     * a transport varied by 1.4 to 7 % (standard deviation over mean), not pinned by 2.7 to 13 %; the medians were the same. While
     * others take CPU, a pinned loop cannot move out of their way and loses more: see Results.disturbance().
     */
    @Option(names = "--pin", negatable = true,
            description = "Pin the server's loops to the first CPUs, the load's loop to the last. Default: pinned if there is a CPU "
                    + "for each; --no-pin may be steadier on a busy machine.")
    Boolean pin;

    @Option(names = "--load-transport", paramLabel = "NAME",
            description = "Transport of the load generator, the same for all servers. Default: the first of evpl-uring, epoll, nio "
                    + "that runs.")
    String loadTransport;

    @Option(names = "--suite",
            description = "All rows, or all of --mode, with more and longer rounds (pingpong and stream about a quarter of an hour, all "
                    + "more than one); writes JSON and HTML to benchmarks/results, or to the current directory without one.")
    boolean suite;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every round, raw, with the machine it ran on.")
    Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a self-contained report with charts.")
    Path html;

    /** @throws IllegalArgumentException with one line for the user */
    PerfPlan plan() {
        double measured = seconds == null ? suite ? Rows.SUITE_SECONDS : 0 : within("--seconds", seconds, 0.05, MAX_SECONDS);
        double warmup = warmupSeconds == null ? -1 : within("--warmup-seconds", warmupSeconds, 0, MAX_SECONDS);
        int roundCount = rounds == null ? suite ? Rows.SUITE_ROUNDS : DEFAULT_ROUNDS : (int) within("--rounds", rounds, 1, MAX_ROUNDS);
        within("--loops", loops, 1, Runtime.getRuntime().availableProcessors());
        int allowedCpus = CpuPin.allowedCpus().size();
        if (pin != null && pin) {
            within("--pin: --loops", loops, 1, allowedCpus);
        }
        Transport load = loadTransport == null ? null : Transport.named(loadTransport);
        if (load != null && load.netty() != Transport.Netty.V41) {
            throw new IllegalArgumentException("--load-transport " + loadTransport + ": the load generator runs on Netty 4.1 only");
        }
        boolean pinned = pin == null ? loops < allowedCpus : pin;
        List<Scenario> rows = scenarios();
        if (load != null) {
            refuseIdle("--load-transport", List.of(load), rows.stream().map(Scenario::link).filter(link -> !link.inOneJvm()).toList());
        }
        return new PerfPlan(rows, chosenTransports(rows), transports != null, roundCount, measured, warmup, loops, pinned, load,
                writable("--json", json == null && suite ? suiteFile("json") : json),
                writable("--html", html == null && suite ? suiteFile("html") : html));
    }

    /** @throws IllegalArgumentException with one line for the user */
    double soakSeconds() {
        Map<String, Object> given = givenRowOptions();
        given.put("--mode", modes);
        given.put("--transport", transports);
        given.put("--warmup-seconds", warmupSeconds);
        given.put("--rounds", rounds);
        given.put("--pin", pin);
        given.put("--load-transport", loadTransport);
        given.put("--json", json);
        given.put("--html", html);
        refuseGiven(given, "--soak");
        return seconds == null ? SoakOptions.DEFAULT_SECONDS : within("--seconds", seconds, 1, MAX_SECONDS);
    }

    private static void refuseGiven(Map<String, Object> options, String what) {
        options.forEach((option, value) -> {
            if (value != null) {
                throw new IllegalArgumentException(option + " means nothing to " + what);
            }
        });
    }

    /** True if memory is asked for and not speed. */
    boolean memory() {
        return modes != null && commaList("--mode", modes).contains(MEMORY);
    }

    /** @throws IllegalArgumentException with one line for the user */
    MemoryPlan memoryPlan() {
        if (!modes.equals(MEMORY)) {
            throw new IllegalArgumentException("--mode memory is measured by itself");
        }
        Map<String, Object> given = givenRowOptions();
        given.remove("--connections");
        given.put("--seconds", seconds);
        given.put("--warmup-seconds", warmupSeconds);
        given.put("--pin", pin);
        given.put("--load-transport", loadTransport);
        given.put("--html", html);
        refuseGiven(given, "mode memory");
        List<Transport> named = transports == null ? MemoryPlan.DEFAULT_TRANSPORTS
                : commaList("--transport", transports).stream().map(Transport::named).toList();
        refuseIdle("--transport", named, List.of(Link.TCP));
        return new MemoryPlan(connections == null ? MemoryPlan.DEFAULT_CONNECTIONS
                : (int) within("--connections", connections, 1, MAX_CONNECTIONS), named, transports != null,
                rounds == null ? MEMORY_ROUNDS : (int) within("--rounds", rounds, 1, MAX_ROUNDS),
                (int) within("--loops", loops, 1, Runtime.getRuntime().availableProcessors()), writable("--json", json));
    }

    private List<Transport> chosenTransports(List<Scenario> rows) {
        Set<Link> links = rows.stream().map(Scenario::link).collect(Collectors.toCollection(() -> EnumSet.noneOf(Link.class)));
        if (transports == null) {
            return suite ? Transport.doing(links) : Transport.usual(links);
        }
        List<Transport> named = commaList("--transport", transports).stream().map(Transport::named).toList();
        refuseIdle("--transport", named, links);
        return named;
    }

    /** Whoever has no part in any row was named by mistake. */
    private static void refuseIdle(String option, List<Transport> named, Collection<Link> links) {
        for (Transport transport : named) {
            if (!links.isEmpty() && links.stream().noneMatch(transport::does)) {
                throw new IllegalArgumentException(option + " " + transport.label() + ": it does not do "
                        + links.stream().distinct().map(Link::label).collect(Collectors.joining(", ")));
            }
        }
    }

    private List<Scenario> scenarios() {
        Map<String, Object> rowOptions = givenRowOptions();
        List<RowSet> chosen = modes == null ? List.of() : commaList("--mode", modes).stream().map(RowSet::named).toList();
        if (suite) {
            for (String option : rowOptions.keySet()) {
                throw new IllegalArgumentException("--suite has its own rows; leave out " + option);
            }
            return (chosen.isEmpty() ? List.of(RowSet.values()) : chosen).stream().flatMap(set -> set.suiteRows().stream())
                    .distinct().toList();
        }
        if (chosen.isEmpty() && rowOptions.isEmpty()) {
            return Rows.QUICK;
        }
        List<RowSet> sets = chosen.isEmpty() ? List.of(RowSet.PINGPONG) : chosen;
        refuseMeaningless(rowOptions, sets);
        return sets.stream().flatMap(set -> meant(set, rowOptions).map(this::adjusted).distinct()).toList();
    }

    private Map<String, Object> givenRowOptions() {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("--connections", connections);
        given.put("--size", size);
        given.put("--depth", depth);
        given.put("--rate", rate);
        given.put("--direction", direction);
        given.put(SAME_LOOP, sameLoop);
        given.values().removeIf(value -> value == null);
        return given;
    }

    /** True if the option, one of those which not every row has, says something about this one. */
    private static boolean means(String option, Scenario row) {
        return option.equals(SAME_LOOP) ? row.link().inOneJvm() : row.mode().options().contains(option);
    }

    private static void refuseMeaningless(Map<String, Object> given, List<RowSet> chosen) {
        for (String option : PARTICULAR) {
            if (given.containsKey(option) && chosen.stream().flatMap(set -> set.rows().stream()).noneMatch(row -> means(option, row))) {
                throw new IllegalArgumentException(option + " means nothing to mode " + chosen.getFirst().label());
            }
        }
    }

    /** A set's rows that all given options say something about; the whole set if that is none of them. */
    private static Stream<Scenario> meant(RowSet set, Map<String, Object> given) {
        List<Scenario> rows = set.rows().stream()
                .filter(row -> PARTICULAR.stream().filter(given::containsKey).allMatch(option -> means(option, row))).toList();
        return rows.isEmpty() ? set.rows().stream() : rows.stream();
    }

    /** The row as the options change it. */
    private Scenario adjusted(Scenario row) {
        int connectionCount = connections == null ? row.connections() : (int) within("--connections", connections, 1, MAX_CONNECTIONS);
        int outstanding = depth == null || !means("--depth", row) ? row.depth() : (int) within("--depth", depth, 1, MAX_DEPTH);
        long bytes = payloadBytes(row);
        if (connectionCount * bytes * outstanding > MAX_OUTSTANDING_BYTES) {
            throw new IllegalArgumentException("--connections x --size x --depth is " + connectionCount * bytes * outstanding
                    + " bytes; at most " + ByteCount.format(MAX_OUTSTANDING_BYTES) + " may be outstanding");
        }
        long perSecond = rate == null || !means("--rate", row) ? 0 : (long) within("--rate", rate, 1, MAX_RATE);
        return new Scenario(row.mode(), row.link(), connectionCount, (int) bytes, outstanding,
                direction == null || !means("--direction", row) ? row.direction() : chosenDirection(row.link()), perSecond,
                sameLoop == null || !means(SAME_LOOP, row) ? row.sameLoop() : sameLoop);
    }

    private long payloadBytes(Scenario row) {
        if (size == null) {
            return row.payloadBytes();
        }
        long bytes = ByteCount.parse(size);
        if (bytes < row.link().minPayloadBytes() || bytes > row.link().maxPayloadBytes()) {
            throw new IllegalArgumentException("--size " + size + " is not within " + row.link().minPayloadBytes() + ".."
                    + ByteCount.format(row.link().maxPayloadBytes()));
        }
        return bytes;
    }

    private Direction chosenDirection(Link link) {
        for (Direction way : link.directions()) {
            if (way.label().equals(direction)) {
                return way;
            }
        }
        throw new IllegalArgumentException("--direction '" + direction + "' is none of "
                + link.directions().stream().map(Direction::label).collect(Collectors.joining(", ")));
    }

    private static double within(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(option + " " + plain(value) + " is not within " + plain(min) + ".." + plain(max));
        }
        return value;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static List<String> commaList(String option, String list) {
        List<String> items = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            if (item.isBlank()) {
                throw new IllegalArgumentException(option + " '" + list + "' has an empty name in it");
            }
            if (!items.contains(item.strip())) {
                items.add(item.strip());
            }
        }
        return items;
    }

    private static Path suiteFile(String extension) {
        Path results = Path.of("benchmarks", "results");
        String name = "perf-" + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmm")) + "." + extension;
        return Files.isDirectory(results) ? results.resolve(name) : Path.of(name);
    }

    /** Found out before a quarter of an hour has been measured for nothing. */
    private static Path writable(String option, Path file) {
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            if (!Files.isDirectory(folder) || !Files.isWritable(Files.exists(file) ? file : folder) || Files.isDirectory(file)) {
                throw new IllegalArgumentException(option + " " + file + " cannot be written");
            }
        }
        return file;
    }
}
