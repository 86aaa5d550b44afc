package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.SocketFile;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.unix.DomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ReferenceCounted;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.SocketAddress;

/**
 * A unix datagram socket on an {@link EvplEventLoop}: whole messages between processes of one machine, in order and without
 * loss. Handlers get {@link DomainDatagramPacket}s, whose sender has an empty path if it is not bound; they may write these, other
 * envelopes of a {@link ByteBuf} and a {@link DomainSocketAddress}, and on a connected channel a {@link ByteBuf}.
 */
public final class EvplDomainDatagramChannel extends EvplPacketChannel implements DomainDatagramChannel {
    private final EvplDomainDatagramChannelConfig config;
    /** Null while the socket has no name. */
    private SocketFile file;

    /** A socket without a name. @throws io.netty.channel.ChannelException none can be opened */
    public EvplDomainDatagramChannel() {
        super(AddressFamily.UNIX);
        config = new EvplDomainDatagramChannelConfig(this);
    }

    @Override
    public EvplDomainDatagramChannelConfig config() {
        return config;
    }

    @Override
    public DomainSocketAddress localAddress() {
        return (DomainSocketAddress) super.localAddress();
    }

    @Override
    public DomainSocketAddress remoteAddress() {
        return (DomainSocketAddress) super.remoteAddress();
    }

    /** A stale file of a process that was killed is taken over, as {@link SocketFile} says. */
    @Override
    protected void doBind(SocketAddress address) throws IOException {
        file = SocketFile.bind(fd, SocketOptions.SOCK_DGRAM, address, () -> 0);
        onBound();
    }

    @Override
    protected void doClose() throws Exception {
        if (file != null) {
            file.remove();
        }
        super.doClose();
    }

    // ---- packets

    @Override
    ReferenceCounted packet(ByteBuf payload, SocketAddress sender, SocketAddress recipient) {
        return new DomainDatagramPacket(payload, localAddress(), (DomainSocketAddress) sender);
    }

    @Override
    Object withPayload(AddressedEnvelope<?, ?> message, ByteBuf payload) {
        return message.recipient() == null ? payload
                : new DomainDatagramPacket(payload, (DomainSocketAddress) message.recipient());
    }

    @Override
    String expected() {
        return "DomainDatagramPacket, AddressedEnvelope<ByteBuf, DomainSocketAddress>, ByteBuf";
    }

    @Override
    SocketAddress check(Object recipient) {
        if (!(recipient instanceof DomainSocketAddress address)) {
            throw new UnsupportedOperationException(
                    "unsupported recipient: " + recipient + " (expected: DomainSocketAddress)");
        }
        try (Arena arena = Arena.ofConfined()) {
            family.write(address, NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES));
        }
        return address;
    }
}
