package io.evpl.rpc2;

class EvplClientTest extends ClientContract {
    @Override
    TestTransport transport() {
        return TestTransport.EVPL;
    }
}
