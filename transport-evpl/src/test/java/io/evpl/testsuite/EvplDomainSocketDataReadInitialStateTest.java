package io.evpl.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.unix.tests.UnixTestUtils;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketDataReadInitialStateTest;
import java.net.SocketAddress;
import java.util.List;

class EvplDomainSocketDataReadInitialStateTest extends SocketDataReadInitialStateTest {
    @Override
    protected SocketAddress newSocketAddress() {
        return UnixTestUtils.newDomainSocketAddress();
    }

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return SocketCombos.INSTANCE.domainSocket();
    }
}
