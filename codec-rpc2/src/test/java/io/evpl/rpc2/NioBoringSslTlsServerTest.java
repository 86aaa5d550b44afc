package io.evpl.rpc2;

import io.netty.handler.ssl.SslProvider;

class NioBoringSslTlsServerTest extends TlsServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.NIO;
    }

    @Override
    SslProvider provider() {
        return SslProvider.OPENSSL;
    }
}
