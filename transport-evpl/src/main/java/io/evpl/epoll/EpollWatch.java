package io.evpl.epoll;

import io.evpl.linux.Errno;
import io.evpl.loop.FdWatch;
import io.evpl.loop.Readiness;

import java.io.IOException;

/** A descriptor of a user's or a source's, watched for edges. EPOLL* and POLL* are the same bits. */
final class EpollWatch implements FdWatch, EpollSource.Target {
    private final EpollSource source;
    private final int fd;
    private final Readiness readiness;
    private final int place;

    EpollWatch(EpollSource source, int fd, int pollEvents, Readiness readiness) throws IOException {
        this.source = source;
        this.fd = fd;
        this.readiness = readiness;
        place = source.watch(fd, pollEvents, this);
        if (place < 0) {
            throw Errno.toException("epoll_ctl", place, "descriptor " + fd);
        }
    }

    @Override
    public void ready(int events) {
        readiness.ready(events);
    }

    /** Edges need no asking. */
    @Override
    public void rearm(int pollEvents) {
        // nothing was disarmed
    }

    @Override
    public void close() {
        source.unwatch(fd, place);
    }
}
