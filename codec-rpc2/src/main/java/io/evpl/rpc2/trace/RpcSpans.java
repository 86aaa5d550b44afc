package io.evpl.rpc2.trace;

import io.evpl.rpc2.CallObserver;
import io.evpl.rpc2.ProgramNames;
import io.evpl.rpc2.RpcCall;
import io.evpl.rpc2.RpcProcedure;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A span for each call, at the client and at the server, by OpenTelemetry's conventions for RPC with {@code rpc.system=onc_rpc}. A
 * client's span has the parent that is current where the call begins, which for a call from another thread than the loop is none; a
 * handler finds the server's span current.
 *
 * <p>No context goes over the wire: neither ONC RPC's header nor AUTH_NONE, AUTH_SYS and RPCSEC_GSS have a field for it, and servers
 * check those that they have. Who shares a protocol with both ends puts it into the arguments.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/onc-rpc/">ONC RPC attributes</a>
 */
public final class RpcSpans implements CallObserver {
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> PROGRAM_NAME = AttributeKey.stringKey("onc_rpc.program.name");
    private static final AttributeKey<Long> VERSION = AttributeKey.longKey("onc_rpc.version");
    private static final AttributeKey<String> PROCEDURE_NAME = AttributeKey.stringKey("onc_rpc.procedure.name");
    private static final AttributeKey<Long> PROCEDURE_NUMBER = AttributeKey.longKey("onc_rpc.procedure.number");
    private static final AttributeKey<Long> XID = AttributeKey.longKey("onc_rpc.xid");
    private static final AttributeKey<Long> TRANSMISSIONS = AttributeKey.longKey("onc_rpc.transmissions");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> PEER = AttributeKey.stringKey("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");

    private final Tracer tracer;

    public RpcSpans(OpenTelemetry telemetry) {
        tracer = telemetry.getTracer("io.evpl.rpc2");
    }

    @Override
    public Observation serving(RpcCall<?> call, int messageBytes) {
        Span span = begin(call.procedure(), SpanKind.SERVER, call.remoteAddress());
        span.setAttribute(XID, Integer.toUnsignedLong(call.xid()));
        return new SpanOfCall(span);
    }

    @Override
    public Observation calling(RpcProcedure<?, ?> procedure, SocketAddress remoteAddress) {
        return new SpanOfCall(begin(procedure, SpanKind.CLIENT, remoteAddress));
    }

    private Span begin(RpcProcedure<?, ?> procedure, SpanKind kind, SocketAddress peer) {
        String program = ProgramNames.of(procedure.program());
        SpanBuilder builder = tracer.spanBuilder(program + "/" + procedure.name()).setSpanKind(kind)
                .setAttribute(SYSTEM, "onc_rpc").setAttribute(SERVICE, program).setAttribute(METHOD, procedure.name())
                .setAttribute(PROGRAM_NAME, program).setAttribute(VERSION, Integer.toUnsignedLong(procedure.version()))
                .setAttribute(PROCEDURE_NAME, procedure.name())
                .setAttribute(PROCEDURE_NUMBER, Integer.toUnsignedLong(procedure.number()));
        if (peer instanceof InetSocketAddress inet && inet.getAddress() != null) {
            builder.setAttribute(PEER, inet.getAddress().getHostAddress()).setAttribute(PEER_PORT, (long) inet.getPort());
        } else if (peer != null) {
            builder.setAttribute(PEER, peer.toString());
        }
        return builder.startSpan();
    }

    private static final class SpanOfCall implements Observation {
        private final Span span;
        private Scope scope;
        private int transmissions;

        SpanOfCall(Span span) {
            this.span = span;
        }

        @Override
        public void handlerBegins() {
            scope = span.makeCurrent();
        }

        @Override
        public void handlerReturned() {
            scope.close();
        }

        @Override
        public void sent(int xid, int messageBytes) {
            transmissions++;
            span.setAttribute(XID, Integer.toUnsignedLong(xid));
        }

        @Override
        public void ended(Outcome outcome, int replyBytes, Throwable cause) {
            if (transmissions > 1) {
                span.setAttribute(TRANSMISSIONS, (long) transmissions);
            }
            if (outcome != Outcome.SUCCESS) {
                span.setAttribute(ERROR, outcome.name());
                span.setStatus(StatusCode.ERROR, cause == null || cause.getMessage() == null ? "" : cause.getMessage());
                if (cause != null) {
                    span.recordException(cause);
                }
            }
            span.end();
        }
    }
}
