package io.evpl;

import io.evpl.channel.Transport;
import io.evpl.foreign.ForeignLoop;
import io.evpl.loop.WakeFd;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Channels of ours on a loop of Netty's. The first socket among them opens a ring, or an epoll instance, for that loop, which is then
 * one source of its {@link ForeignLoop}; channels within the process need none. There until the loop ends.
 */
final class HostedChannels extends LoopChannels {
    private static final ConcurrentMap<EventLoop, HostedChannels> HOSTED = new ConcurrentHashMap<>();

    private final EventLoop host;
    private final EvplConfig config;
    private final ForeignLoop sources;
    private Transport transport;
    private WakeFd wakeFd;

    private HostedChannels(EventLoop host, EvplConfig config) {
        super(config);
        this.host = host;
        this.config = config;
        sources = ForeignLoop.onto(host);
        sources.spinFor(config.spinNs());
        sources.beforeEnd(this::end);
    }

    /** On the host's thread. */
    static HostedChannels of(EventLoop host) {
        HostedChannels present = HOSTED.get(host);
        if (present == null) {
            present = new HostedChannels(host, EvplConfig.fromSystemProperties());
            HOSTED.put(host, present);
        }
        return present;
    }

    @Override
    Transport transport() throws IOException {
        if (transport == null) {
            open();
        }
        return transport;
    }

    private void open() throws IOException {
        WakeFd wake = new WakeFd();
        Transport opened = null;
        try {
            opened = Backends.open(config, wake).transport();
            opened.startHosted();
            sources.addSource(opened);
        } catch (IOException | RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            wake.close();
            throw e;
        }
        wakeFd = wake;
        transport = opened;
    }

    @Override
    void pollSoon() {
        sources.pollSoon();
    }

    @Override
    void workFromNeighbour() {
        // whether the host's loop spins is not for us to say
    }

    private void end() {
        HOSTED.remove(host, this);
        closeAll();
        if (transport != null) {
            transport.settle(this::isAnyBusy);
            sources.removeSource(transport);
            transport.close();
            wakeFd.close();
        }
    }

    private boolean isAnyBusy() {
        for (Channel channel : all()) {
            if (channel instanceof EvplChannel socket && socket.half().isBusy()) {
                return true;
            }
        }
        return false;
    }
}
