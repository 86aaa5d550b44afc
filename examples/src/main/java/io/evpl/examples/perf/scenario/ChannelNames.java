package io.evpl.examples.perf.scenario;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The channel classes of a family of transports by name, a pair for each link it has. */
public final class ChannelNames {
    private static final String LOCAL_SERVER = "io.netty.channel.local.LocalServerChannel";
    private static final String LOCAL = "io.netty.channel.local.LocalChannel";

    static final ChannelNames EVPL = new ChannelNames(null)
            .withTcp( "io.evpl.EvplServerSocketChannel", "io.evpl.EvplSocketChannel")
            .with(Link.RPC, "io.evpl.EvplServerSocketChannel", "io.evpl.EvplSocketChannel")
            .with(Link.UDP, "io.evpl.EvplDatagramChannel", "io.evpl.EvplDatagramChannel")
            .with(Link.UNIX, "io.evpl.EvplServerDomainSocketChannel", "io.evpl.EvplDomainSocketChannel")
            .with(Link.INPROC, "io.evpl.EvplServerInprocChannel", "io.evpl.EvplInprocChannel");
    static final ChannelNames NIO = new ChannelNames(null)
            .withTcp( "io.netty.channel.socket.nio.NioServerSocketChannel", "io.netty.channel.socket.nio.NioSocketChannel")
            .with(Link.RPC, "io.netty.channel.socket.nio.NioServerSocketChannel", "io.netty.channel.socket.nio.NioSocketChannel")
            .with(Link.UDP, "io.netty.channel.socket.nio.NioDatagramChannel", "io.netty.channel.socket.nio.NioDatagramChannel")
            .with(Link.UNIX, "io.netty.channel.socket.nio.NioServerDomainSocketChannel",
                    "io.netty.channel.socket.nio.NioDomainSocketChannel")
            .with(Link.INPROC, LOCAL_SERVER, LOCAL);
    static final ChannelNames EPOLL = new ChannelNames("io.netty.channel.epoll.EpollChannelOption")
            .withTcp( "io.netty.channel.epoll.EpollServerSocketChannel", "io.netty.channel.epoll.EpollSocketChannel")
            .with(Link.UDP, "io.netty.channel.epoll.EpollDatagramChannel", "io.netty.channel.epoll.EpollDatagramChannel")
            .with(Link.UNIX, "io.netty.channel.epoll.EpollServerDomainSocketChannel", "io.netty.channel.epoll.EpollDomainSocketChannel")
            .with(Link.INPROC, LOCAL_SERVER, LOCAL);
    static final ChannelNames INCUBATOR = new ChannelNames("io.netty.incubator.channel.uring.IOUringChannelOption")
            .withTcp( "io.netty.incubator.channel.uring.IOUringServerSocketChannel",
                    "io.netty.incubator.channel.uring.IOUringSocketChannel")
            .with(Link.UDP, "io.netty.incubator.channel.uring.IOUringDatagramChannel",
                    "io.netty.incubator.channel.uring.IOUringDatagramChannel");
    static final ChannelNames NETTY42_URING = new ChannelNames("io.netty.channel.uring.IoUringChannelOption")
            .withTcp( "io.netty.channel.uring.IoUringServerSocketChannel", "io.netty.channel.uring.IoUringSocketChannel")
            .with(Link.UDP, "io.netty.channel.uring.IoUringDatagramChannel", "io.netty.channel.uring.IoUringDatagramChannel")
            .with(Link.UNIX, "io.netty.channel.uring.IoUringServerDomainSocketChannel",
                    "io.netty.channel.uring.IoUringDomainSocketChannel");
    /** No channels of Netty's: the service listens and connects. */
    static final ChannelNames ONCRPC4J = new ChannelNames(null)
            .with(Link.RPC, "org.dcache.oncrpc4j.rpc.OncRpcSvc", "org.dcache.oncrpc4j.rpc.OncRpcSvc");
    static final ChannelNames LOCAL_ONLY = new ChannelNames(null).with(Link.INPROC, LOCAL_SERVER, LOCAL);

    private final Map<Link, Pair> pairs = new EnumMap<>(Link.class);
    private final String optionsClass;

    /** The class of the channel that listens, for datagrams any, and that of the channel which connects. */
    public record Pair(String listener, String channel) { }

    private ChannelNames(String optionsClass) {
        this.optionsClass = optionsClass;
    }

    private ChannelNames withTcp(String listener, String channel) {
        return with(Link.TCP, listener, channel).with(Link.TLS, listener, channel);
    }

    private ChannelNames with(Link link, String listener, String channel) {
        pairs.put(link, new Pair(listener, channel));
        return this;
    }

    /** @return null if the family has no such channels */
    public Pair of(Link link) {
        return pairs.get(link);
    }

    public Set<Link> links() {
        return pairs.keySet();
    }

    /** The class with MAX_DATAGRAM_PAYLOAD_SIZE, the option which makes a channel read many datagrams at once. */
    public Optional<String> datagramOptionsClass() {
        return Optional.ofNullable(optionsClass);
    }
}
