package io.evpl.examples.perf.child;

import io.evpl.examples.perf.CpuPin;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Rpc;
import io.evpl.examples.perf.scenario.Scenario;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CompletionHandler;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dcache.oncrpc4j.rpc.OncRpcException;
import org.dcache.oncrpc4j.rpc.OncRpcSvc;
import org.dcache.oncrpc4j.rpc.RpcAuthTypeNone;
import org.dcache.oncrpc4j.rpc.RpcCall;
import org.dcache.oncrpc4j.rpc.RpcReply;
import org.dcache.oncrpc4j.rpc.RpcTransport;
import org.dcache.oncrpc4j.xdr.XdrAble;
import org.dcache.oncrpc4j.xdr.XdrVoid;

/**
 * Calls by oncrpc4j's own client: asynchronous, the next one from the completion of the one before, on the selector's thread. The tally is
 * guarded by itself, since the orders' thread makes the first calls.
 */
final class OncrpcLoad implements LoadGenerator {
    private static final long CONNECT_TIMEOUT_MS = 10_000;
    private static final int PAYLOADS = 16;

    private OncRpcSvc service;
    private Scenario scenario;
    private LoadTally tally;
    private StallWatch watch;
    private int procedure;
    private int callBytes;
    private int replyBytes;
    private boolean running;
    private int outstanding;

    OncrpcLoad(List<Integer> cpus) {
        if (!cpus.isEmpty()) {
            CpuPin.pinCallingThread(cpus.getFirst());   // for the threads that this one starts
        }
    }

    @Override
    public void connect(Scenario of, String place) throws Failed {
        scenario = of;
        tally = new LoadTally();
        watch = new StallWatch(tally);
        procedure = ((Rpc) of.mode()).procedure(of);
        callBytes = Rpc.callBytes(of.payloadBytes());
        replyBytes = Rpc.replyBytes(of.payloadBytes());
        running = true;
        outstanding = 0;
        service = OncrpcServer.builder(1).withClientMode().withRpcService(OncrpcServer.program(), RpcCall::failProcedureUnavailable).build();
        try {
            service.start();
            for (int i = 0; i < of.connections(); i++) {
                connect(i, new InetSocketAddress("127.0.0.1", Integer.parseInt(place)));
            }
        } catch (IOException e) {
            throw new Failed("connect failed: " + e);
        }
    }

    private void connect(int index, InetSocketAddress server) throws IOException {
        RpcTransport transport = service.connect(server, CONNECT_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        RpcCall client = new RpcCall(Rpc.PROGRAM, Rpc.VERSION, new RpcAuthTypeNone(), transport);
        byte[][] payloads = new byte[Math.min(scenario.depth(), PAYLOADS)][];
        Arrays.setAll(payloads, i -> Rpc.payload(index, i, scenario.payloadBytes()));
        for (int i = 0; i < scenario.depth(); i++) {
            new Slot(client, payloads[i % PAYLOADS]).call(System.nanoTime());
        }
    }

    /** One call after the other. */
    private final class Slot implements CompletionHandler<RpcReply, RpcTransport> {
        private final RpcCall client;
        private final byte[] payload;
        private final ByteBuffer buffer;
        private final XdrAble arguments;
        private long calledNs;

        Slot(RpcCall client, byte[] payload) {
            this.client = client;
            this.payload = payload;
            buffer = procedure == Rpc.ECHO_BUFFER ? ByteBuffer.allocateDirect(payload.length).put(payload).flip() : null;
            arguments = arguments();
        }

        private XdrAble arguments() {
            switch (procedure) {
                case Rpc.NULL -> {
                    return XdrVoid.XDR_VOID;
                }
                case Rpc.ECHO -> {
                    OncrpcOpaque opaque = new OncrpcOpaque();
                    opaque.bytes = payload;
                    return opaque;
                }
                default -> {
                    OncrpcBuffer opaque = new OncrpcBuffer();
                    opaque.bytes = buffer;
                    return opaque;
                }
            }
        }

        void call(long nowNs) {
            calledNs = nowNs;
            synchronized (tally) {
                outstanding++;
                tally.sent(callBytes);
            }
            try {
                client.call(procedure, arguments, this);
            } catch (IOException e) {
                failed(e, null);
            }
        }

        @Override
        public void completed(RpcReply reply, RpcTransport transport) {
            try {
                if (!isEcho(reply)) {
                    tally.fault("an echo came back wrong");
                    return;
                }
            } catch (IOException e) {
                failed(e, transport);
                return;
            }
            long nowNs = System.nanoTime();
            boolean more;
            synchronized (tally) {
                outstanding--;
                tally.received(replyBytes);
                tally.echoed(nowNs - calledNs);
                more = running;
            }
            if (more) {
                call(nowNs);
            }
        }

        private boolean isEcho(RpcReply reply) throws IOException, OncRpcException {
            switch (procedure) {
                case Rpc.NULL -> {
                    reply.getReplyResult(XdrVoid.XDR_VOID);
                    return true;
                }
                case Rpc.ECHO -> {
                    OncrpcOpaque echo = new OncrpcOpaque();
                    reply.getReplyResult(echo);
                    return Arrays.equals(echo.bytes, payload);
                }
                default -> {
                    OncrpcBuffer echo = new OncrpcBuffer();
                    reply.getReplyResult(echo);
                    return echo.bytes.equals(buffer);
                }
            }
        }

        @Override
        public void failed(Throwable cause, RpcTransport transport) {
            tally.fault(cause.toString());
        }
    }

    @Override
    public void warmUp(long durationNs) throws Stalled, Failed, InterruptedException {
        watch.await(durationNs);
    }

    @Override
    public long workCpuNs() {
        return OncrpcServer.workCpuNs();
    }

    @Override
    public void openWindow() {
        synchronized (tally) {
            tally.openWindow(System.nanoTime());
        }
    }

    @Override
    public LoadTally.Window measure(long durationNs) throws Stalled, Failed, InterruptedException {
        watch.await(durationNs);
        synchronized (tally) {
            tally.shutWindow(System.nanoTime());
            return tally.window();
        }
    }

    @Override
    public long finish() throws Stalled, Failed, InterruptedException {
        stop();
        watch.awaitOwed(() -> {
            synchronized (tally) {
                return outstanding > 0 ? 1 : 0;
            }
        }, scenario.connections());
        synchronized (tally) {
            return tally.sentBytes();
        }
    }

    private void stop() {
        synchronized (tally) {
            running = false;
        }
    }

    @Override
    public void close() throws Failed {
        if (service == null) {
            return;
        }
        stop();
        try {
            service.stop();
        } catch (IOException e) {
            throw new Failed("connections did not close: " + e);
        }
    }
}
