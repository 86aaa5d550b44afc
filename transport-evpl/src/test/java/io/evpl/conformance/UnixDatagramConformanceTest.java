package io.evpl.conformance;

/** Programs on unix datagrams. */
class UnixDatagramConformanceTest extends ConformanceContract {
    @Override
    ConformanceTransport open() throws Exception {
        return new UnixDatagramTransport(UnixTransport.Names.PATH);
    }
}
