package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Transport.Guest;
import io.evpl.foreign.ForeignLoop;
import io.evpl.loop.IoSource;
import io.evpl.loop.WakeFd;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A source that costs nothing by itself, so that what its host loses is what being there costs. */
final class GuestSource implements IoSource {
    private final WakeFd wakeFd = new WakeFd();
    private final boolean busy;

    private GuestSource(boolean busy) throws IOException {
        this.busy = busy;
    }

    /** For a round: between rounds a busy one would take the core of whoever is measured. @return what takes them away */
    static Runnable attach(List<EventLoop> loops, Guest guest) throws IOException, InterruptedException {
        Map<EventLoop, GuestSource> guests = new IdentityHashMap<>();
        for (EventLoop loop : loops) {
            GuestSource source = new GuestSource(guest == Guest.BUSY);
            ForeignLoop.attach(loop, source).sync();
            guests.put(loop, source);
        }
        return () -> guests.forEach((loop, source) -> {
            ForeignLoop.detach(loop, source).awaitUninterruptibly();
            source.close();
        });
    }

    @Override
    public int poll(int budget) {
        return busy ? 1 : 0;
    }

    @Override
    public boolean arm() {
        return !busy;
    }

    @Override
    public void disarm() {
        // it never rings
    }

    @Override
    public int wakeFd() {
        return wakeFd.fd();
    }

    @Override
    public void close() {
        wakeFd.close();
    }
}
