package io.evpl.channel;

import io.evpl.loop.Sleeper;

import java.io.IOException;

/** A backend as its loop sees it: the source it sleeps in, which also serves the channels. */
public interface Transport extends Sleeper {
    /** Binds to the calling thread, the loop's, before anything else. @throws IOException the kernel refuses */
    void start() throws IOException;

    StreamIo stream(StreamEvents events);

    ServerIo server(ServerEvents events);
}
