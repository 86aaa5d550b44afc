package io.evpl.testsuite;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketAddressesTest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

class EvplSocketAddressesTest extends SocketAddressesTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return SocketCombos.INSTANCE.socketWithFastOpen();
    }

    @Override
    protected void assertAddress(SocketAddress address) {
        InetSocketAddress inet = (InetSocketAddress) address;
        assertTrue(inet.getPort() > 0, () -> "no port in " + inet);
        assertFalse(inet.getAddress().isAnyLocalAddress(), () -> "wildcard where a connected socket has one address: " + inet);
    }
}
