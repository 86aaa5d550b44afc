package io.evpl;

import io.netty.channel.ChannelOption;
import io.netty.channel.unix.UnixChannelOption;

/**
 * Options beyond Netty's own. They are the very options of Netty's {@code EpollChannelOption}, by name, so that code
 * written for the epoll transport sets them here unchanged. Values are those of tcp(7), ip(7) and socket(7).
 */
public final class EvplChannelOption<T> extends UnixChannelOption<T> {
    private static final String EPOLL = "io.netty.channel.epoll.EpollChannelOption";

    /** What an inproc channel promises; the same on both ends. To be set before connecting or binding. */
    public static final ChannelOption<InprocKind> INPROC_KIND = valueOf(EvplChannelOption.class, "INPROC_KIND");
    /** Messages that an inproc channel may be ahead of its reader, rounded up to a power of two; on a server, its children. */
    public static final ChannelOption<Integer> INPROC_QUEUE_MESSAGES =
            valueOf(EvplChannelOption.class, "INPROC_QUEUE_MESSAGES");
    /** Bytes that an inproc channel may be ahead of its reader; on a server, its children. */
    public static final ChannelOption<Long> INPROC_QUEUE_BYTES = valueOf(EvplChannelOption.class, "INPROC_QUEUE_BYTES");

    public static final ChannelOption<Boolean> TCP_CORK = of("TCP_CORK");
    public static final ChannelOption<Long> TCP_NOTSENT_LOWAT = of("TCP_NOTSENT_LOWAT");
    /** Seconds. */
    public static final ChannelOption<Integer> TCP_KEEPIDLE = of("TCP_KEEPIDLE");
    /** Seconds. */
    public static final ChannelOption<Integer> TCP_KEEPINTVL = of("TCP_KEEPINTVL");
    public static final ChannelOption<Integer> TCP_KEEPCNT = of("TCP_KEEPCNT");
    /** Milliseconds. */
    public static final ChannelOption<Integer> TCP_USER_TIMEOUT = of("TCP_USER_TIMEOUT");
    public static final ChannelOption<Boolean> TCP_QUICKACK = of("TCP_QUICKACK");
    /** Seconds; listening sockets. */
    public static final ChannelOption<Integer> TCP_DEFER_ACCEPT = of("TCP_DEFER_ACCEPT");
    /** Microseconds. */
    public static final ChannelOption<Integer> SO_BUSY_POLL = of("SO_BUSY_POLL");
    public static final ChannelOption<Boolean> IP_FREEBIND = ChannelOption.valueOf("IP_FREEBIND");
    public static final ChannelOption<Boolean> IP_TRANSPARENT = ChannelOption.valueOf("IP_TRANSPARENT");
    public static final ChannelOption<Boolean> IP_BIND_ADDRESS_NO_PORT = ChannelOption.valueOf("IP_BIND_ADDRESS_NO_PORT");
    /** CPU whose connections a listening socket prefers, or on which a connection's packets arrive. */
    public static final ChannelOption<Integer> SO_INCOMING_CPU = valueOf(EvplChannelOption.class, "SO_INCOMING_CPU");

    /**
     * Largest datagram that a channel expects, in bytes: longer ones are dropped and reported as {@link TruncatedDatagram}.
     * 0, the default, leaves it to the {@code RCVBUF_ALLOCATOR}, which guesses 2048 by default.
     */
    public static final ChannelOption<Integer> MAX_DATAGRAM_PAYLOAD_SIZE = ChannelOption.valueOf("MAX_DATAGRAM_PAYLOAD_SIZE");
    /** The kernel puts datagrams of one sender together before it hands them over; handlers get them one by one all the same. */
    public static final ChannelOption<Boolean> UDP_GRO = ChannelOption.valueOf("UDP_GRO");
    /**
     * Datagrams of one flush that go to the same place and are equally long are given to the kernel as segments of one
     * message. On by default; the network sees no difference.
     */
    public static final ChannelOption<Boolean> UDP_GSO = valueOf(EvplChannelOption.class, "UDP_GSO");
    /** The recipient of a received datagram is the address that it was sent to before a redirection (TPROXY). */
    public static final ChannelOption<Boolean> IP_RECVORIGDSTADDR = ChannelOption.valueOf("IP_RECVORIGDSTADDR");
    /**
     * The recipient of a received datagram is the address that it was sent to, not the one that the socket is bound to; and
     * the sender of an outgoing datagram, if it has one, is the address that it goes from.
     */
    public static final ChannelOption<Boolean> IP_PKTINFO = valueOf(EvplChannelOption.class, "IP_PKTINFO");

    private EvplChannelOption() {
        // never made: options come from valueOf
    }

    private static <T> ChannelOption<T> of(String name) {
        return ChannelOption.valueOf(EPOLL + '#' + name);
    }
}
