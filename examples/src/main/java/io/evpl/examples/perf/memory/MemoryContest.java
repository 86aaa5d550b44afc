package io.evpl.examples.perf.memory;

import com.sun.management.UnixOperatingSystemMXBean;
import io.evpl.examples.perf.child.ChildFailure;
import io.evpl.examples.perf.child.LoadJvm;
import io.evpl.examples.perf.child.ServerJvm;
import io.evpl.examples.perf.scenario.Modes;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Row by row, in each the rounds, in each the transports: a fresh server each time, since memory that was once needed is not always
 * given back. The load is a JVM of its own and the same for all.
 */
public final class MemoryContest {
    /** Beside the connections: the JDK's files, loops, listener. */
    private static final int OTHER_DESCRIPTORS = 256;
    private static final int MESSAGE_BYTES = 256;
    private static final String ANY_PORT = "0";
    /** A heap that grows as it needs to, alike for all: with the usual 256 MiB from the start its size would hide what lives in it. */
    static final List<String> SMALL_HEAP = List.of("-Xms16m");
    private static final List<Transport> LOADS = List.of(Transport.EVPL_URING, Transport.EPOLL, Transport.NIO);
    private static final long LOOK_MS = 500;
    private static final int MAX_LOOKS = 20;
    /** Steady: so many looks in a row within this share of each other. */
    private static final int STEADY_LOOKS = 3;
    private static final double STEADY_SHARE = 0.01;

    private final MemoryPlan plan;
    private final Consumer<String> progress;

    public MemoryContest(MemoryPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** @throws ChildFailure if nothing can be measured here; the message says why */
    public List<MemoryRound> run() throws ChildFailure, InterruptedException {
        requireDescriptors();
        List<MemoryRound> rounds = new ArrayList<>();
        for (Scenario scenario : List.of(Scenario.program(Modes.IDLE, plan.connections(), MESSAGE_BYTES),
                Scenario.program(Modes.MIXED, plan.connections(), MESSAGE_BYTES))) {
            for (int index = 0; index < plan.rounds(); index++) {
                for (Transport transport : plan.transports()) {
                    progress.accept(scenario.mode().name() + ", round " + (index + 1) + ", " + transport.label());
                    rounds.add(round(scenario, transport, index));
                }
            }
        }
        return rounds;
    }

    /** A JVM has raised its own limit to the hard one when it has started (MaxFDLimit), so this is what children will have. */
    private void requireDescriptors() throws ChildFailure {
        long most = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class).getMaxFileDescriptorCount();
        long needed = plan.connections() + OTHER_DESCRIPTORS;
        if (most < needed) {
            throw new ChildFailure("--connections " + plan.connections() + " needs " + needed + " open files for each process, and the hard"
                    + " limit is " + most + " (ulimit -Hn); raise it, or ask for fewer");
        }
    }

    private MemoryRound round(Scenario scenario, Transport transport, int index) throws InterruptedException {
        try (ServerJvm server = ServerJvm.start(transport, plan.loops(), List.of(), List.of(), SMALL_HEAP)) {
            server.awaitReady();
            try (LoadJvm load = startLoad()) {
                String place = server.listen(scenario, ANY_PORT);
                MemoryReading before = server.memory();
                load.connect(scenario, place);
                load.finish();
                String fault = server.mark().fault();
                if (!fault.isEmpty()) {
                    return MemoryRound.without(scenario, transport, index, fault);
                }
                return new MemoryRound(scenario, transport, index, before, steady(server), "");
            }
        } catch (ChildFailure | LoadJvm.Stalled e) {
            return MemoryRound.without(scenario, transport, index, e.getMessage());
        }
    }

    private static LoadJvm startLoad() throws ChildFailure, InterruptedException {
        ChildFailure last = null;
        for (Transport candidate : LOADS) {
            try {
                return LoadJvm.start(candidate, List.of());
            } catch (ChildFailure e) {
                last = e;
            }
        }
        throw last;
    }

    private static MemoryReading steady(ServerJvm server) throws ChildFailure, InterruptedException {
        MemoryReading reading = server.memory();
        int alike = 0;
        for (int look = 0; look < MAX_LOOKS && alike < STEADY_LOOKS; look++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            MemoryReading next = server.memory();
            double change = Math.abs(next.residentBytes() - reading.residentBytes()) / (double) reading.residentBytes();
            alike = change < STEADY_SHARE ? alike + 1 : 0;
            reading = next;
        }
        return reading;
    }
}
