package io.evpl.conformance;

/** Programs on unix stream sockets with abstract names. */
class UnixAbstractConformanceTest extends ConformanceContract {
    @Override
    ConformanceTransport open() throws Exception {
        return new UnixTransport(UnixTransport.Names.ABSTRACT);
    }
}
