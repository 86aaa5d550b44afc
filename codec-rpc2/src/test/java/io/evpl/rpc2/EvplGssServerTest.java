package io.evpl.rpc2;

class EvplGssServerTest extends GssServerContract {
    @Override
    TestTransport transport() {
        return TestTransport.EVPL;
    }
}
