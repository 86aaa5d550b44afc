package io.evpl.rpc2;

class NioGssServerTest extends GssServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.NIO;
    }
}
