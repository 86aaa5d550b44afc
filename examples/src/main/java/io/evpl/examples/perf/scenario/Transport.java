package io.evpl.examples.perf.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The transports perf knows, by class name only: one that is not on the class path, or does not load, is a line in the
 * report and not a failure to start.
 */
public enum Transport {
    EVPL_URING("evpl-uring", Netty.V41, "io.evpl.Evpl", "io.evpl.EvplEventLoopGroup",
            ChannelNames.EVPL, "-Dio.evpl.backend=io_uring"),
    EVPL_EPOLL("evpl-epoll", Netty.V41, "io.evpl.Evpl", "io.evpl.EvplEventLoopGroup",
            ChannelNames.EVPL, "-Dio.evpl.backend=epoll"),
    /** Never spins: what the transport costs where no core is free. Not among those measured unless named. */
    EVPL_URING_SLEEP("evpl-uring-sleep", Netty.V41, "io.evpl.Evpl", "io.evpl.EvplEventLoopGroup",
            ChannelNames.EVPL, "-Dio.evpl.backend=io_uring", "-Dio.evpl.spinNs=0"),
    NIO("nio", Netty.V41, null, "io.netty.channel.nio.NioEventLoopGroup", ChannelNames.NIO),
    EPOLL("epoll", Netty.V41, "io.netty.channel.epoll.Epoll", "io.netty.channel.epoll.EpollEventLoopGroup",
            ChannelNames.EPOLL),
    INCUBATOR("incubator", Netty.V41, "io.netty.incubator.channel.uring.IOUring",
            "io.netty.incubator.channel.uring.IOUringEventLoopGroup", ChannelNames.INCUBATOR),
    NETTY42_URING("netty42-uring", Netty.V42, "io.netty.channel.uring.IoUring", "io.netty.channel.uring.IoUringIoHandler",
            ChannelNames.NETTY42_URING),
    /** Netty's transport within a JVM on the loops made for it; on others it is what {@link #NIO} and {@link #EPOLL} have in-process. */
    LOCAL("local", Netty.V41, null, "io.netty.channel.DefaultEventLoopGroup", ChannelNames.LOCAL_ONLY),
    NETTY42_LOCAL("netty42-local", Netty.V42, null, "io.netty.channel.local.LocalIoHandler", ChannelNames.LOCAL_ONLY),
    /** The peer of RPC rows: a framework with a server and a client of its own, on Grizzly. */
    ONCRPC4J("oncrpc4j", Netty.NONE, null, "org.dcache.oncrpc4j.rpc.OncRpcSvc", ChannelNames.ONCRPC4J),
    /** Channels of evpl's on Netty's loops, and Netty's own on loops that have a source of evpl's. None is measured unless named. */
    EVPL_ON_NIO("evpl-on-nio", NIO, ChannelNames.EVPL, Guest.NONE),
    NIO_IDLE("nio+idle", NIO, ChannelNames.NIO, Guest.IDLE),
    NIO_BUSY("nio+busy", NIO, ChannelNames.NIO, Guest.BUSY),
    EVPL_ON_EPOLL("evpl-on-epoll", EPOLL, ChannelNames.EVPL, Guest.NONE),
    EPOLL_IDLE("epoll+idle", EPOLL, ChannelNames.EPOLL, Guest.IDLE),
    EPOLL_BUSY("epoll+busy", EPOLL, ChannelNames.EPOLL, Guest.BUSY),
    EVPL_ON_INCUBATOR("evpl-on-incubator", INCUBATOR, ChannelNames.EVPL, Guest.NONE),
    INCUBATOR_IDLE("incubator+idle", INCUBATOR, ChannelNames.INCUBATOR, Guest.IDLE),
    INCUBATOR_BUSY("incubator+busy", INCUBATOR, ChannelNames.INCUBATOR, Guest.BUSY);

    /** A source of evpl's on each loop of the server: armed all the time, or with work in each poll. */
    public enum Guest { NONE, IDLE, BUSY }

    /** Which Netty a transport is built for, and so the class path its JVM gets. */
    public enum Netty { V41, V42, NONE }

    private final String label;
    private final Netty netty;
    private final String probeClass;
    private final String loopsClass;
    private final ChannelNames channels;
    private final List<String> jvmFlags;
    /** Whose loops it is on, if they are not made for it. */
    private final Transport host;
    private final Guest guest;

    Transport(String label, Netty netty, String probeClass, String loopsClass, ChannelNames channels, String... jvmFlags) {
        this.label = label;
        this.netty = netty;
        this.probeClass = probeClass;
        this.loopsClass = loopsClass;
        this.channels = channels;
        this.jvmFlags = List.of(jvmFlags);
        host = null;
        guest = Guest.NONE;
    }

    Transport(String label, Transport host, ChannelNames channels, Guest guest) {
        this.label = label;
        this.netty = host.netty;
        this.probeClass = host.probeClass;
        this.loopsClass = host.loopsClass;
        this.channels = channels;
        this.jvmFlags = List.of("-Dio.evpl.backend=io_uring");
        this.host = host;
        this.guest = guest;
    }

    /** @throws IllegalArgumentException naming the transports there are */
    public static Transport named(String label) {
        for (Transport transport : values()) {
            if (transport.label.equals(label)) {
                return transport;
            }
        }
        throw new IllegalArgumentException("unknown transport '" + label + "'; known: " + labels());
    }

    public static String labels() {
        return Arrays.stream(values()).map(Transport::label).collect(Collectors.joining(", "));
    }

    public String label() {
        return label;
    }

    /** True for what is measured, false for what it is measured against. */
    public boolean ours() {
        return this == EVPL_URING || this == EVPL_EPOLL || this == EVPL_URING_SLEEP || host != null;
    }

    /** The same over one link: RPC is our codec on whatever transport of Netty. */
    public boolean ours(Link link) {
        return link == Link.RPC ? this != ONCRPC4J : ours();
    }

    public Guest guest() {
        return guest;
    }

    /** Those that have a part in rows over these links, on their own loops. */
    public static List<Transport> doing(Set<Link> links) {
        return Arrays.stream(values()).filter(transport -> transport.host == null && links.stream().anyMatch(transport::does)).toList();
    }

    /** Those of them measured when none is named. */
    public static List<Transport> usual(Set<Link> links) {
        return doing(links).stream().filter(transport -> transport != EVPL_URING_SLEEP).toList();
    }

    public Netty netty() {
        return netty;
    }

    /** The class with isAvailable() and unavailabilityCause(); null if there is nothing to ask. */
    public String probeClass() {
        return probeClass;
    }

    /** The event loop group of a 4.1 transport, the IoHandler of a 4.2 one. */
    public String loopsClass() {
        return loopsClass;
    }

    public ChannelNames channels() {
        return channels;
    }

    /** True if it is made for this link. Whether its classes are there and load, only its own JVM knows. */
    public boolean does(Link link) {
        return channels.of(link) != null;
    }

    public List<String> jvmFlags() {
        return jvmFlags;
    }
}
