package io.evpl.examples.perf;

import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.child.LoadJvm;
import io.evpl.examples.perf.child.ServerJvm;
import io.evpl.examples.perf.report.Round;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.util.concurrent.TimeUnit;

/** One round of one transport: listen, run, account, disconnect. */
final class RoundRunner {
    private static final double NS_PER_SECOND = 1e9;
    /** How long the server may take to read what the generator's kernel has already taken. */
    private static final long ARRIVAL_NS = 2_000_000_000L;

    private final ServerJvm server;
    private final LoadJvm load;
    private final Scenario scenario;
    private ServerJvm.Mark opened;
    private ServerJvm.Mark shut;
    private double busySecondsBefore;
    private double busySeconds;

    RoundRunner(ServerJvm server, LoadJvm load, Scenario scenario) {
        this.server = server;
        this.load = load;
        this.scenario = scenario;
    }

    /** @param place where the server is to listen, see {@link ListenPlaces} */
    Round run(Transport transport, int index, String place, Settling settling, long measureNs)
            throws ChildFailure, LoadJvm.Stalled, InterruptedException {
        load.connect(scenario, server.listen(scenario, place));
        settling.warmUp(server, load);
        LoadJvm.Measured measured = load.measure(measureNs, this::windowOpens, this::windowShuts);
        awaitArrival(scenario.link().lossy() ? 0 : measured.allSentBytes());
        load.disconnect();
        server.unlisten();
        return round(transport, index, measured);
    }

    private void windowOpens() throws ChildFailure, InterruptedException {
        busySecondsBefore = Neighbours.busySeconds();
        opened = server.mark();
    }

    private void windowShuts() throws ChildFailure, InterruptedException {
        shut = server.mark();
        busySeconds = Neighbours.busySeconds() - busySecondsBefore;
    }

    /**
     * All that was sent must arrive: nothing a transport lost may look like speed. Echoes prove it by themselves; what may be lost is
     * counted instead.
     */
    private void awaitArrival(long sentBytes) throws ChildFailure, LoadJvm.Stalled, InterruptedException {
        long startNs = System.nanoTime();
        ServerJvm.Mark now = server.mark();
        while (now.fault().isEmpty() && now.receivedBytes() < sentBytes) {
            if (System.nanoTime() - startNs > ARRIVAL_NS) {
                throw new ChildFailure("the server read " + now.receivedBytes() + " of " + sentBytes + " bytes sent to it");
            }
            TimeUnit.MILLISECONDS.sleep(1);
            now = server.mark();
        }
        if (!now.fault().isEmpty()) {
            throw new ChildFailure(now.fault());
        }
    }

    private Round round(Transport transport, int index, LoadJvm.Measured measured) throws ChildFailure {
        long receivedBytes = shut.receivedBytes() - opened.receivedBytes();
        long sentBytes = shut.sentBytes() - opened.sentBytes();
        long serverMessages = scenario.mode().serverMessages(scenario, receivedBytes, sentBytes);
        long cpuNs = shut.loopCpuNs() - opened.loopCpuNs();
        long processCpuNs = shut.processCpuNs() - opened.processCpuNs();
        if (serverMessages == 0) {
            throw new ChildFailure("not one message was complete within the window");
        }
        double serverSeconds = (shut.wallNs() - opened.wallNs()) / NS_PER_SECOND;
        long loadCpuNs = scenario.link().inOneJvm() ? 0 : measured.processCpuNs();
        double partsCpuSeconds = (processCpuNs + loadCpuNs) / NS_PER_SECOND;
        double othersCores = Math.max(0, busySeconds - partsCpuSeconds) / serverSeconds;
        boolean timed = scenario.mode().timed();
        long payloadBytes = timed ? measured.messages() * scenario.payloadBytes() : streamedBytes(receivedBytes, measured, serverSeconds);
        // Only one end of a mode knows of losses: the other has counted none.
        long lostMessages = shut.lostMessages() - opened.lostMessages() + measured.lostMessages();
        return new Round(transport, index, Round.Outcome.MEASURED, "",
                timed ? measured.durationNs() / NS_PER_SECOND : serverSeconds,
                timed ? measured.messages() : payloadBytes / scenario.payloadBytes(), payloadBytes,
                lostMessages, serverSeconds, serverMessages, cpuNs, processCpuNs, loadCpuNs, othersCores, timed ? measured.latencyNs() : null);
    }

    /** Each direction counts where it is received; the ends' windows differ by the control channel's delay, which is scaled away. */
    private long streamedBytes(long receivedBytes, LoadJvm.Measured measured, double serverSeconds) {
        double outBytesPerSecond = measured.receivedBytes() / (measured.durationNs() / NS_PER_SECOND);
        return (scenario.direction().serverReceives() ? receivedBytes : 0)
                + (scenario.direction().serverSends() ? (long) (outBytesPerSecond * serverSeconds) : 0);
    }
}
