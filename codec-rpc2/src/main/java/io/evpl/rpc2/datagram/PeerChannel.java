package io.evpl.rpc2.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** One peer of a datagram channel, on that channel's loop. Its messages go out through the parent; they come in by {@link #received}. */
public final class PeerChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final DatagramPeers peers;
    private final InetSocketAddress remote;
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private boolean open = true;
    /** Something was received in this turn, and its end was not told yet. */
    private boolean reading;
    long lastUsedNs;

    PeerChannel(Channel parent, DatagramPeers peers, InetSocketAddress remote) {
        super(parent);
        this.peers = peers;
        this.remote = remote;
    }

    /**
     * A datagram from the peer; takes the reference.
     *
     * @return false if it is dropped, because the pipeline wants none now: who sent it will send it again
     */
    boolean received(ByteBuf message) {
        if (!config.isAutoRead() || !isActive()) {
            message.release();
            return false;
        }
        reading = true;
        pipeline().fireChannelRead(message);
        return true;
    }

    void readComplete() {
        if (reading) {
            reading = false;
            pipeline().fireChannelReadComplete();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        for (Object message = in.current(); message != null && parent().isWritable(); message = in.current()) {
            if (message instanceof ByteBuf batch) {
                MarkedMessages.forEach(batch, each -> parent().write(new DatagramPacket(each, remote), parent().voidPromise()));
                in.remove();
            } else {
                in.remove(new UnsupportedOperationException(message.getClass() + " is no message of RPC"));
            }
        }
        peers.flush();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
                promise.setFailure(new UnsupportedOperationException("a peer of a datagram channel has its address already"));
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop == parent().eventLoop();
    }

    @Override
    protected SocketAddress localAddress0() {
        return parent().localAddress();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("a peer of a datagram channel has its parent's address");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        open = false;
        peers.forget(remote, this);
    }

    @Override
    protected void doBeginRead() {
        // datagrams come when the parent has some
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && isRegistered();
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
