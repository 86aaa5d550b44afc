package io.evpl.rpc2;

class NioRpcClientTest extends RpcClientContract {
    @Override
    TestTransport transport() {
        return TestTransport.NIO;
    }
}
