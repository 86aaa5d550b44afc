package io.evpl.examples.perf.soak;

/** How a connection ends, the client's doing. */
enum Ending {
    /** The client closes when it has the whole response. */
    CLOSE,
    /** The client ends its direction after the request, the server closes after its response. */
    HALF_CLOSE,
    /** The client lets go in the midst of the response, without lingering. */
    RESET
}
