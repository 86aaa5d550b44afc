package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.List;

/** The parent's view of one transport's server JVM. */
public final class ServerJvm implements AutoCloseable {
    private static final long START_TIMEOUT_MS = 20_000;
    private static final long ANSWER_TIMEOUT_MS = 12_000;

    private final ChildJvm child;

    private ServerJvm(ChildJvm child) {
        this.child = child;
    }

    /** What the server had used and moved since it began to listen. */
    public record Mark(long wallNs, long loopCpuNs, long processCpuNs, long receivedBytes, long sentBytes, String fault) {
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
     */
    public static ServerJvm start(Transport transport, int loops, List<Integer> cpus) throws ChildFailure {
        return new ServerJvm(ChildJvm.start(transport.label(), ServerMain.class, ClassPaths.of(transport), transport.jvmFlags(),
                List.of(transport.label(), Integer.toString(loops), CpuArgument.write(cpus))));
    }

    /** @return the Netty version it runs */
    public String awaitReady() throws ChildFailure, InterruptedException {
        return child.answer("ready", START_TIMEOUT_MS).text("netty");
    }

    /** @return the port */
    public int listen(Scenario scenario) throws ChildFailure, InterruptedException {
        child.order(new ControlLine("listen", scenario.toFields()));
        return (int) child.answer("listening", ANSWER_TIMEOUT_MS).number("port");
    }

    public Mark mark() throws ChildFailure, InterruptedException {
        child.order(ControlLine.of("mark"));
        ControlLine line = child.answer("marked", ANSWER_TIMEOUT_MS);
        return new Mark(line.number("wallNs"), line.number("loopCpuNs"), line.number("processCpuNs"), line.number("receivedBytes"),
                line.number("sentBytes"), line.text("fault"));
    }

    public void unlisten() throws ChildFailure, InterruptedException {
        child.order(ControlLine.of("unlisten"));
        child.answer("closed", ANSWER_TIMEOUT_MS);
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
