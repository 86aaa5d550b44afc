package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.linux.socket.PeerCredentials;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** A unix stream connection on an {@link EvplEventLoop}. */
public final class EvplDomainSocketChannel extends EvplStreamChannel implements DomainSocketChannel {
    private final EvplDomainSocketChannelConfig config;

    /** A socket that is not connected yet. @throws io.netty.channel.ChannelException no socket can be opened */
    public EvplDomainSocketChannel() {
        super(AddressFamily.UNIX);
        config = new EvplDomainSocketChannelConfig(this);
    }

    /** A connection that {@code parent} accepted. */
    EvplDomainSocketChannel(EvplServerDomainSocketChannel parent, int fd) {
        super(parent, fd, AddressFamily.UNIX);
        config = new EvplDomainSocketChannelConfig(this);
    }

    @Override
    public EvplDomainSocketChannelConfig config() {
        return config;
    }

    @Override
    public DomainSocketAddress localAddress() {
        return (DomainSocketAddress) super.localAddress();
    }

    /** The peer's address; a client that did not bind has an empty path. */
    @Override
    public DomainSocketAddress remoteAddress() {
        return (DomainSocketAddress) super.remoteAddress();
    }

    /** Who the peer is, as the kernel says. Any thread. @throws IOException there is no connection */
    public PeerCredentials peerCredentials() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        return PeerCredentials.of(fd);
    }
}
