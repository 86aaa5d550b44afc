package io.evpl.examples.perf.child;

import com.sun.management.OperatingSystemMXBean;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Tally;
import io.evpl.examples.perf.scenario.Transport;
import io.evpl.examples.perf.tls.TlsEnd;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.SocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * One round's server: a listener, its connections, and a tally for each loop that works in this JVM, in-process also the load's. Used
 * by the orders' thread.
 */
final class Listening implements ServedRound {
    /** A loop that does not take a task for so long hangs; a round with one must end as a failure. */
    private static final long TASK_TIMEOUT_MS = 2_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;
    private static final int BACKLOG_CONNECTIONS = 4096;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Map<EventLoop, Tally> tallies = new IdentityHashMap<>();
    private final ChannelGroup accepted = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private Channel listener;
    private Runnable removeGuests = () -> { };
    private String place;

    private Listening() { }

    /** @param place to listen at, see {@link Places} */
    static Listening open(LoopsWithin loops, Scenario scenario, String place) throws Exception {
        Listening listening = new Listening();
        loops.working(scenario).forEach(loop -> listening.tallies.put(loop, new Tally()));
        if (loops.server().transport.guest() != Transport.Guest.NONE) {
            listening.removeGuests = GuestSource.attach(loops.server().loops, loops.server().transport.guest());
        }
        SocketAddress address = Places.address(scenario.link(), loops.server().transport, place);
        ChannelFuture bound = scenario.link() == Link.UDP ? listening.socket(loops.server(), scenario).bind(address)
                : listening.server(loops.server(), scenario).bind(address);
        if (!bound.await(CLOSE_TIMEOUT_MS) || !bound.isSuccess()) {
            throw new IOException("bind failed", bound.cause());
        }
        listening.listener = bound.channel();
        listening.place = Places.bound(scenario.link(), place, bound.channel().localAddress());
        return listening;
    }

    private ServerBootstrap server(TransportLoops loops, Scenario scenario) throws TransportLoops.Unavailable, SSLException {
        TlsEnd tls = tls(loops, scenario);
        // A load on the server's loop is on its first: so is what it connects to.
        ServerBootstrap bootstrap = new ServerBootstrap().group(scenario.sameLoop() ? loops.loops.getFirst() : loops.group)
                .channel(loops.channels(scenario.link()).listener().asSubclass(ServerChannel.class))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.add(channel);
                        tls.addTo(channel.pipeline());
                        channel.pipeline().addLast(serverHandler(scenario, channel));
                    }
                });
        if (scenario.link().overTcp()) {
            bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
        }
        if (!scenario.link().inOneJvm()) {
            bootstrap.option(ChannelOption.SO_BACKLOG, BACKLOG_CONNECTIONS);
        }
        int highBytes = scenario.mode().highWaterMarkBytes(scenario);
        return highBytes == 0 ? bootstrap
                : bootstrap.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(highBytes / 2, highBytes));
    }

    private static TlsEnd tls(TransportLoops loops, Scenario scenario) throws SSLException {
        if (scenario.link() != Link.TLS) {
            return pipeline -> { };
        }
        return loops.transport.ours() ? TlsEnd.evplServer() : TlsEnd.nettyServer();
    }

    /** A datagram server: one socket, and so on one loop. */
    private Bootstrap socket(TransportLoops loops, Scenario scenario) throws TransportLoops.Unavailable, ReflectiveOperationException {
        Bootstrap bootstrap = new Bootstrap().group(loops.group).channel(loops.channels(scenario.link()).listener())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(serverHandler(scenario, channel));
                    }
                });
        DatagramSettings.apply(bootstrap, loops.transport, scenario);
        return bootstrap;
    }

    private ChannelHandler serverHandler(Scenario scenario, Channel channel) {
        return scenario.mode().serverHandler(scenario, tallies.get(channel.eventLoop()));
    }

    @Override
    public String place() {
        return place;
    }

    private record LoopMark(long cpuNs, long receivedBytes, long sentBytes, long lostMessages) { }

    /** Each loop reads its own CPU clock and counters in one task, so that they belong to the same moment. */
    @Override
    public ControlLine mark() throws Exception {
        long loopCpuNs = 0;
        long receivedBytes = 0;
        long sentBytes = 0;
        long lostMessages = 0;
        String fault = "";
        long wallNs = System.nanoTime();
        for (Map.Entry<EventLoop, Tally> entry : tallies.entrySet()) {
            Tally tally = entry.getValue();
            Future<LoopMark> task = entry.getKey().submit(() ->
                    new LoopMark(THREADS.getCurrentThreadCpuTime(), tally.receivedBytes(), tally.sentBytes(),
                            tally.lostMessages()));
            LoopMark mark = task.get(TASK_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            loopCpuNs += mark.cpuNs;
            receivedBytes += mark.receivedBytes;
            sentBytes += mark.sentBytes;
            lostMessages += mark.lostMessages;
            fault = tally.fault() == null ? fault : tally.fault();
        }
        return ControlLine.of("marked", "wallNs", wallNs, "loopCpuNs", loopCpuNs, "processCpuNs", PROCESS.getProcessCpuTime(),
                "receivedBytes", receivedBytes, "sentBytes", sentBytes, "lostMessages", lostMessages, "fault", fault);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        removeGuests.run();
        boolean closed = listener.close().await(CLOSE_TIMEOUT_MS);
        if (!accepted.close().await(CLOSE_TIMEOUT_MS) || !closed) {
            throw new IOException("connections did not close within " + CLOSE_TIMEOUT_MS + " ms");
        }
    }
}
