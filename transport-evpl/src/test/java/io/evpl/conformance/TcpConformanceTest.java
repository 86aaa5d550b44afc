package io.evpl.conformance;

/** Programs on TCP. */
class TcpConformanceTest extends ConformanceContract {
    @Override
    ConformanceTransport open() throws Exception {
        return new TcpTransport();
    }
}
