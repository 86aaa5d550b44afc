package io.evpl.rpc2;

class EvplRpcClientTest extends RpcClientContract {
    @Override
    TestTransport transport() {
        return TestTransport.EVPL;
    }
}
