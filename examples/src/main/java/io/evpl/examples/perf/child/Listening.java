package io.evpl.examples.perf.child;

import com.sun.management.OperatingSystemMXBean;
import io.evpl.examples.perf.scenario.Mode;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Tally;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One round's server: a listener on a loopback port, its connections, and a tally for each loop. Used by the orders' thread. */
final class Listening {
    /** A loop that does not take a task for so long hangs; a round with one must end as a failure. */
    private static final long TASK_TIMEOUT_MS = 2_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;
    private static final int BACKLOG_CONNECTIONS = 4096;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Map<EventLoop, Tally> tallies = new IdentityHashMap<>();
    private final ChannelGroup accepted = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private Channel listener;

    private Listening() { }

    static Listening open(TransportLoops loops, Scenario scenario) throws IOException, InterruptedException {
        Listening listening = new Listening();
        loops.loops.forEach(loop -> listening.tallies.put(loop, new Tally()));
        Mode mode = scenario.mode();
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops.group).channel(loops.serverChannel)
                .option(ChannelOption.SO_BACKLOG, BACKLOG_CONNECTIONS)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        listening.accepted.add(channel);
                        channel.pipeline().addLast(mode.serverHandler(scenario, listening.tallies.get(channel.eventLoop())));
                    }
                });
        int highBytes = mode.highWaterMarkBytes(scenario);
        if (highBytes > 0) {
            bootstrap.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(highBytes / 2, highBytes));
        }
        var bound = bootstrap.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
        if (!bound.await(CLOSE_TIMEOUT_MS) || !bound.isSuccess()) {
            throw new IOException("bind failed", bound.cause());
        }
        listening.listener = bound.channel();
        return listening;
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private record LoopMark(long cpuNs, long receivedBytes, long sentBytes) { }

    /** Each loop reads its own CPU clock and counters in one task, so that they belong to the same moment. */
    ControlLine mark() throws Exception {
        long loopCpuNs = 0;
        long receivedBytes = 0;
        long sentBytes = 0;
        String fault = "";
        long wallNs = System.nanoTime();
        for (Map.Entry<EventLoop, Tally> entry : tallies.entrySet()) {
            Tally tally = entry.getValue();
            Future<LoopMark> task = entry.getKey().submit(() ->
                    new LoopMark(THREADS.getCurrentThreadCpuTime(), tally.receivedBytes(), tally.sentBytes()));
            LoopMark mark = task.get(TASK_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            loopCpuNs += mark.cpuNs;
            receivedBytes += mark.receivedBytes;
            sentBytes += mark.sentBytes;
            fault = tally.fault() == null ? fault : tally.fault();
        }
        return ControlLine.of("marked", "wallNs", wallNs, "loopCpuNs", loopCpuNs, "processCpuNs", PROCESS.getProcessCpuTime(),
                "receivedBytes", receivedBytes, "sentBytes", sentBytes, "fault", fault);
    }

    void close() throws IOException, InterruptedException {
        boolean closed = listener.close().await(CLOSE_TIMEOUT_MS);
        if (!accepted.close().await(CLOSE_TIMEOUT_MS) || !closed) {
            throw new IOException("connections did not close within " + CLOSE_TIMEOUT_MS + " ms");
        }
    }
}
