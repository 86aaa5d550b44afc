package io.evpl.conformance;

/** What a transport can do beyond connecting, sending and closing. */
enum Capability {
    /** Bytes without boundaries; without it, datagrams. */
    STREAM,
    /** One end connects to a listener and both hear of it, and of the other's close. */
    CONNECTED,
    /** Datagrams come in the order in which they were sent. */
    ORDERED,
    /** One direction ends without the other. */
    HALF_CLOSE,
    /** A connection can be torn down with data in flight. */
    RESET,
    /** Sends a {@link io.netty.channel.FileRegion}. */
    FILE
}
