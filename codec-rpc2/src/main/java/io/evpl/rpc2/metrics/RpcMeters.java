package io.evpl.rpc2.metrics;

import io.evpl.rpc2.CallObserver;
import io.evpl.rpc2.CloseCause;
import io.evpl.rpc2.ProgramNames;
import io.evpl.rpc2.RpcCall;
import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.RpcListener;
import io.evpl.rpc2.RpcProcedure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Meters of calls, per procedure, and of connections. Given to {@code RpcConfig} twice, as its observer and as its listener; one serves
 * any number of servers and clients.
 *
 * <table>
 * <caption>Meters; {@code rpc.client} likewise, with {@code side} client</caption>
 * <tr><td>{@code rpc.server.calls}<td>timer: from the call's arrival to its answer; tags program, version, procedure, outcome
 * <tr><td>{@code rpc.server.in.flight}<td>gauge: calls that are being worked on; tags program, version, procedure
 * <tr><td>{@code rpc.server.bytes}<td>counter: tags program, version, procedure, direction
 * <tr><td>{@code rpc.server.unhandled}<td>counter: calls that no handler got; tags program, version, outcome
 * <tr><td>{@code rpc.client.retransmissions}<td>counter: tags program, version, procedure
 * <tr><td>{@code rpc.connections}<td>gauge: connections that are open
 * <tr><td>{@code rpc.connections.closed}<td>counter: tag cause
 * </table>
 *
 * <p>What a peer sends makes no new meters: programs that are not served here share the tag {@code other}.
 */
public final class RpcMeters implements CallObserver, RpcListener {
    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final Map<RpcProcedure<?, ?>, ProcedureMeters> served = new ConcurrentHashMap<>();
    private final Map<RpcProcedure<?, ?>, ProcedureMeters> called = new ConcurrentHashMap<>();
    private final Map<Unhandled, Counter> unhandled = new ConcurrentHashMap<>();
    private final LongAdder connections = new LongAdder();

    /** Calls that share a counter. */
    private record Unhandled(boolean known, int program, int version, Outcome outcome) {
    }

    /** Meters appear as what they count happens. */
    public RpcMeters(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("rpc.connections", connections, LongAdder::sum).description("RPC connections that are open").register(registry);
    }

    @Override
    public Observation serving(RpcCall<?> call, int messageBytes) {
        ProcedureMeters meters = meters(served, "server", call.procedure());
        meters.received().increment(messageBytes);
        return new Served(meters);
    }

    @Override
    public void unhandled(int program, int version, int procedure, boolean known, Outcome outcome) {
        // NULL, with which clients probe, comes here: building a meter for each would be most of its work.
        Unhandled key = new Unhandled(known, known ? program : 0, known ? version : 0, outcome);
        Counter counter = unhandled.get(key);
        (counter != null ? counter : unhandled.computeIfAbsent(key, this::counter)).increment();
    }

    private Counter counter(Unhandled key) {
        return Counter.builder("rpc.server.unhandled").description("calls that were answered or dropped without a handler")
                .tags(Tags.of("program", key.known ? ProgramNames.of(key.program) : OTHER,
                        "version", key.known ? Integer.toUnsignedString(key.version) : OTHER, "outcome", tag(key.outcome)))
                .register(registry);
    }

    @Override
    public Observation calling(RpcProcedure<?, ?> procedure, SocketAddress remoteAddress) {
        return new Called(meters(called, "client", procedure));
    }

    private ProcedureMeters meters(Map<RpcProcedure<?, ?>, ProcedureMeters> map, String side, RpcProcedure<?, ?> procedure) {
        ProcedureMeters meters = map.get(procedure);
        return meters != null ? meters : map.computeIfAbsent(procedure, key -> new ProcedureMeters(registry, side, key));
    }

    @Override
    public void connected(RpcConnection connection) {
        connections.increment();
    }

    @Override
    public void disconnected(RpcConnection connection, CloseCause cause) {
        connections.decrement();
        Counter.builder("rpc.connections.closed").description("RPC connections that have ended").tag("cause", cause.kind().name()
                .toLowerCase(Locale.ROOT)).register(registry).increment();
    }

    static String tag(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static final class Served implements Observation {
        private final ProcedureMeters meters;
        private final long startNs;

        Served(ProcedureMeters meters) {
            this.meters = meters;
            startNs = meters.begin();
        }

        @Override
        public void ended(Outcome outcome, int replyBytes, Throwable cause) {
            meters.sent().increment(replyBytes);
            meters.end(outcome, startNs);
        }
    }

    private static final class Called implements Observation {
        private final ProcedureMeters meters;
        private final long startNs;
        private boolean wasSent;

        Called(ProcedureMeters meters) {
            this.meters = meters;
            startNs = meters.begin();
        }

        @Override
        public void sent(int xid, int messageBytes) {
            meters.sent().increment(messageBytes);
            if (wasSent) {
                meters.retransmissions().increment();
            }
            wasSent = true;
        }

        @Override
        public void ended(Outcome outcome, int replyBytes, Throwable cause) {
            meters.received().increment(replyBytes);
            meters.end(outcome, startNs);
        }
    }
}
