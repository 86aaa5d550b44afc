package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Dialer;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Load;
import io.evpl.examples.perf.scenario.LoadTally;
import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.tls.TlsEnd;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.lang.management.ManagementFactory;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Load by a Netty client: one loop, one handler per connection. The orders' thread only waits and watches. */
final class NettyLoad implements LoadGenerator {
    private static final long TASK_TIMEOUT_MS = 5_000;
    private static final long CONNECT_TIMEOUT_MS = 10_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;
    /** Connects under way at once: well below any accept backlog. */
    private static final int CONNECT_BATCH = 64;

    private final LoadLoops choice;
    private TransportLoops loops;
    private List<EventLoop> working;
    private EventLoop loop;
    private ChannelGroup connections;
    private int connectionCount;
    private LoadTally tally;
    private StallWatch watch;
    private Load load;

    NettyLoad(LoadLoops choice) {
        this.choice = choice;
    }

    @Override
    public void connect(Scenario scenario, String place) throws Stalled, Failed, InterruptedException {
        load = null;
        connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        connectionCount = scenario.connections();
        tally = new LoadTally();
        watch = new StallWatch(tally);
        Bootstrap bootstrap = bootstrap(scenario);
        SocketAddress address = Places.address(scenario.link(), loops.transport, place);
        TlsEnd tls = tls(scenario);
        Dialer dialer = handler -> bootstrap.clone().handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                connections.add(channel);
                tls.addTo(channel.pipeline());
                channel.pipeline().addLast(handler);
            }
        }).connect(address);
        load = scenario.mode().load(scenario, tally, dialer);
        for (int first = 0; first < scenario.connections(); first += CONNECT_BATCH) {
            connectBatch(dialer, first, Math.min(first + CONNECT_BATCH, scenario.connections()));
        }
        onLoop(() -> {
            load.start(loop);
            return null;
        });
    }

    private Bootstrap bootstrap(Scenario scenario) throws Failed {
        Bootstrap bootstrap;
        try {
            loops = choice.load(scenario);
            working = choice.working(scenario);
            loop = loops.loops.getFirst();
            bootstrap = new Bootstrap().group(loop).channel(loops.channels(scenario.link()).channel())
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT_MS);
            if (scenario.link() == Link.UDP) {
                DatagramSettings.apply(bootstrap, loops.transport, scenario);
            }
        } catch (TransportLoops.Unavailable | ReflectiveOperationException e) {
            throw new Failed(e.getMessage());
        }
        if (scenario.link().overTcp()) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
        int highBytes = scenario.mode().highWaterMarkBytes(scenario);
        return highBytes == 0 ? bootstrap
                : bootstrap.option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(highBytes / 2, highBytes));
    }

    private static TlsEnd tls(Scenario scenario) throws Failed {
        try {
            return scenario.link() == Link.TLS ? TlsEnd.client(scenario.mode().resumesSessions()) : pipeline -> { };
        } catch (SSLException | UnsupportedOperationException e) {
            throw new Failed("no TLS: " + e.getMessage());
        }
    }

    private void connectBatch(Dialer dialer, int from, int to) throws Stalled, Failed, InterruptedException {
        List<ChannelFuture> connects = new ArrayList<>();
        for (int i = from; i < to; i++) {
            connects.add(dialer.dial(load.connect(i)));
        }
        for (ChannelFuture connect : connects) {
            if (!connect.await(CONNECT_TIMEOUT_MS)) {
                throw new Stalled("a connection was not accepted within " + CONNECT_TIMEOUT_MS + " ms");
            }
            if (!connect.isSuccess()) {
                throw new Failed("connect failed: " + connect.cause());
            }
        }
    }

    @Override
    public void warmUp(long durationNs) throws Stalled, Failed, InterruptedException {
        watch.await(durationNs);
    }

    @Override
    public long workCpuNs() throws Failed, InterruptedException {
        long cpuNs = 0;
        for (EventLoop each : working) {
            cpuNs += onLoop(each, ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
        }
        return cpuNs;
    }

    @Override
    public void openWindow() throws Stalled, Failed, InterruptedException {
        onLoop(() -> {
            tally.openWindow(System.nanoTime());
            return null;
        });
    }

    @Override
    public LoadTally.Window measure(long durationNs) throws Stalled, Failed, InterruptedException {
        watch.await(durationNs);
        return onLoop(() -> {
            long nowNs = System.nanoTime();
            load.overdue(nowNs);
            tally.shutWindow(nowNs);
            return tally.window();
        });
    }

    @Override
    public long finish() throws Stalled, Failed, InterruptedException {
        onLoop(() -> {
            load.stop();
            return null;
        });
        watch.awaitOwed(() -> onLoop(load::owedConnections), connectionCount);
        return onLoop(tally::sentBytes);
    }

    @Override
    public void close() throws Failed, InterruptedException {
        if (load != null) {
            onLoop(() -> {
                load.stop();
                return null;
            });
        }
        if (connections != null && !connections.close().await(CLOSE_TIMEOUT_MS)) {
            throw new Failed("connections did not close within " + CLOSE_TIMEOUT_MS + " ms");
        }
    }

    private <T> T onLoop(Callable<T> task) throws Failed, InterruptedException {
        return onLoop(loop, task);
    }

    private static <T> T onLoop(EventLoop on, Callable<T> task) throws Failed, InterruptedException {
        try {
            return on.submit(task).get(TASK_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Failed("one of the generator's loops did not take a task for " + TASK_TIMEOUT_MS + " ms");
        } catch (ExecutionException e) {
            throw new Failed("the generator failed: " + e.getCause());
        }
    }
}
