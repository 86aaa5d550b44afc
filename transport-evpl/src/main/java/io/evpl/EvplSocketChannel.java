package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.RecordChannel;
import io.evpl.channel.RecordFraming;
import io.evpl.channel.SentRecord;
import io.evpl.linux.Errno;
import io.evpl.linux.socket.TcpInfo;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A TCP connection on an {@link EvplEventLoop}. */
public final class EvplSocketChannel extends EvplStreamChannel implements SocketChannel, RecordChannel {
    private final EvplSocketChannelConfig config;
    private RecordFraming framing;

    /** A socket that is not connected yet. @throws io.netty.channel.ChannelException no socket can be opened */
    public EvplSocketChannel() {
        super(inet());
        config = new EvplSocketChannelConfig(this);
    }

    /** A connection that {@code parent} accepted. */
    EvplSocketChannel(EvplServerSocketChannel parent, int fd, AddressFamily family) {
        super(parent, fd, family);
        config = new EvplSocketChannelConfig(this);
    }

    @Override
    public EvplSocketChannelConfig config() {
        return config;
    }

    @Override
    public ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    /** What tcp(7) calls TCP_INFO, read now. @throws IOException the socket is closed */
    public TcpInfo tcpInfo() throws IOException {
        TcpInfo info = new TcpInfo();
        int result = info.read(fd);
        if (result < 0) {
            throw Errno.toException("getsockopt", result);
        }
        return info;
    }

    @Override
    protected Object filterOutboundMessage(Object message) throws Exception {
        return message instanceof SentRecord ? message : super.filterOutboundMessage(message);
    }

    @Override
    RecordFraming framing() {
        return framing;
    }

    /** For {@link io.evpl.tls.EvplTls}. */
    @Override
    public void receiveBy(RecordFraming records) {
        framing = records;
        receiveAnew();
    }

    @Override
    boolean lingers() {
        return config.getSoLinger() > 0;
    }
}
