package io.evpl.rpc2;

import io.netty.handler.ssl.SslProvider;

class EvplBoringSslTlsServerTest extends TlsServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.EVPL;
    }

    @Override
    SslProvider provider() {
        return SslProvider.OPENSSL;
    }
}
