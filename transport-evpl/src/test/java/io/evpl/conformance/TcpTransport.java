package io.evpl.conformance;

import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.EnumSet;

final class TcpTransport implements ConformanceTransport {
    /** Bound, so that nobody else gets its port, and not listening. */
    private final Socket deaf = new Socket();

    TcpTransport() throws IOException {
        deaf.bind(freeAddress());
    }

    @Override
    public String name() {
        return "STREAM_SOCKET_TCP";
    }

    @Override
    public Traits traits() {
        return new Traits(EnumSet.allOf(Capability.class), 131_072, 1 << 20);
    }

    @Override
    public Channel newChannel() {
        return new EvplSocketChannel();
    }

    @Override
    public ServerChannel newServerChannel() {
        return new EvplServerSocketChannel();
    }

    @Override
    public InetSocketAddress freeAddress() {
        return new InetSocketAddress("127.0.0.1", 0);
    }

    @Override
    public SocketAddress refusingAddress() {
        return deaf.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        deaf.close();
    }
}
