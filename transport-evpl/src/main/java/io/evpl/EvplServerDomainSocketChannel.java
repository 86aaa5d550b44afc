package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.SocketFile;
import io.evpl.linux.socket.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.ServerDomainSocketChannel;

import java.net.SocketAddress;

/**
 * A listening unix socket on an {@link EvplEventLoop}; its children are {@link EvplDomainSocketChannel}s. Binding takes
 * over a path that a dead server of the same user has left behind, as {@link SocketFile} says; closing removes it.
 */
public final class EvplServerDomainSocketChannel extends EvplListeningChannel implements ServerDomainSocketChannel {
    private final EvplServerDomainSocketChannelConfig config;
    private SocketFile file;

    /** A socket that is not bound yet. @throws io.netty.channel.ChannelException no socket can be opened */
    public EvplServerDomainSocketChannel() {
        super(AddressFamily.UNIX);
        config = new EvplServerDomainSocketChannelConfig(this);
    }

    @Override
    public EvplServerDomainSocketChannelConfig config() {
        return config;
    }

    @Override
    public DomainSocketAddress localAddress() {
        return (DomainSocketAddress) super.localAddress();
    }

    @Override
    public DomainSocketAddress remoteAddress() {
        return null;
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        file = SocketFile.bind(fd, SocketOptions.SOCK_STREAM, address, this::listen);
        onListening();
    }

    @Override
    void closeFd() {
        if (file != null) {
            file.remove();
        }
        super.closeFd();
    }

    @Override
    Channel accept(int child) {
        return new EvplDomainSocketChannel(this, child);
    }
}
