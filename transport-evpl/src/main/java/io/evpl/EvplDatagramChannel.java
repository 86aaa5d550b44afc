package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.Errno;
import io.evpl.linux.socket.Multicast;
import io.evpl.linux.socket.SocketOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCounted;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/**
 * A UDP socket on an {@link EvplEventLoop}. Handlers get {@link DatagramPacket}s; they may write these,
 * {@link SegmentedDatagramPacket}s, other envelopes of a {@link ByteBuf} and an {@link InetSocketAddress}, and on a
 * connected channel a {@link ByteBuf}.
 */
public final class EvplDatagramChannel extends EvplPacketChannel implements DatagramChannel {
    private final EvplDatagramChannelConfig config;
    /** The local address before a connect narrowed it down; null if nobody chose it. */
    private InetSocketAddress boundTo;

    /** A socket for IPv6 and IPv4, where the machine has both. @throws io.netty.channel.ChannelException none can be opened */
    public EvplDatagramChannel() {
        this(inet());
    }

    /** @param family null for both @throws io.netty.channel.ChannelException no such socket can be opened */
    public EvplDatagramChannel(InternetProtocolFamily family) {
        this(family == null ? inet() : switch (family) {
            case IPv4 -> AddressFamily.INET;
            case IPv6 -> AddressFamily.INET6;
        });
    }

    private EvplDatagramChannel(AddressFamily family) {
        super(family);
        config = new EvplDatagramChannelConfig(this);
    }

