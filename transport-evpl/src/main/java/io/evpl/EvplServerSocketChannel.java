package io.evpl;

import io.netty.channel.Channel;
import io.netty.channel.socket.ServerSocketChannel;

import java.net.InetSocketAddress;

/** A listening TCP socket on an {@link EvplEventLoop}; its children are {@link EvplSocketChannel}s. */
public final class EvplServerSocketChannel extends EvplListeningChannel implements ServerSocketChannel {
    private final EvplServerSocketChannelConfig config;

    /** A socket that is not bound yet. @throws io.netty.channel.ChannelException no socket can be opened */
    public EvplServerSocketChannel() {
        super(inet());
        config = new EvplServerSocketChannelConfig(this);
    }

    @Override
    public EvplServerSocketChannelConfig config() {
        return config;
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return null;
    }

    @Override
    Channel accept(int child) {
        return new EvplSocketChannel(this, child, family);
    }
}
