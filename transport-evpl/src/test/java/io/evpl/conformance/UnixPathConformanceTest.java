package io.evpl.conformance;

/** Programs on unix stream sockets with paths. */
class UnixPathConformanceTest extends ConformanceContract {
    @Override
    ConformanceTransport open() throws Exception {
        return new UnixTransport(UnixTransport.Names.PATH);
    }
}
