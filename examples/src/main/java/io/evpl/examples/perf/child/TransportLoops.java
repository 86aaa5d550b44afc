package io.evpl.examples.perf.child;

import io.evpl.examples.perf.CpuPin;
import io.evpl.examples.perf.scenario.ChannelNames;
import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.util.Version;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A transport's event loops and channel types, found by name: the same code on Netty 4.1 and 4.2. */
final class TransportLoops {
    private static final long PIN_TIMEOUT_SECONDS = 5;
    private static final String TLS_CLASS = "io.netty.internal.tcnative.SSL";

    final EventLoopGroup group;
    final List<EventLoop> loops = new ArrayList<>();
    final Transport transport;
    private final Map<Link, ChannelTypes> channels = new EnumMap<>(Link.class);
    private final Map<Link, String> lacks = new EnumMap<>(Link.class);

    /** The channel that listens, and the one that connects; with datagrams they are the same. */
    record ChannelTypes(Class<? extends Channel> listener, Class<? extends Channel> channel) { }

    private TransportLoops(EventLoopGroup group, Transport transport) {
        this.group = group;
        this.transport = transport;
        for (Link link : transport.channels().links()) {
            findChannels(link);
        }
        for (EventExecutor loop : group) {
            loops.add((EventLoop) loop);
        }
    }

    private void findChannels(Link link) {
        ChannelNames.Pair names = transport.channels().of(link);
        try {
            channels.put(link, new ChannelTypes(Class.forName(names.listener()).asSubclass(Channel.class),
                    Class.forName(names.channel()).asSubclass(Channel.class)));
            if (link == Link.TLS) {
                // Looked for and not loaded: rows without TLS have no memory and no time for it.
                Class.forName(TLS_CLASS, false, TransportLoops.class.getClassLoader());
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            lacks.put(link, Unavailable.describe(e));
        }
    }

    /** @throws Unavailable if the transport has no such channels here */
    ChannelTypes channels(Link link) throws Unavailable {
        ChannelTypes types = channels.get(link);
        if (types == null) {
            throw new Unavailable(new IllegalStateException(lacks.getOrDefault(link, transport.label() + " does not do " + link.label())));
        }
        return types;
    }

    /** The links it is made for and cannot do here, with the reason. */
    Map<Link, String> lacks() {
        return lacks;
    }

    /** This machine cannot run the transport; the message says why, in one line. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        Unavailable(Throwable cause) {
            super(describe(cause), cause);
        }

        private static String describe(Throwable thrown) {
            Throwable cause = thrown;
            while (cause.getCause() != null && cause.getCause() != cause) {
                cause = cause.getCause();
            }
            if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
                return cause.getMessage() + " is not on the class path";
            }
            String message = cause.getMessage() == null ? "" : ": " + cause.getMessage().lines().findFirst().orElse("");
            return cause.getClass().getSimpleName() + message;
        }
    }

    private interface GroupSource {
        EventLoopGroup open() throws ReflectiveOperationException;
    }

    /** @param cpus one per loop to pin it to, or empty to pin none */
    static TransportLoops open(Transport transport, int loopCount, List<Integer> cpus) throws Unavailable {
        return open(transport, cpus, () -> group(transport, loopCount));
    }

    /**
     * One loop for the load generator, whose own wake-ups are no part of any server's latency: evpl's never sleeps because its JVM was
     * told so, epoll's by this; NIO's cannot be kept awake (it takes empty selects for the JDK's epoll bug) and is the last choice.
     */
    static TransportLoops openAwake(Transport transport, List<Integer> cpus) throws Unavailable {
        if (transport != Transport.EPOLL) {
            return open(transport, 1, cpus);
        }
        SelectStrategyFactory neverSleep = () -> (selectNow, hasTasks) -> hasTasks ? selectNow.get() : SelectStrategy.BUSY_WAIT;
        return open(transport, cpus, () -> (EventLoopGroup) Class.forName(transport.loopsClass())
                .getConstructor(int.class, SelectStrategyFactory.class).newInstance(1, neverSleep));
    }

    private static TransportLoops open(Transport transport, List<Integer> cpus, GroupSource groups) throws Unavailable {
        try {
            probe(transport);
            TransportLoops opened = new TransportLoops(groups.open(), transport);
            for (int i = 0; i < cpus.size(); i++) {
                int cpu = cpus.get(i);
                opened.loops.get(i).submit(() -> CpuPin.pinCallingThread(cpu)).get(PIN_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
            return opened;
        } catch (Exception | LinkageError e) {
            throw new Unavailable(e);
        }
    }

    private static void probe(Transport transport) throws Exception {
        if (transport.probeClass() == null) {
            return;
        }
        Class<?> probe = Class.forName(transport.probeClass());
        if (!(boolean) probe.getMethod("isAvailable").invoke(null)) {
            throw new IllegalStateException((Throwable) probe.getMethod("unavailabilityCause").invoke(null));
        }
    }

    private static EventLoopGroup group(Transport transport, int loopCount) throws ReflectiveOperationException {
        Class<?> loops = Class.forName(transport.loopsClass());
        return switch (transport.netty()) {
            case V41 -> (EventLoopGroup) loops.getConstructor(int.class).newInstance(loopCount);
            case NONE -> throw new IllegalArgumentException(transport.label() + " has no loops of Netty's");
            case V42 -> (EventLoopGroup) Class.forName("io.netty.channel.MultiThreadIoEventLoopGroup")
                    .getConstructor(int.class, Class.forName("io.netty.channel.IoHandlerFactory"))
                    .newInstance(loopCount, loops.getMethod("newFactory").invoke(null));
        };
    }

    /** Netty's version in this JVM, as its own jar states it. */
    static String nettyVersion() {
        Version version = Version.identify().get("netty-transport");
        return version == null ? "unknown" : version.artifactVersion();
    }
}
