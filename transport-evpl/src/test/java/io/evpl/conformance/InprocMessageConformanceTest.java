package io.evpl.conformance;

import io.evpl.InprocKind;

/** Programs on messages within the process. */
class InprocMessageConformanceTest extends ConformanceContract {
    @Override
    ConformanceTransport open() throws Exception {
        return new InprocTransport(InprocKind.MESSAGE);
    }
}
