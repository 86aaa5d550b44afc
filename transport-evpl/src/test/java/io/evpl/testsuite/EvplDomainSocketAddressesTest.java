package io.evpl.testsuite;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.tests.UnixTestUtils;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketAddressesTest;
import java.net.SocketAddress;
import java.util.List;

class EvplDomainSocketAddressesTest extends SocketAddressesTest {
    /** Of an end that was never bound the path is empty. */
    @Override
    protected void assertAddress(SocketAddress address) {
        assertInstanceOf(DomainSocketAddress.class, address);
    }

    @Override
    protected SocketAddress newSocketAddress() {
        return UnixTestUtils.newDomainSocketAddress();
    }

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return SocketCombos.INSTANCE.domainSocket();
    }
}
