package io.evpl.testsuite;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.tests.UnixTestUtils;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.AbstractSocketShutdownOutputByPeerTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/** The peer is a socket of the JDK's. */
class EvplDomainSocketShutdownOutputByPeerTest extends AbstractSocketShutdownOutputByPeerTest<SocketChannel> {
    @Override
    protected SocketAddress newSocketAddress() {
        return UnixTestUtils.newDomainSocketAddress();
    }

    @Override
    protected List<BootstrapFactory<ServerBootstrap>> newFactories() {
        return List.of(SocketCombos.INSTANCE.serverDomainSocket().getFirst());
    }

    @Override
    protected SocketChannel newSocket() {
        try {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void connect(SocketChannel socket, SocketAddress address) throws IOException {
        socket.connect(UnixDomainSocketAddress.of(((DomainSocketAddress) address).path()));
    }

    @Override
    protected void write(SocketChannel socket, int data) throws IOException {
        socket.write(ByteBuffer.wrap(new byte[] {(byte) data}));
    }

    @Override
    protected void shutdownOutput(SocketChannel socket) throws IOException {
        socket.shutdownOutput();
    }

    @Override
    protected void close(SocketChannel socket) throws IOException {
        socket.close();
    }
}
