package io.evpl.examples.perf.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The transports perf knows, by class name only: one that is not on the class path, or does not load, is a line in the
 * report and not a failure to start.
 */
public enum Transport {
    EVPL_URING("evpl-uring", Netty.V41, "io.evpl.Evpl", "io.evpl.EvplEventLoopGroup",
            "io.evpl.EvplServerSocketChannel", "io.evpl.EvplSocketChannel", "-Dio.evpl.backend=io_uring"),
    EVPL_EPOLL("evpl-epoll", Netty.V41, "io.evpl.Evpl", "io.evpl.EvplEventLoopGroup",
            "io.evpl.EvplServerSocketChannel", "io.evpl.EvplSocketChannel", "-Dio.evpl.backend=epoll"),
    /** Never spins: what the transport costs where no core is free. Not among those measured unless named. */
    EVPL_URING_SLEEP("evpl-uring-sleep", Netty.V41, "io.evpl.Evpl", "io.evpl.EvplEventLoopGroup",
            "io.evpl.EvplServerSocketChannel", "io.evpl.EvplSocketChannel", "-Dio.evpl.backend=io_uring", "-Dio.evpl.spinNs=0"),
    NIO("nio", Netty.V41, null, "io.netty.channel.nio.NioEventLoopGroup",
            "io.netty.channel.socket.nio.NioServerSocketChannel", "io.netty.channel.socket.nio.NioSocketChannel"),
    EPOLL("epoll", Netty.V41, "io.netty.channel.epoll.Epoll", "io.netty.channel.epoll.EpollEventLoopGroup",
            "io.netty.channel.epoll.EpollServerSocketChannel", "io.netty.channel.epoll.EpollSocketChannel"),
    INCUBATOR("incubator", Netty.V41, "io.netty.incubator.channel.uring.IOUring",
            "io.netty.incubator.channel.uring.IOUringEventLoopGroup",
            "io.netty.incubator.channel.uring.IOUringServerSocketChannel", "io.netty.incubator.channel.uring.IOUringSocketChannel"),
    NETTY42_URING("netty42-uring", Netty.V42, "io.netty.channel.uring.IoUring", "io.netty.channel.uring.IoUringIoHandler",
            "io.netty.channel.uring.IoUringServerSocketChannel", "io.netty.channel.uring.IoUringSocketChannel");

    /** Which Netty a transport is built for, and so the class path its JVM gets. */
    public enum Netty { V41, V42 }

    private final String label;
    private final Netty netty;
    private final String probeClass;
    private final String loopsClass;
    private final String serverChannelClass;
    private final String channelClass;
    private final List<String> jvmFlags;

    Transport(String label, Netty netty, String probeClass, String loopsClass, String serverChannelClass, String channelClass,
              String... jvmFlags) {
        this.label = label;
        this.netty = netty;
        this.probeClass = probeClass;
        this.loopsClass = loopsClass;
        this.serverChannelClass = serverChannelClass;
        this.channelClass = channelClass;
        this.jvmFlags = List.of(jvmFlags);
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
        return this == EVPL_URING || this == EVPL_EPOLL || this == EVPL_URING_SLEEP;
    }

    /** Those measured when none is named. */
    public static List<Transport> usual() {
        return Arrays.stream(values()).filter(transport -> transport != EVPL_URING_SLEEP).toList();
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

    public String serverChannelClass() {
        return serverChannelClass;
    }

    public String channelClass() {
        return channelClass;
    }

    public List<String> jvmFlags() {
        return jvmFlags;
    }
}
