package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.metrics.RpcMeters;
import io.evpl.rpc2.trace.RpcSpans;
import io.evpl.xdr.XdrCodec;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Meters and spans after a known workload are exactly what it implies. */
class CallObserverTest {
    /** NFS_ACL version 1, which nobody serves and Wireshark does not look into. */
    private static final int PROGRAM = 100227;
    private static final RpcProcedure<Integer, Integer> DOUBLE = procedure(1, "DOUBLE");
    private static final RpcProcedure<Integer, Integer> FAIL = procedure(2, "FAIL");
    private static final RpcProcedure<Integer, Integer> DENY = procedure(3, "DENY");
    private static final RpcProcedure<Integer, Integer> KEEP = procedure(4, "KEEP");
    private static final RpcProcedure<Integer, Integer> ABSENT = procedure(9, "ABSENT");
    private static final RpcProcedure<Void, Void> NULL = new RpcProcedure<>(PROGRAM, 1, 0, "NULL", XdrCodec.VOID, XdrCodec.VOID);
    /** xid, msg_type, rpcvers, prog, vers, proc, two flavors with two lengths, and the mark. */
    private static final int CALL_BYTES = 44;
    private static final int REPLY_BYTES = 28;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RpcMeters meters = new RpcMeters(registry);
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build()).build();
    private final LinkedBlockingQueue<RpcCall<Integer>> kept = new LinkedBlockingQueue<>();
    private final CompletableFuture<SpanContext> inHandler = new CompletableFuture<>();
    private EventLoopGroup group;
    private RpcServer server;
    private RpcConnection client;

    private static RpcProcedure<Integer, Integer> procedure(int number, String name) {
        return new RpcProcedure<>(PROGRAM, 1, number, name, XdrCodec.INT, XdrCodec.INT);
    }

    @BeforeEach
    void start() throws Exception {
        CallObserver observer = CallObserver.all(meters, new RpcSpans(telemetry));
        group = new NioEventLoopGroup(1);
        RpcProgram program = RpcProgram.builder(PROGRAM, 1)
                .procedure(DOUBLE, (v, call) -> {
                    inHandler.complete(Span.current().getSpanContext());
                    call.reply(2 * v);
                })
                .procedure(FAIL, (v, call) -> {
                    throw new IllegalStateException("no");
                })
                .procedure(DENY, (v, call) -> call.deny(AuthStat.AUTH_TOOWEAK))
                .procedure(KEEP, (v, call) -> kept.add(call)).build();
        server = RpcServer.builder().group(group).channel(NioServerSocketChannel.class).program(program).observer(observer)
                .listener(meters).build();
        client = RpcConnection.connect(TestTransport.NIO.bootstrap(group), RpcConfig.builder().observer(observer).build(),
                server.bind(TestTransport.ANY_PORT).syncUninterruptibly().channel().localAddress());
        client.connected().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        client.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void fails(RpcProcedure<Integer, Integer> procedure) {
        assertThrows(ExecutionException.class, () -> client.call(procedure, 1).get(20, TimeUnit.SECONDS));
    }

    private Timer calls(String side, String procedure, String outcome) {
        return registry.get("rpc." + side + ".calls").tags("program", "nfs_acl", "version", "1", "procedure", procedure, "outcome", outcome).timer();
    }

    private double bytes(String side, String procedure, String direction) {
        return registry.get("rpc." + side + ".bytes").tags("procedure", procedure, "direction", direction).counter().count();
    }

    @Test
    void countsAreThoseOfTheWorkload() throws Exception {
        for (int i = 0; i < 7; i++) {
            assertEquals(2 * i, client.call(DOUBLE, i).get(20, TimeUnit.SECONDS));
        }
        fails(FAIL);
        fails(FAIL);
        fails(DENY);
        fails(ABSENT);
        client.call(NULL, null).get(20, TimeUnit.SECONDS);

        assertEquals(7, calls("server", "DOUBLE", "success").count());
        assertEquals(7, calls("client", "DOUBLE", "success").count());
        assertEquals(2, calls("server", "FAIL", "system_err").count());
        assertEquals(2, calls("client", "FAIL", "system_err").count());
        assertEquals(1, calls("server", "DENY", "auth_error").count());
        assertEquals(1, calls("client", "DENY", "auth_error").count());
        assertEquals(1, calls("client", "ABSENT", "proc_unavail").count());
        assertEquals(1, registry.get("rpc.server.unhandled").tags("program", "nfs_acl", "outcome", "proc_unavail").counter().count());
        assertEquals(1, registry.get("rpc.server.unhandled").tags("program", "nfs_acl", "outcome", "success").counter().count());
        assertEquals(7 * (CALL_BYTES + 4), bytes("client", "DOUBLE", "sent"));
        assertEquals(7 * (REPLY_BYTES + 4), bytes("server", "DOUBLE", "sent"));
        assertEquals(7 * CALL_BYTES, bytes("server", "DOUBLE", "received"), "the server's messages have no mark any more");
        assertEquals(7 * REPLY_BYTES, bytes("client", "DOUBLE", "received"));
        assertEquals(1, registry.get("rpc.connections").gauge().value());
        assertEquals(0, registry.get("rpc.server.in.flight").tags("procedure", "DOUBLE").gauge().value());
    }

    @Test
    void callsInFlightAreCountedUntilTheyEnd() throws Exception {
        RpcFuture<Integer> answered = client.call(KEEP, 1);
        RpcFuture<Integer> cancelled = client.call(KEEP, 2);
        RpcCall<Integer> first = kept.poll(20, TimeUnit.SECONDS);
        RpcCall<Integer> second = kept.poll(20, TimeUnit.SECONDS);
        assertEquals(2, registry.get("rpc.server.in.flight").tags("procedure", "KEEP").gauge().value());
        assertEquals(2, registry.get("rpc.client.in.flight").tags("procedure", "KEEP").gauge().value());
        first.reply(10);
        assertEquals(10, answered.get(20, TimeUnit.SECONDS));
        cancelled.cancel(false);
        second.drop();
        client.call(NULL, null).get(20, TimeUnit.SECONDS);
        assertEquals(0, registry.get("rpc.server.in.flight").tags("procedure", "KEEP").gauge().value());
        assertEquals(0, registry.get("rpc.client.in.flight").tags("procedure", "KEEP").gauge().value());
        assertEquals(1, calls("client", "KEEP", "cancelled").count());
        assertEquals(1, calls("server", "KEEP", "dropped").count());
    }

    @Test
    void numbersFromTheWireMakeNoMeters() throws Exception {
        client.call(NULL, null).get(20, TimeUnit.SECONDS);
        int before = serverMeters();
        for (int i = 0; i < 200; i++) {
            RpcProcedure<Integer, Integer> any = new RpcProcedure<>(PROGRAM + 1 + i, i, i, "ANY" + i, XdrCodec.INT, XdrCodec.INT);
            fails(any);
        }
        assertTrue(serverMeters() <= before + 1, () -> registry.getMeters().stream().map(Meter::getId).toList().toString());
        assertEquals(200, registry.get("rpc.server.unhandled").tags("program", "other", "outcome", "prog_unavail").counter().count());
    }

    private int serverMeters() {
        return (int) registry.getMeters().stream().filter(meter -> meter.getId().getName().startsWith("rpc.server")).count();
    }

    @Test
    void spansSayWhatWasCalledAndHowItEnded() throws Exception {
        client.call(DOUBLE, 3).get(20, TimeUnit.SECONDS);
        fails(FAIL);
        Map<String, SpanData> spans = new TreeMap<>();
        List<SpanData> finished = exporter.getFinishedSpanItems();
        finished.forEach(span -> spans.put(span.getKind() + " " + span.getName(), span));
        assertEquals(4, finished.size(), finished::toString);
        SpanData server = spans.get(SpanKind.SERVER + " nfs_acl/DOUBLE");
        SpanData client = spans.get(SpanKind.CLIENT + " nfs_acl/DOUBLE");
        for (SpanData span : List.of(server, client)) {
            assertEquals("onc_rpc", span.getAttributes().get(AttributeKey.stringKey("rpc.system")));
            assertEquals("nfs_acl", span.getAttributes().get(AttributeKey.stringKey("rpc.service")));
            assertEquals("DOUBLE", span.getAttributes().get(AttributeKey.stringKey("rpc.method")));
            assertEquals(1L, span.getAttributes().get(AttributeKey.longKey("onc_rpc.version")));
            assertEquals(1L, span.getAttributes().get(AttributeKey.longKey("onc_rpc.procedure.number")));
            assertEquals("127.0.0.1", span.getAttributes().get(AttributeKey.stringKey("network.peer.address")));
            assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
        }
        assertEquals(server.getAttributes().get(AttributeKey.longKey("onc_rpc.xid")), client.getAttributes().get(AttributeKey.longKey("onc_rpc.xid")));
        assertEquals(server.getSpanContext(), inHandler.get(20, TimeUnit.SECONDS), "the handler's current span is the server's");
        SpanData failed = spans.get(SpanKind.SERVER + " nfs_acl/FAIL");
        assertEquals(StatusCode.ERROR, failed.getStatus().getStatusCode());
        assertEquals("SYSTEM_ERR", failed.getAttributes().get(AttributeKey.stringKey("error.type")));
        assertFalse(failed.getEvents().isEmpty(), "the handler's exception");
    }

    @Test
    void aLostConnectionEndsWhatWasPending() throws Exception {
        RpcFuture<Integer> pending = client.call(KEEP, 1);
        RpcCall<Integer> open = kept.poll(20, TimeUnit.SECONDS);
        client.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThrows(ExecutionException.class, () -> pending.get(20, TimeUnit.SECONDS));
        assertEquals(1, calls("client", "KEEP", "connection_lost").count());
        server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        open.reply(1);
        group.submit(() -> { }).get(20, TimeUnit.SECONDS);
        assertEquals(1, calls("server", "KEEP", "connection_lost").count());
        assertEquals(0, registry.get("rpc.connections").gauge().value());
    }
}
