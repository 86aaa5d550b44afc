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

    Round run(Transport transport, int index, long warmupNs, long measureNs) throws ChildFailure, LoadJvm.Stalled, InterruptedException {
        int port = server.listen(scenario);
        LoadJvm.Measured measured = load.run(scenario, port, warmupNs, measureNs, this::windowOpens, this::windowShuts);
        awaitArrival(measured.allSentBytes());
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

    /** All that was sent must arrive: nothing a transport lost may look like speed. Echoes prove it by themselves. */
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
        double othersCores = Math.max(0, busySeconds - (processCpuNs + measured.processCpuNs()) / NS_PER_SECOND) / serverSeconds;
        if (scenario.mode().timed()) {
            return new Round(transport, index, Round.Outcome.MEASURED, "", measured.durationNs() / NS_PER_SECOND, measured.messages(),
                    measured.messages() * scenario.payloadBytes(), serverSeconds, serverMessages, cpuNs, processCpuNs, othersCores, measured.latencyNs());
        }
        // Both ends' windows are equally long but for the control channel's delay; each direction counts where it is received.
        long payloadBytes = (scenario.direction().serverReceives() ? receivedBytes : 0)
                + (scenario.direction().serverSends() ? (long) (measured.receivedBytes() / (measured.durationNs() / NS_PER_SECOND) * serverSeconds) : 0);
        return new Round(transport, index, Round.Outcome.MEASURED, "", serverSeconds, payloadBytes / scenario.payloadBytes(), payloadBytes,
                serverSeconds, serverMessages, cpuNs, processCpuNs, othersCores, null);
    }
}
