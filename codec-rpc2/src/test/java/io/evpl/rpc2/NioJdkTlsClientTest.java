package io.evpl.rpc2;

import io.netty.handler.ssl.SslProvider;

class NioJdkTlsClientTest extends TlsClientContract {
    @Override
    TestTransport transport() {
        return TestTransport.NIO;
    }

    @Override
    SslProvider provider() {
        return SslProvider.JDK;
    }
}
