package io.evpl.examples.perf.child;

import com.sun.management.OperatingSystemMXBean;
import io.evpl.examples.perf.CpuPin;
import io.evpl.examples.perf.scenario.Rpc;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Tally;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Properties;
import org.dcache.oncrpc4j.rpc.OncRpcException;
import org.dcache.oncrpc4j.rpc.OncRpcProgram;
import org.dcache.oncrpc4j.rpc.OncRpcSvc;
import org.dcache.oncrpc4j.rpc.OncRpcSvcBuilder;
import org.dcache.oncrpc4j.rpc.RpcCall;
import org.dcache.oncrpc4j.xdr.XdrVoid;

/**
 * The echo program as oncrpc4j serves it. Handlers run on the selector's thread, of which there are as many as others have loops: with one
 * connection that is its fastest strategy. Calls of several connections may come at once, so the tally is guarded by this object.
 */
final class OncrpcServer implements ServedRound {
    private static final OperatingSystemMXBean PROCESS = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String LOOPBACK = "127.0.0.1";
    private static final int TCP = 6;

    private final Tally tally = new Tally();
    private final int callBytes;
    private final int replyBytes;
    private final OncRpcSvc service;

    private OncrpcServer(Scenario scenario, int selectors) {
        callBytes = Rpc.callBytes(scenario.payloadBytes());
        replyBytes = Rpc.replyBytes(scenario.payloadBytes());
        service = builder(selectors).withBindAddress(LOOPBACK).withPort(0).withRpcService(program(), this::dispatch).build();
    }

    /** Serves orders as long as the parent lives. Threads that the service starts have the CPUs of the one that calls this. */
    static void run(ParentLink parent, int selectors, List<Integer> cpus) throws InterruptedException {
        if (!cpus.isEmpty()) {
            CpuPin.pinCallingThread(cpus.getFirst());
        }
        parent.say(Role.SERVER, ControlLine.of("ready", "netty", version()));
        new ServerOrders(parent, (scenario, place) -> {
            OncrpcServer server = new OncrpcServer(scenario, selectors);
            server.service.start();
            return server;
        }, false).obey();
    }

    /** What server and client have in common. */
    static OncRpcSvcBuilder builder(int selectors) {
        return new OncRpcSvcBuilder().withTCP().withoutAutoPublish().withSameThreadIoStrategy().withSelectorThreadPoolSize(selectors)
                .withTcpNoDelay(true);
    }

    static OncRpcProgram program() {
        return new OncRpcProgram(Rpc.PROGRAM, Rpc.VERSION);
    }

    /** As its jar states it. */
    static String version() {
        Properties pom = new Properties();
        try (var in = OncRpcSvc.class.getResourceAsStream("/META-INF/maven/org.dcache/oncrpc4j-core/pom.properties")) {
            if (in != null) {
                pom.load(in);
            }
        } catch (IOException e) {
            throw new AssertionError("a jar on the class path", e);
        }
        return pom.getProperty("version", "unknown");
    }

    private void dispatch(RpcCall call) throws OncRpcException, IOException {
        synchronized (this) {
            tally.received(callBytes);
        }
        switch (call.getProcedure()) {
            case Rpc.NULL -> call.reply(XdrVoid.XDR_VOID);
            case Rpc.ECHO -> {
                OncrpcOpaque bytes = new OncrpcOpaque();
                call.retrieveCall(bytes);
                call.reply(bytes);
            }
            case Rpc.ECHO_BUFFER -> {
                OncrpcBuffer bytes = new OncrpcBuffer();
                call.retrieveCall(bytes);
                call.reply(bytes);
            }
            default -> call.failProcedureUnavailable();
        }
        synchronized (this) {
            tally.sent(replyBytes);
        }
    }

    @Override
    public String place() {
        return Integer.toString(service.getInetSocketAddress(TCP).getPort());
    }

    /** All its Java threads but the one that asks are the service's; the JIT and the collector are not among them, as for all. */
    static long workCpuNs() {
        long cpuNs = 0;
        for (long id : THREADS.getAllThreadIds()) {
            if (id != Thread.currentThread().threadId()) {
                cpuNs += Math.max(0, THREADS.getThreadCpuTime(id));
            }
        }
        return cpuNs;
    }

    @Override
    public synchronized ControlLine mark() {
        return ControlLine.of("marked", "wallNs", System.nanoTime(), "loopCpuNs", workCpuNs(), "processCpuNs", PROCESS.getProcessCpuTime(),
                "receivedBytes", tally.receivedBytes(), "sentBytes", tally.sentBytes(), "lostMessages", 0, "fault", "");
    }

    @Override
    public void close() throws IOException {
        service.stop();
    }
}
