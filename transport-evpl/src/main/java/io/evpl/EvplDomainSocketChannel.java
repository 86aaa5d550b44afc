package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.SentDescriptor;
import io.evpl.linux.socket.PeerCredentials;
import io.netty.channel.DefaultChannelPipeline;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/**
 * A unix stream connection on an {@link EvplEventLoop}. It takes {@code ByteBuf}, {@code FileRegion} and
 * {@link FileDescriptor}, and passes on {@code ByteBuf} or, with {@link DomainSocketReadMode#FILE_DESCRIPTORS},
 * {@link EvplFileDescriptor}.
 */
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

    @Override
    boolean wantsDescriptors() {
        return config.getReadMode() == DomainSocketReadMode.FILE_DESCRIPTORS;
    }

    /** A {@link FileDescriptor} is copied here and now: its owner may close it after the write, and has to. */
    @Override
    protected Object filterOutboundMessage(Object message) throws Exception {
        return message instanceof FileDescriptor descriptor ? SentDescriptor.copyOf(descriptor)
                : super.filterOutboundMessage(message);
    }

    @Override
    protected DefaultChannelPipeline newChannelPipeline() {
        return new DescriptorPipeline(this);
    }

    /** Who the peer is, as the kernel says. Any thread. @throws IOException there is no connection */
    public PeerCredentials peerCredentials() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        return PeerCredentials.of(fd);
    }

    /** Closes the descriptors that no handler takes, as it releases buffers. */
    private static final class DescriptorPipeline extends DefaultChannelPipeline {
        DescriptorPipeline(EvplDomainSocketChannel channel) {
            super(channel);
        }

        @Override
        protected void onUnhandledInboundMessage(Object message) {
            super.onUnhandledInboundMessage(message);
            if (message instanceof EvplFileDescriptor descriptor) {
                try {
                    descriptor.close();
                } catch (IOException e) {
                    channel().pipeline().fireExceptionCaught(e);
                }
            }
        }
    }
}
