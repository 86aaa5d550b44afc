package io.evpl;

import io.evpl.uring.UringSource;

/** What tests of other packages look at. */
public final class LoopAccess {
    private LoopAccess() {
    }

    /** Operations that the kernel has of a loop; none on epoll. On the loop's thread. */
    public static int inFlight(EvplEventLoop loop) {
        assert loop.inEventLoop();
        return loop.transport() instanceof UringSource source ? source.inFlight() : 0;
    }
}
