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
    private static final ConcurrentMap<EventLoop, Place> PLACES = new ConcurrentHashMap<>();

    private final EvplConfig config;
    private final ForeignLoop sources;
    /** Null before the first socket. Written on the host's thread. */
    private volatile Transport transport;
    private volatile String backend;
    private WakeFd wakeFd;
    private boolean ended;

    /** Where the channels of one host are, once it has some: those who count find them there, also when the host has ended. */
    static final class Place {
        private volatile HostedChannels channels;

        /** @return null before the first */
        HostedChannels channels() {
            return channels;
        }
    }

    private HostedChannels(EventLoop host, EvplConfig config) {
        super(config);
        this.config = config;
        backend = Backends.chosen(config);
        sources = ForeignLoop.onto(host);
        sources.spinFor(config.spinNs());
        sources.beforeEnd(this::end);
    }

    /** Any thread. */
    static Place at(EventLoop host) {
        Place present = PLACES.get(host);
        if (present != null) {
            return present;
        }
        Place made = new Place();
        present = PLACES.putIfAbsent(host, made);
        if (present != null) {
            return present;
        }
        host.terminationFuture().addListener(terminated -> PLACES.remove(host, made));
        return made;
    }

    /** On the host's thread. @throws RejectedExecutionException it ends */
    static HostedChannels of(EventLoop host) {
        Place place = at(host);
        HostedChannels present = place.channels;
        if (present == null || present.ended) {
            present = new HostedChannels(host, EvplConfig.fromSystemProperties());
            place.channels = present;
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
            Backends.Opened chosen = Backends.open(config, wake);
            opened = chosen.transport();
            opened.startHosted();
            sources.addSource(opened);
            backend = chosen.name();
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

    // ---- what it tells of itself; exact on the host's thread, an approximation on others

    ForeignLoop sources() {
        return sources;
    }

    /** What its sockets are served by, or the first would be. */
    String backend() {
        return backend;
    }

    long kernelEntries() {
        Transport opened = transport;
        return opened == null ? 0 : opened.enters();
    }

    long lentBytes() {
        Transport opened = transport;
        return opened == null ? 0 : opened.lentBytes();
    }

    private void end() {
        closeAll();
        if (transport != null) {
            transport.settle(this::isAnyBusy);
            sources.removeSource(transport);
            transport.close();
            wakeFd.close();
        }
        ended = true; // the host may go on: see ForeignLoop, AssertionError
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
