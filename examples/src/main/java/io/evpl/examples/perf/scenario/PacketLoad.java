package io.evpl.examples.perf.scenario;

import io.netty.channel.EventLoop;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A load by datagrams: looks every now and then for what will not come any more. */
abstract class PacketLoad<C extends PacketConnection> extends LoadConnections<C> {
    private static final long SWEEP_MS = 20;

    private ScheduledFuture<?> sweeps;
    private boolean running;

    @Override
    public void start(EventLoop loop) {
        running = true;
        super.start(loop);
        sweeps = loop.scheduleAtFixedRate(this::sweep, SWEEP_MS, SWEEP_MS, TimeUnit.MILLISECONDS);
    }

    /** Goes on after {@link #stop} until nothing is owed, which is then only a matter of time. */
    private void sweep() {
        long nowNs = System.nanoTime();
        connections.forEach(connection -> connection.sweep(nowNs));
        if (!running && owedConnections() == 0) {
            sweeps.cancel(false);
        }
    }

    @Override
    public void stop() {
        running = false;
        super.stop();
    }
}
