package io.evpl.examples.perf.child;

import io.evpl.examples.perf.memory.MemoryReading;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parent's view of one transport's server JVM. */
public final class ServerJvm implements AutoCloseable {
    private static final long START_TIMEOUT_MS = 20_000;
    private static final long ANSWER_TIMEOUT_MS = 12_000;

    private final ChildJvm child;
    private final Map<Link, String> lacks = new EnumMap<>(Link.class);

    private ServerJvm(ChildJvm child) {
        this.child = child;
    }

    /** What the server had used and moved since it began to listen. */
    public record Mark(long wallNs, long loopCpuNs, long processCpuNs, long receivedBytes, long sentBytes, long lostMessages,
                       String fault) {
        /** Cores taken since {@code before} by threads that are no loops: mostly the JIT. */
        public double asideSince(Mark before) {
            long processNs = processCpuNs - before.processCpuNs;
            long loopNs = loopCpuNs - before.loopCpuNs;
            return (double) (processNs - loopNs) / (wallNs - before.wallNs);
        }
    }

    /**
     * Forks it; {@link #awaitReady} says whether it can run.
     *
     * @param cpus one per loop to pin it to, or none
     * @param loadCpus the one for the loop of an in-process load, or none
     */
    public static ServerJvm start(Transport transport, int loops, List<Integer> cpus, List<Integer> loadCpus) throws ChildFailure {
        return start(transport, loops, cpus, loadCpus, List.of());
    }

    /** @param more flags for the JVM, after those that all have */
    public static ServerJvm start(Transport transport, int loops, List<Integer> cpus, List<Integer> loadCpus, List<String> more)
            throws ChildFailure {
        List<String> flags = new ArrayList<>(transport.jvmFlags());
        flags.addAll(more);
        return new ServerJvm(ChildJvm.start(transport.label(), ServerMain.class, ClassPaths.of(transport), flags,
                List.of(transport.label(), Integer.toString(loops), CpuArgument.write(cpus), CpuArgument.write(loadCpus))));
    }

    /** @return the Netty version it runs */
    public String awaitReady() throws ChildFailure, InterruptedException {
        ControlLine ready = child.answer(Role.SERVER, "ready", START_TIMEOUT_MS);
        lacks.putAll(ReadyLine.lacks(ready));
        return ready.text("netty");
    }

    /** @return why it cannot do this link; empty if it can */
    public Optional<String> lacks(Link link) {
        return Optional.ofNullable(lacks.get(link));
    }

    /** @return where it listens, for {@link LoadJvm#connect} */
    public String listen(Scenario scenario, String place) throws ChildFailure, InterruptedException {
        ControlLine order = new ControlLine("listen", scenario.toFields());
        order.fields().put("place", place);
        child.order(Role.SERVER, order);
        return child.answer(Role.SERVER, "listening", ANSWER_TIMEOUT_MS).text("place");
    }

    /** The load within the same JVM, for links that do not leave it. It is closed with the server. */
    public LoadJvm loadWithin() {
        return new LoadJvm(child);
    }

    public Mark mark() throws ChildFailure, InterruptedException {
        child.order(Role.SERVER, ControlLine.of("mark"));
        ControlLine line = child.answer(Role.SERVER, "marked", ANSWER_TIMEOUT_MS);
        return new Mark(line.number("wallNs"), line.number("loopCpuNs"), line.number("processCpuNs"), line.number("receivedBytes"),
                line.number("sentBytes"), line.number("lostMessages"), line.text("fault"));
    }

    /** What its process holds, after a collection. */
    public MemoryReading memory() throws ChildFailure, InterruptedException {
        child.order(Role.SERVER, ControlLine.of("memory"));
        return MemoryReading.fromFields(child.answer(Role.SERVER, "holds", ANSWER_TIMEOUT_MS).fields());
    }

    public void unlisten() throws ChildFailure, InterruptedException {
        child.order(Role.SERVER, ControlLine.of("unlisten"));
        child.answer(Role.SERVER, "closed", ANSWER_TIMEOUT_MS);
    }

    @Override
    public void close() {
        child.close();
    }

    /** The flags every JVM of a comparison gets, for the report. */
    public static List<String> commonFlags() {
        return ChildJvm.JVM_FLAGS;
    }
}
