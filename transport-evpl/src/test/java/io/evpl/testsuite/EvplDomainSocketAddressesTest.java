package io.evpl.testsuite;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketAddressesTest;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class EvplDomainSocketAddressesTest extends SocketAddressesTest {
    /** A client that is bound leaves its file when it is closed. */
    @TempDir
    private Path folder;
    private int sockets;

    /** Of an end that was never bound the path is empty. */
    @Override
    protected void assertAddress(SocketAddress address) {
        assertInstanceOf(DomainSocketAddress.class, address);
    }

    @Override
    protected SocketAddress newSocketAddress() {
        return new DomainSocketAddress(folder.resolve("socket-" + ++sockets).toString());
    }

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return SocketCombos.INSTANCE.domainSocket();
    }
}
