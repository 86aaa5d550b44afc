package io.evpl.rpc2;

class EvplServerTest extends ServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.EVPL;
    }
}
