package io.evpl.conformance;

import io.evpl.EvplDomainDatagramChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;

import java.io.IOException;
import java.util.EnumSet;

/** Pairs of unix datagram sockets, each sending to the other's name. Nothing is lost: unix(7). */
final class UnixDatagramTransport implements ConformanceTransport {
    private static final int MAX_DATAGRAM_BYTES = 16 << 10;
    private static final int MAX_IN_FLIGHT_BYTES = 48 << 10;

    private final UnixTransport names;

    UnixDatagramTransport(UnixTransport.Names names) throws IOException {
        this.names = new UnixTransport(names);
    }

    @Override
    public String name() {
        return "DATAGRAM_SOCKET_UNIX";
    }

    @Override
    public Traits traits() {
        return new Traits(EnumSet.of(Capability.ORDERED), 8192, MAX_IN_FLIGHT_BYTES);
    }

    @Override
    public Channel newChannel() {
        EvplDomainDatagramChannel channel = new EvplDomainDatagramChannel();
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES));
        return channel;
    }

    @Override
    public DomainSocketAddress freeAddress() {
        return names.freeAddress();
    }

    @Override
    public Object outbound(Object content, Channel peer) {
        return new DomainDatagramPacket((ByteBuf) content, (DomainSocketAddress) peer.localAddress());
    }

    @Override
    public ByteBuf inbound(Object message) {
        return ((DomainDatagramPacket) message).content();
    }

    @Override
    public void close() throws IOException {
        names.close();
    }
}
