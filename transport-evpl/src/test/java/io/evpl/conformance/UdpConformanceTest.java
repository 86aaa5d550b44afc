package io.evpl.conformance;

/** Programs on UDP. */
class UdpConformanceTest extends ConformanceContract {
    @Override
    ConformanceTransport open() {
        return new UdpTransport();
    }
}
