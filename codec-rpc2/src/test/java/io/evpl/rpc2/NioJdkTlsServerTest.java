package io.evpl.rpc2;

import io.netty.handler.ssl.SslProvider;

class NioJdkTlsServerTest extends TlsServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.NIO;
    }

    @Override
    SslProvider provider() {
        return SslProvider.JDK;
    }
}
