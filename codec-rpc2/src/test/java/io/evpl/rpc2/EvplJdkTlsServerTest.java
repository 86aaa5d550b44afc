package io.evpl.rpc2;

import io.netty.handler.ssl.SslProvider;

class EvplJdkTlsServerTest extends TlsServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.EVPL;
    }

    @Override
    SslProvider provider() {
        return SslProvider.JDK;
    }
}
