package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.Cmsg;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.Multicast;
import io.evpl.linux.socket.PacketInfo;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannelConfig;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Map;

import static io.netty.channel.ChannelOption.IP_MULTICAST_ADDR;
import static io.netty.channel.ChannelOption.IP_MULTICAST_IF;
import static io.netty.channel.ChannelOption.IP_MULTICAST_LOOP_DISABLED;
import static io.netty.channel.ChannelOption.IP_MULTICAST_TTL;
import static io.netty.channel.ChannelOption.IP_TOS;
import static io.netty.channel.ChannelOption.SO_BROADCAST;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;
import static io.netty.channel.ChannelOption.SO_SNDBUF;

/** Options of a UDP channel; the kernel's own are read from and written to its socket. */
public final class EvplDatagramChannelConfig extends EvplPacketChannelConfig implements DatagramChannelConfig {
    private volatile NetworkInterface multicastInterface;
    private volatile boolean udpGro;
    /** The user has said whether it is to be on. */
    private volatile boolean udpGroFixed;
    private volatile boolean udpGso = true;
    private volatile boolean packetInfo;
    private volatile boolean originalDestination;
    private volatile int controlBytes;

    EvplDatagramChannelConfig(EvplDatagramChannel channel) {
        super(channel, SocketOptionTable.DATAGRAM);
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), IP_MULTICAST_ADDR, IP_MULTICAST_IF, IP_MULTICAST_LOOP_DISABLED,
                IP_MULTICAST_TTL, EvplChannelOption.UDP_GRO, EvplChannelOption.UDP_GSO, EvplChannelOption.IP_PKTINFO,
                EvplChannelOption.IP_RECVORIGDSTADDR);
    }

    @Override
    @SuppressWarnings("unchecked") // each option's own type
    public <T> T getOption(ChannelOption<T> option) {
        Object value;
        if (option == IP_MULTICAST_ADDR) {
            value = getInterface();
        } else if (option == IP_MULTICAST_IF) {
            value = getNetworkInterface();
        } else if (option == IP_MULTICAST_LOOP_DISABLED) {
            value = isLoopbackModeDisabled();
        } else if (option == IP_MULTICAST_TTL) {
            value = getTimeToLive();
        } else if (option == EvplChannelOption.UDP_GRO) {
            value = udpGro;
        } else if (option == EvplChannelOption.UDP_GSO) {
            value = udpGso;
        } else if (option == EvplChannelOption.IP_PKTINFO) {
            value = packetInfo;
        } else if (option == EvplChannelOption.IP_RECVORIGDSTADDR) {
            value = originalDestination;
        } else {
            return super.getOption(option);
        }
        return (T) value;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option == IP_MULTICAST_ADDR) {
            setInterface((InetAddress) value);
        } else if (option == IP_MULTICAST_IF) {
            setNetworkInterface((NetworkInterface) value);
        } else if (option == IP_MULTICAST_LOOP_DISABLED) {
            setLoopbackModeDisabled((Boolean) value);
        } else if (option == IP_MULTICAST_TTL) {
            setTimeToLive((Integer) value);
        } else if (option == EvplChannelOption.UDP_GRO) {
            setUdpGro((Boolean) value);
        } else if (option == EvplChannelOption.UDP_GSO) {
            udpGso = (Boolean) value;
        } else if (option == EvplChannelOption.IP_PKTINFO) {
            setPacketInfo((Boolean) value);
        } else if (option == EvplChannelOption.IP_RECVORIGDSTADDR) {
            setIpRecvOrigDestAddr((Boolean) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    private boolean isIpv6() {
        return socket().family == AddressFamily.INET6;
    }

    /** An IPv6 socket speaks IPv4 too, and has the options of both. */
    private void setBoth(ChannelOption<?> option, int ipv4Name, int ipv6Name, int value) {
        int fd = socket().fd;
        int result = SocketOptions.setInt(fd, SocketOptions.IPPROTO_IP, ipv4Name, value);
        if (isIpv6()) {
            result = SocketOptions.setInt(fd, SocketOptions.IPPROTO_IPV6, ipv6Name, value);
        }
        checked(option, result);
    }

    private int getEither(ChannelOption<?> option, int ipv4Name, int ipv6Name) {
        return (int) checked(option, isIpv6()
                ? SocketOptions.getInt(socket().fd, SocketOptions.IPPROTO_IPV6, ipv6Name)
                : SocketOptions.getInt(socket().fd, SocketOptions.IPPROTO_IP, ipv4Name));
    }

    private static long checked(ChannelOption<?> option, long result) {
        if (result < 0) {
            throw new ChannelException(Errno.toException("socket option " + option.name(), (int) result));
        }
        return result;
    }

    // ---- multicast

    @Override
    public boolean isLoopbackModeDisabled() {
        return getEither(IP_MULTICAST_LOOP_DISABLED, SocketOptions.IP_MULTICAST_LOOP, SocketOptions.IPV6_MULTICAST_LOOP) == 0;
    }

    /** {@code true}: what is sent to a group does not come back to this machine's own members. */
    @Override
    public EvplDatagramChannelConfig setLoopbackModeDisabled(boolean loopbackModeDisabled) {
        setBoth(IP_MULTICAST_LOOP_DISABLED, SocketOptions.IP_MULTICAST_LOOP, SocketOptions.IPV6_MULTICAST_LOOP,
                loopbackModeDisabled ? 0 : 1);
        return this;
    }

    @Override
    public int getTimeToLive() {
        return getEither(IP_MULTICAST_TTL, SocketOptions.IP_MULTICAST_TTL, SocketOptions.IPV6_MULTICAST_HOPS);
    }

    /** Hops that what is sent to a group may take; 1 by default, which stays in the local network. */
    @Override
    public EvplDatagramChannelConfig setTimeToLive(int ttl) {
        setBoth(IP_MULTICAST_TTL, SocketOptions.IP_MULTICAST_TTL, SocketOptions.IPV6_MULTICAST_HOPS, ttl);
        return this;
    }

    @Override
    public InetAddress getInterface() {
        NetworkInterface network = multicastInterface;
        return network == null ? null : network.inetAddresses().findFirst().orElse(null);
    }

    /** @param address of the interface that what is sent to a group goes out through */
    @Override
    public EvplDatagramChannelConfig setInterface(InetAddress address) {
        try {
            NetworkInterface network = NetworkInterface.getByInetAddress(address);
            if (network == null) {
                throw new ChannelException("IP_MULTICAST_ADDR: no interface of this machine has the address "
                        + address.getHostAddress());
            }
            return setNetworkInterface(network);
        } catch (SocketException e) {
            throw new ChannelException(e);
        }
    }

    @Override
    public NetworkInterface getNetworkInterface() {
        return multicastInterface;
    }

    @Override
    public EvplDatagramChannelConfig setNetworkInterface(NetworkInterface networkInterface) {
        int fd = socket().fd;
        int result = Multicast.sendIpv4Through(fd, networkInterface.getIndex());
        if (isIpv6()) {
            result = SocketOptions.setInt(fd, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_MULTICAST_IF,
                    networkInterface.getIndex());
        }
        checked(IP_MULTICAST_IF, result);
        multicastInterface = networkInterface;
        return this;
    }

    // ---- what comes with a datagram

    /** @see EvplChannelOption#UDP_GRO */
    public EvplDatagramChannelConfig setUdpGro(boolean udpGro) {
        udpGroFixed = true;
        checked(EvplChannelOption.UDP_GRO, SocketOptions.setInt(socket().fd, SocketOptions.IPPROTO_UDP,
                SocketOptions.UDP_GRO, udpGro ? 1 : 0));
        this.udpGro = udpGro;
        controlChanged();
        return this;
    }

    /** Whether it is on now, by {@link #setUdpGro} or by itself. */
    @Override
    public boolean isUdpGro() {
        return udpGro;
    }

    /** A user who says how large a datagram can be, or how many bytes to receive, means it. */
    @Override
    boolean choosesGro() {
        return !udpGroFixed && getMaxDatagramPayloadSize() == 0;
    }

    @Override
    boolean switchGro(boolean on) {
        int fd = socket().fd;
        if (SocketOptions.setInt(fd, SocketOptions.IPPROTO_UDP, SocketOptions.UDP_GRO, on ? 1 : 0) >= 0) {
            if (!on && !isReceiveQueueEmpty(fd)) {
                // What was put together already, and waits, would come without the size of its parts.
                SocketOptions.setInt(fd, SocketOptions.IPPROTO_UDP, SocketOptions.UDP_GRO, 1);
                return true;
            }
            udpGro = on;
            countControlBytes();
        }
        return udpGro;
    }

    private static boolean isReceiveQueueEmpty(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            long nothing = NativeAddress.allocate(arena, MsgHdr.BYTES);
            MsgHdr.write(nothing, 0, 0, 0, 0, 0, 0, 0);
            return Syscalls.recvmsg(fd, nothing, SocketOptions.MSG_PEEK | SocketOptions.MSG_DONTWAIT) == -Errno.EAGAIN;
        }
    }

    private void setPacketInfo(boolean packetInfo) {
        int fd = socket().fd;
        // An IPv6 socket tells of a mapped address what it tells of any other.
        checked(EvplChannelOption.IP_PKTINFO, isIpv6()
                ? SocketOptions.setInt(fd, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_RECVPKTINFO, packetInfo ? 1 : 0)
                : SocketOptions.setInt(fd, SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO, packetInfo ? 1 : 0));
        this.packetInfo = packetInfo;
        controlChanged();
    }

    @Override
    boolean sendsFromSender() {
        return packetInfo;
    }

    /** @see EvplChannelOption#IP_RECVORIGDSTADDR */
    public EvplDatagramChannelConfig setIpRecvOrigDestAddr(boolean ipRecvOrigDestAddr) {
        setBoth(EvplChannelOption.IP_RECVORIGDSTADDR, SocketOptions.IP_RECVORIGDSTADDR, SocketOptions.IPV6_RECVORIGDSTADDR,
                ipRecvOrigDestAddr ? 1 : 0);
        originalDestination = ipRecvOrigDestAddr;
        controlChanged();
        return this;
    }

    public boolean isIpRecvOrigDestAddr() {
        return originalDestination;
    }

    private void controlChanged() {
        countControlBytes();
        socket().receiveChanged();
    }

    private void countControlBytes() {
        controlBytes = (udpGro ? Cmsg.space(Integer.BYTES) : 0)
                + (packetInfo ? Cmsg.space(PacketInfo.IN6_BYTES) : 0)
                + (originalDestination ? Cmsg.space(SockAddr.IN_BYTES) + Cmsg.space(SockAddr.IN6_BYTES) : 0);
    }

    @Override
    int controlBytes() {
        return controlBytes;
    }

    @Override
    boolean coalesces() {
        return udpGso;
    }

    // ---- Netty's names for the rest

    /** @see EvplChannelOption#MAX_DATAGRAM_PAYLOAD_SIZE */
    public EvplDatagramChannelConfig setMaxDatagramPayloadSize(int maxDatagramPayloadSize) {
        setMaxPayload(maxDatagramPayloadSize);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setSendBufferSize(int sendBufferSize) {
        setOption(SO_SNDBUF, sendBufferSize);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        setOption(SO_RCVBUF, receiveBufferSize);
        return this;
    }

    @Override
    public int getTrafficClass() {
        return getOption(IP_TOS);
    }

    @Override
    public EvplDatagramChannelConfig setTrafficClass(int trafficClass) {
        setOption(IP_TOS, trafficClass);
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return getOption(SO_REUSEADDR);
    }

    @Override
    public EvplDatagramChannelConfig setReuseAddress(boolean reuseAddress) {
        setOption(SO_REUSEADDR, reuseAddress);
        return this;
    }

    @Override
    public boolean isBroadcast() {
        return getOption(SO_BROADCAST);
    }

    @Override
    public EvplDatagramChannelConfig setBroadcast(boolean broadcast) {
        setOption(SO_BROADCAST, broadcast);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public EvplDatagramChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public EvplDatagramChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }
}
