package io.evpl.channel;

import io.evpl.loop.Sleeper;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** A backend as its loop sees it: the source it sleeps in, which also serves the channels. */
public interface Transport extends Sleeper {
    /** Binds to the calling thread, the loop's, before anything else. @throws IOException the kernel refuses */
    void start() throws IOException;

    /** As {@link #start}, for a loop that does not sleep in it but waits for its {@link #wakeFd}. */
    default void startHosted() throws IOException {
        start();
    }

    StreamIo stream(StreamEvents events);

    ChannelIo server(ServerEvents events);

    /** @throws IOException the kernel has no memory for a loop's first datagram channel */
    DatagramIo datagram(DatagramEvents events) throws IOException;

    /**
     * Serves this loop's channels until {@code busy} is false: a channel that was told to {@code cancel} and leaves its loop
     * open waits so for the kernel. From a task, never from an event of a channel's.
     */
    void settle(BooleanSupplier busy);

    /** Memory that is lent to the kernel to receive into, for whichever channel has data. Nearly so on other threads. */
    long lentBytes();
}
