package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The parent's view of a load generator. One in a JVM of its own serves all servers, so that it is as warm for the last as for the
 * first; for links that do not leave a JVM each server has its own within.
 */
public final class LoadJvm implements AutoCloseable {
    private static final long START_TIMEOUT_MS = 20_000;
    /** On top of the time ordered: connecting, a stall being noticed, the last answers. */
    private static final long ROUND_GRACE_MS = 30_000;
    /** A program that moves at all, on a machine that others keep busy. */
    private static final long PROGRAM_TIMEOUT_MS = 120_000;
    /** The generator's own sleeping and waking is not what is measured: evpl's loop always spins there. */
    private static final String ALWAYS_SPIN = "-Dio.evpl.spinNs=-1";

    private final ChildJvm child;
    private final Map<Link, String> lacks = new EnumMap<>(Link.class);

    LoadJvm(ChildJvm child) {
        this.child = child;
    }

    /** Called as the window opens and shuts. */
    public interface WindowEdge {
        void reached() throws ChildFailure, InterruptedException;
    }

    /** A measured window as the generator saw it. */
    public record Measured(long durationNs, long messages, long receivedBytes, long sentBytes, long lostMessages, long allSentBytes,
                           long processCpuNs, Histogram latencyNs) { }

    /** The server stopped answering. */
    public static final class Stalled extends Exception {
        private static final long serialVersionUID = 1L;

        Stalled(String message) {
            super(message);
        }
    }

    /** @throws ChildFailure if this machine cannot run it */
    public static LoadJvm start(Transport transport, List<Integer> cpus) throws ChildFailure, InterruptedException {
        return start(transport, cpus, transport.ours() ? List.of(ALWAYS_SPIN) : List.of());
    }

    /** A contestant's own client, part of what is measured: it sleeps and wakes as its users have it. */
    public static LoadJvm startOwn(Transport transport, List<Integer> cpus) throws ChildFailure, InterruptedException {
        return start(transport, cpus, List.of());
    }

    private static LoadJvm start(Transport transport, List<Integer> cpus, List<String> more) throws ChildFailure, InterruptedException {
        List<String> flags = new ArrayList<>(transport.jvmFlags());
        flags.addAll(more);
        LoadJvm load = new LoadJvm(ChildJvm.start("load generator on " + transport.label(), LoadMain.class, ClassPaths.of(transport),
                flags, List.of(transport.label(), CpuArgument.write(cpus))));
        try {
            load.lacks.putAll(ReadyLine.lacks(load.child.answer(Role.LOAD, "ready", START_TIMEOUT_MS)));
            return load;
        } catch (ChildFailure e) {
            load.close();
            throw e;
        }
    }

    /** @return why it cannot do this link; empty if it can */
    public Optional<String> lacks(Link link) {
        return Optional.ofNullable(lacks.get(link));
    }

    /** Opens the scenario's connections to a server at {@code place} and starts the traffic, which goes on until {@link #measure} ends. */
    public void connect(Scenario scenario, String place) throws ChildFailure, Stalled, InterruptedException {
        ControlLine order = new ControlLine("connect", scenario.toFields());
        order.fields().put("place", place);
        child.order(Role.LOAD, order);
        expect("connected", ROUND_GRACE_MS);
    }

    /** @return cores taken meanwhile by the generator's threads other than its loop: mostly the JIT */
    public double warmUp(long durationNs) throws ChildFailure, Stalled, InterruptedException {
        child.order(Role.LOAD, ControlLine.of("warm", "durationNs", durationNs));
        return expect("warmed", timeoutMs(durationNs)).number("asideNs") / (double) durationNs;
    }

    /** Measures up to the last answer; the connections stay open until {@link #disconnect}. */
    public Measured measure(long durationNs, WindowEdge opens, WindowEdge shuts) throws ChildFailure, Stalled, InterruptedException {
        child.order(Role.LOAD, ControlLine.of("measure", "durationNs", durationNs));
        long timeoutMs = timeoutMs(durationNs);
        long cpuBeforeNs = expect("window-open", timeoutMs).number("processCpuNs");
        opens.reached();
        long cpuAfterNs = expect("window-shut", timeoutMs).number("processCpuNs");
        shuts.reached();
        ControlLine line = expect("measured", timeoutMs);
        return new Measured(line.number("durationNs"), line.number("messages"), line.number("receivedBytes"), line.number("sentBytes"),
                line.number("lostMessages"), line.number("allSentBytes"), cpuAfterNs - cpuBeforeNs, decode(line.text("latencyNs")));
    }

    private static long timeoutMs(long durationNs) {
        return TimeUnit.NANOSECONDS.toMillis(durationNs) + ROUND_GRACE_MS;
    }

    private ControlLine expect(String word, long timeoutMs) throws ChildFailure, Stalled, InterruptedException {
        ControlLine line = child.answer(Role.LOAD, timeoutMs);
        if (line.word().equals("stalled")) {
            throw new Stalled(line.text("reason"));
        }
        if (!line.word().equals(word)) {
            throw new ChildFailure(line.fields().getOrDefault("reason", "the load generator said '" + line + "'"));
        }
        return line;
    }

    /** Waits until all that a fixed program owes has arrived; the connections stay open. */
    public void finish() throws ChildFailure, Stalled, InterruptedException {
        child.order(Role.LOAD, ControlLine.of("finish"));
        expect("finished", PROGRAM_TIMEOUT_MS);
    }

    public void disconnect() throws ChildFailure, InterruptedException {
        child.order(Role.LOAD, ControlLine.of("close"));
        child.answer(Role.LOAD, "closed", ROUND_GRACE_MS);
    }

    private static Histogram decode(String base64) throws ChildFailure {
        try {
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(Base64.getUrlDecoder().decode(base64)), 0);
        } catch (DataFormatException | IllegalArgumentException e) {
            throw new ChildFailure("the load generator sent a broken histogram: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
