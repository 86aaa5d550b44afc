package io.evpl.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.unix.tests.UnixTestUtils;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketSslEchoTest;
import java.net.SocketAddress;
import java.util.List;

/** Of the longest class of the suite evpl with itself: with another at one end it would prove what the rest proves. */
class EvplDomainSocketSslEchoTest extends SocketSslEchoTest {
    @Override
    protected SocketAddress newSocketAddress() {
        return UnixTestUtils.newDomainSocketAddress();
    }

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return SocketCombos.INSTANCE.domainSocket().subList(0, 1);
    }
}
