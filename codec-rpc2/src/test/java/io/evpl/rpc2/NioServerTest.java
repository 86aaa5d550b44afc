package io.evpl.rpc2;

class NioServerTest extends ServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.NIO;
    }
}
