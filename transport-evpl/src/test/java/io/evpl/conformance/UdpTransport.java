package io.evpl.conformance;

import io.evpl.EvplDatagramChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;

import java.net.InetSocketAddress;
import java.util.EnumSet;

/** Pairs of UDP sockets, each sending to the other's address. */
final class UdpTransport implements ConformanceTransport {
    private static final int MAX_DATAGRAM_BYTES = 16 << 10;
    /** Well within a socket's buffer of 208 KiB, the default of Linux, that counts more than the bytes: socket(7). */
    private static final int MAX_IN_FLIGHT_BYTES = 48 << 10;

    @Override
    public String name() {
        return "DATAGRAM_SOCKET_UDP";
    }

    @Override
    public Traits traits() {
        return new Traits(EnumSet.noneOf(Capability.class), 8192, MAX_IN_FLIGHT_BYTES);
    }

    /** Netty's default is to receive no more than 2048 bytes of a datagram. */
    @Override
    public Channel newChannel() {
        EvplDatagramChannel channel = new EvplDatagramChannel();
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES));
        return channel;
    }

    @Override
    public InetSocketAddress freeAddress() {
        return new InetSocketAddress("127.0.0.1", 0);
    }

    @Override
    public Object outbound(Object content, Channel peer) {
        return new DatagramPacket((ByteBuf) content, (InetSocketAddress) peer.localAddress());
    }

    @Override
    public ByteBuf inbound(Object message) {
        return ((DatagramPacket) message).content();
    }

    @Override
    public void close() {
        // ports go with their sockets
    }
}
