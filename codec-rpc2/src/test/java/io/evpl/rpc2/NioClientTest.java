package io.evpl.rpc2;

class NioClientTest extends ClientContract {
    @Override
    TestTransport transport() {
        return TestTransport.NIO;
    }
}
