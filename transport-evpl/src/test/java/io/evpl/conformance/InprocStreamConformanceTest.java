package io.evpl.conformance;

import io.evpl.InprocKind;

/** Programs on streams within the process. */
class InprocStreamConformanceTest extends ConformanceContract {
    @Override
    ConformanceTransport open() throws Exception {
        return new InprocTransport(InprocKind.STREAM);
    }
}
