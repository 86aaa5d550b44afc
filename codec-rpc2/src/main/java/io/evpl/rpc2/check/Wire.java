package io.evpl.rpc2.check;

import java.io.IOException;

/** A way to a server, blocking. A peer that goes is an {@link Outcome}, not an exception. */
interface Wire extends AutoCloseable {
    /** Sends bytes as they are: a stream's with their marks, a datagram's without. */
    void send(byte[] bytes, Delivery delivery) throws IOException;

    /** The next reply; {@link Outcome.Kind#SILENCE} if none came in time. */
    Outcome receive() throws IOException;

    /** Goes amidst whatever was sent; the peer has noticed, or had time to. */
    void leave() throws IOException;

    /** Whether messages are framed by marks, and the peer can close. */
    boolean isStream();

    @Override
    void close();
}
