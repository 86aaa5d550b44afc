package io.evpl.foreign;

import io.netty.channel.SingleThreadEventLoop;
import io.netty.incubator.channel.uring.IOUringEventLoop;

/** The only class that knows netty-incubator-transport-io_uring, which is optional. Loaded where its loop is. */
final class IncubatorLoop {
    private IncubatorLoop() {
    }

    /** @return what hands the host's own operations to the kernel: while it has tasks, its loop does not */
    static Runnable submitting(SingleThreadEventLoop host) {
        IOUringEventLoop loop = (IOUringEventLoop) host;
        return loop::submitIO;
    }
}
