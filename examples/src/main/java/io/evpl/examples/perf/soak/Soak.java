package io.evpl.examples.perf.soak;

import io.evpl.EvplConfig;
import io.evpl.EvplEventLoopGroup;
import io.evpl.examples.perf.memory.MemoryReading;
import io.evpl.examples.perf.report.TextTable;
import io.evpl.metrics.LoopMetric;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One run in this JVM. Used by one thread. */
final class Soak {
    private static final int LOOPS = 2;
    private static final double BASELINE_SECONDS = 10;
    /** Of a run that is too short for ten. */
    private static final double BASELINE_SHARE = 0.4;
    private static final long LOOK_MS = 250;
    private static final long STALL_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long END_NS = TimeUnit.SECONDS.toNanos(15);
    private static final int END_READINGS = 3;
    private static final int COLLECTIONS = 3;
    private static final int LEAK_PROBES = 100;
    /** The JDK opens a file now and then. */
    private static final int DESCRIPTOR_SLACK = 4;

    private final SoakState state;
    private final List<StreamSoak> streams = new ArrayList<>();
    private final List<PacketSoak> packets = new ArrayList<>();
    private final Map<String, String> lacks = new LinkedHashMap<>();
    private final Map<String, Long> moved = new LinkedHashMap<>();
    private final Map<String, Long> movedNs = new LinkedHashMap<>();
    /** By label; all if there is none. */
    private final Set<String> only;
    private final PrintStream out;
    private Flatness flatness;

    Soak(SoakState.Injection injection, Set<String> only, PrintStream out) {
        this.state = new SoakState(injection);
        this.only = only;
        this.out = out;
    }

    /** @return what failed, in one line; null if nothing did */
    String run(double seconds, long seed, String backend) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("evpl-soak");
        EvplConfig config = EvplConfig.fromSystemProperties().toBuilder().backend(backend).build();
        EvplEventLoopGroup loops = new EvplEventLoopGroup(LOOPS, null, config);
        loops.forEach(loop -> loop.submit(() -> { }).syncUninterruptibly());
        long descriptorsBefore = MemoryReading.now(true).descriptors();
        try {
            start(loops, seed, folder);
            watch(seconds);
            String fault = end(loops, descriptorsBefore);
            report(backend, seconds, seed);
            return fault;
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS);
            remove(folder);
        }
    }

    private void start(EvplEventLoopGroup loops, long seed, Path folder) throws IOException, InterruptedException {
        for (SoakLink link : SoakLink.values()) {
            if (isAsked(link.label())) {
                add(link, loops, seed);
            }
        }
        for (PacketSoak pair : List.of(new PacketSoak(false, state, seed), new PacketSoak(true, state, seed))) {
            if (isAsked(pair.label)) {
                packets.add(pair);
            }
        }
        for (StreamSoak stream : streams) {
            stream.start(folder);
        }
        for (PacketSoak pair : packets) {
            pair.start(loops, folder);
        }
    }

    private boolean isAsked(String label) {
        return only.isEmpty() || only.contains(label);
    }

    private void add(SoakLink link, EvplEventLoopGroup loops, long seed) throws IOException {
        if (link.lack() == null) {
            streams.add(new StreamSoak(link, loops, state, seed));
        } else {
            lacks.put(link.label(), link.lack());
        }
    }

    private void watch(double seconds) throws InterruptedException {
        long startNs = System.nanoTime();
        double baselineSeconds = Math.min(BASELINE_SECONDS, seconds * BASELINE_SHARE);
        MemoryReading baseline = null;
        double elapsed = 0;
        while (elapsed < seconds && state.fault() == null) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            elapsed = (System.nanoTime() - startNs) / (double) TimeUnit.SECONDS.toNanos(1);
            if (baseline == null && elapsed >= baselineSeconds) {
                baseline = MemoryReading.collected(true);
            }
            lookForStalls();
            leaked();
        }
        if (state.fault() == null && baseline != null) {
            flatness = new Flatness(baseline, endReading());
            if (flatness.fault() != null) {
                state.fault("memory: " + flatness.fault());
            }
        }
    }

    /** The least of a few: connections come and go meanwhile. */
    private static MemoryReading endReading() throws InterruptedException {
        MemoryReading least = MemoryReading.collected(true);
        for (int i = 1; i < END_READINGS; i++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            MemoryReading next = MemoryReading.collected(true);
            least = next.residentBytes() + next.heapUsedBytes() < least.residentBytes() + least.heapUsedBytes() ? next : least;
        }
        return least;
    }

    private void lookForStalls() {
        streams.forEach(stream -> lookForStall(stream.link.label(), stream.counts));
        packets.forEach(pair -> lookForStall(pair.label, pair.counts));
    }

    private void lookForStall(String label, SoakCounts counts) {
        long now = counts.bytes.sum();
        if (!Long.valueOf(now).equals(moved.put(label, now))) {
            movedNs.put(label, System.nanoTime());
        } else if (System.nanoTime() - movedNs.get(label) > STALL_NS) {
            state.fault(label + ": nothing moved for 10 s");
        }
    }

    private void leaked() {
        if (LeakWatch.found() != null) {
            state.fault("leak: " + LeakWatch.found());
        }
    }

    /** All ends, and nothing is left. */
    private String end(EvplEventLoopGroup loops, long descriptorsBefore) throws InterruptedException {
        state.stop();
        long startNs = System.nanoTime();
        while (state.active() > 0 && state.fault() == null) {
            TimeUnit.MILLISECONDS.sleep(1);
            if (System.nanoTime() - startNs > END_NS) {
                state.fault(state.active() + " ends of connections did not close within 15 s");
            }
        }
        for (StreamSoak stream : streams) {
            stream.close();
        }
        for (PacketSoak pair : packets) {
            pair.close();
        }
        if (state.fault() == null) {
            collectLeaks();
            leaked();
            long channels = loops.metrics().total(LoopMetric.CHANNELS);
            long descriptors = MemoryReading.now(true).descriptors();
            if (channels != 0) {
                state.fault(channels + " channels are still registered");
            } else if (descriptors > descriptorsBefore + DESCRIPTOR_SLACK) {
                state.fault(descriptors - descriptorsBefore + " descriptors are still open");
            }
        }
        return state.fault();
    }

    /** Netty finds a leak when the next buffer is allocated after a collection. */
    private static void collectLeaks() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            for (int probe = 0; probe < LEAK_PROBES; probe++) {
                ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer();
                buffer.release();
            }
        }
    }

    private void report(String backend, double seconds, long seed) {
        TextTable table = new TextTable(List.of("  link", "connections", "half-closes", "resets", "slow readers", "MB", "packets", "lost"));
        streams.forEach(stream -> line(table, stream.link.label(), stream.counts));
        packets.forEach(pair -> line(table, pair.label, pair.counts));
        lacks.forEach((label, reason) -> table.remark("  " + label, "not here: " + reason));
        out.println("soak on " + backend + ", " + LOOPS + " loops, " + seconds + " s, --seed " + seed);
        out.print(table.render());
        if (flatness != null) {
            out.print(flatness.table());
        }
    }

    private static void line(TextTable table, String label, SoakCounts counts) {
        table.figures(List.of("  " + label, counts.connections.toString(), counts.halfCloses.toString(), counts.resets.toString(),
                counts.slowReaders.toString(), Long.toString(counts.bytes.sum() / 1_000_000), counts.packets.toString(),
                counts.lostPackets.toString()));
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