    @Override
    public EvplDatagramChannelConfig config() {
        return config;
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    /** A socket without a port is not bound. */
    @Override
    SocketAddress named(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getPort() == 0 ? null : address;
    }

    /**
     * Whoever knows our port goes on reaching us: the kernel takes back a port that it has chosen itself when a socket
     * disconnects (udp_disconnect, SOCK_BINDPORT_LOCK), and is asked for it again.
     */
    @Override
    protected void doDisconnect() throws Exception {
        if (!isConnected()) {
            return;
        }
        InetSocketAddress before = boundTo != null ? boundTo : new InetSocketAddress(localAddress().getPort());
        super.doDisconnect();
        if (localAddress() == null) {
            super.doBind(before);
        }
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        super.doBind(address);
        boundTo = localAddress();
    }

    // ---- packets

    @Override
    ReferenceCounted packet(ByteBuf payload, SocketAddress sender, SocketAddress recipient) {
        return new DatagramPacket(payload, recipient == null ? localAddress() : (InetSocketAddress) recipient,
                (InetSocketAddress) sender);
    }

    @Override
    Object withPayload(AddressedEnvelope<?, ?> message, ByteBuf payload) {
        InetSocketAddress recipient = (InetSocketAddress) message.recipient();
        InetSocketAddress sender = (InetSocketAddress) message.sender();
        if (message instanceof SegmentedDatagramPacket segmented) {
            return segmented.replace(payload);
        }
        return recipient == null && sender == null ? payload : new DatagramPacket(payload, recipient, sender);
    }

    @Override
    String expected() {
        return "DatagramPacket, AddressedEnvelope<ByteBuf, InetSocketAddress>, ByteBuf";
    }

    @Override
    SocketAddress check(Object recipient) {
        if (!(recipient instanceof InetSocketAddress inet)) {
            throw new UnsupportedOperationException("unsupported recipient: " + recipient + " (expected: InetSocketAddress)");
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (family == AddressFamily.INET && inet.getAddress() instanceof Inet6Address ip && !ip.isAnyLocalAddress()) {
            UnsupportedAddressTypeException e = new UnsupportedAddressTypeException();
            e.initCause(new IllegalArgumentException(inet + " is no address of an IPv4 socket"));
            throw e;
        }
        return inet;
    }

    // ---- multicast

    /** {@inheritDoc} On the interface of the local address, or where the routes lead if that is the wildcard. */
    @Override
    public ChannelFuture joinGroup(InetAddress multicastAddress) {
        return joinGroup(multicastAddress, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress multicastAddress, ChannelPromise promise) {
        return request(SocketOptions.MCAST_JOIN_GROUP, multicastAddress, null, null, promise);
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress multicastAddress, NetworkInterface networkInterface) {
        return joinGroup(multicastAddress, networkInterface, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress multicastAddress, NetworkInterface networkInterface,
                                   ChannelPromise promise) {
        return joinGroup(multicastAddress.getAddress(), networkInterface, null, promise);
    }

    @Override
    public ChannelFuture joinGroup(InetAddress multicastAddress, NetworkInterface networkInterface, InetAddress source) {
        return joinGroup(multicastAddress, networkInterface, source, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress multicastAddress, NetworkInterface networkInterface, InetAddress source,
                                   ChannelPromise promise) {
        Objects.requireNonNull(networkInterface, "networkInterface");
        return request(source == null ? SocketOptions.MCAST_JOIN_GROUP : SocketOptions.MCAST_JOIN_SOURCE_GROUP,
                multicastAddress, networkInterface, source, promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress multicastAddress) {
        return leaveGroup(multicastAddress, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress multicastAddress, ChannelPromise promise) {
        return request(SocketOptions.MCAST_LEAVE_GROUP, multicastAddress, null, null, promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress multicastAddress, NetworkInterface networkInterface) {
        return leaveGroup(multicastAddress, networkInterface, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress multicastAddress, NetworkInterface networkInterface,
                                    ChannelPromise promise) {
        return leaveGroup(multicastAddress.getAddress(), networkInterface, null, promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress multicastAddress, NetworkInterface networkInterface, InetAddress source) {
        return leaveGroup(multicastAddress, networkInterface, source, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress multicastAddress, NetworkInterface networkInterface, InetAddress source,
                                    ChannelPromise promise) {
        Objects.requireNonNull(networkInterface, "networkInterface");
        return request(source == null ? SocketOptions.MCAST_LEAVE_GROUP : SocketOptions.MCAST_LEAVE_SOURCE_GROUP,
                multicastAddress, networkInterface, source, promise);
    }

    @Override
    public ChannelFuture block(InetAddress multicastAddress, NetworkInterface networkInterface, InetAddress sourceToBlock) {
        return block(multicastAddress, networkInterface, sourceToBlock, newPromise());
    }

    @Override
    public ChannelFuture block(InetAddress multicastAddress, NetworkInterface networkInterface, InetAddress sourceToBlock,
                               ChannelPromise promise) {
        Objects.requireNonNull(sourceToBlock, "sourceToBlock");
        Objects.requireNonNull(networkInterface, "networkInterface");
        return request(SocketOptions.MCAST_BLOCK_SOURCE, multicastAddress, networkInterface, sourceToBlock, promise);
    }

    @Override
    public ChannelFuture block(InetAddress multicastAddress, InetAddress sourceToBlock) {
        return block(multicastAddress, sourceToBlock, newPromise());
    }

    @Override
    public ChannelFuture block(InetAddress multicastAddress, InetAddress sourceToBlock, ChannelPromise promise) {
        Objects.requireNonNull(sourceToBlock, "sourceToBlock");
        return request(SocketOptions.MCAST_BLOCK_SOURCE, multicastAddress, null, sourceToBlock, promise);
    }

    private ChannelFuture request(int request, InetAddress group, NetworkInterface network, InetAddress source,
                                  ChannelPromise promise) {
        Objects.requireNonNull(group, "multicastAddress");
        if (isRegistered() && !eventLoop().inEventLoop()) {
            eventLoop().execute(() -> requestNow(request, group, network, source, promise));
        } else {
            requestNow(request, group, network, source, promise);
        }
        return promise;
    }

    private void requestNow(int request, InetAddress group, NetworkInterface network, InetAddress source,
                            ChannelPromise promise) {
        if (!isOpen()) {
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        int index = network == null ? interfaceIndex() : network.getIndex();
        int result = Multicast.request(fd, request, group, index, source);
        if (result < 0) {
            IOException failure = Errno.toException("setsockopt", result, group.getHostAddress()
                    + (network == null ? "" : " on " + network.getName())
                    + (source == null ? "" : " of " + source.getHostAddress()));
            promise.tryFailure(failure);
        } else {
            promise.trySuccess();
        }
    }

    /** Of the local address; 0, where the routes lead, if it has none. */
    private int interfaceIndex() {
        InetSocketAddress address = localAddress();
        if (address == null || address.getAddress().isAnyLocalAddress()) {
            return 0;
        }
        try {
            NetworkInterface network = NetworkInterface.getByInetAddress(address.getAddress());
            return network == null ? 0 : network.getIndex();
        } catch (SocketException e) {
            return 0; // no list of interfaces: the routes know
        }
    }
}
