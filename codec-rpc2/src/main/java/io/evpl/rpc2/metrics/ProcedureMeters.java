package io.evpl.rpc2.metrics;

import io.evpl.rpc2.CallObserver.Outcome;
import io.evpl.rpc2.ProgramNames;
import io.evpl.rpc2.RpcProcedure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** The meters of one procedure at one side, looked up once. */
final class ProcedureMeters {
    private final MeterRegistry registry;
    private final String prefix;
    private final Tags tags;
    private final Counter received;
    private final Counter sent;
    private final LongAdder inFlight = new LongAdder();
    /** By outcome; those that never happen are never made. */
    private final AtomicReferenceArray<Timer> timers = new AtomicReferenceArray<>(Outcome.values().length);

    ProcedureMeters(MeterRegistry registry, String side, RpcProcedure<?, ?> procedure) {
        this.registry = registry;
        prefix = "rpc." + side;
        tags = Tags.of("program", ProgramNames.of(procedure.program()), "version", Integer.toUnsignedString(procedure.version()),
                "procedure", procedure.name());
        received = bytes("received");
        sent = bytes("sent");
        Gauge.builder(prefix + ".in.flight", inFlight, LongAdder::sum).description("calls that have no answer yet").tags(tags)
                .register(registry);
    }

    private Counter bytes(String direction) {
        return Counter.builder(prefix + ".bytes").description("RPC messages, headers included").baseUnit("bytes")
                .tags(tags.and("direction", direction)).register(registry);
    }

    Counter received() {
        return received;
    }

    Counter sent() {
        return sent;
    }

    Counter retransmissions() {
        return Counter.builder(prefix + ".retransmissions").description("calls that were sent again").tags(tags).register(registry);
    }

    /** Returns the time that {@link #end} wants. */
    long begin() {
        inFlight.increment();
        return registry.config().clock().monotonicTime();
    }

    void end(Outcome outcome, long startNs) {
        inFlight.decrement();
        timer(outcome).record(registry.config().clock().monotonicTime() - startNs, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Outcome outcome) {
        Timer timer = timers.get(outcome.ordinal());
        if (timer == null) {
            // Two threads get the same one from the registry.
            timer = Timer.builder(prefix + ".calls").description("calls, by how they ended").tags(tags.and("outcome", RpcMeters.tag(outcome)))
                    .register(registry);
            timers.set(outcome.ordinal(), timer);
        }
        return timer;
    }
}
