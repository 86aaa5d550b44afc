package io.evpl.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.Poll;
import io.evpl.linux.epoll.Epoll;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.Sqe;
import io.evpl.loop.FdWatch;
import io.evpl.loop.Readiness;

/**
 * A descriptor of a user's or a source's, polled by the ring: with one operation that tells each edge, or, where the kernel has
 * no such poll (Linux before 5.13), with one for each direction that looks at the level and is prepared again when its user
 * has used up what it told.
 */
final class UringWatch implements FdWatch, Op.Target {
    private static final int FOR_GOOD = Poll.POLLERR | Poll.POLLHUP;

    private final UringSource source;
    private final int fd;
    private final int pollEvents;
    private final Readiness readiness;
    private final boolean multishot;
    private Op edges;
    private Op in;
    private Op out;
    /** An end has been told: the level would be told again without end. */
    private boolean over;
    private boolean closed;

    UringWatch(UringSource source, int fd, int pollEvents, Readiness readiness) {
        this.source = source;
        this.fd = fd;
        this.pollEvents = pollEvents;
        this.readiness = readiness;
        multishot = source.has(RingFeature.MULTISHOT_POLL);
        if (multishot) {
            pollEdges();
        } else {
            pollLevel(pollEvents);
        }
    }

    private void pollEdges() {
        edges = source.ops().begin(this, Op.POLL);
        Sqe.pollMultishot(source.ring().sqe(), fd, pollEvents | Epoll.EPOLLET, edges.id());
    }

    private void pollLevel(int directions) {
        if ((directions & Poll.POLLIN) != 0 && in == null) {
            in = pollOnce(Poll.POLLIN);
        }
        if ((directions & Poll.POLLOUT) != 0 && out == null) {
            out = pollOnce(Poll.POLLOUT);
        }
    }

    private Op pollOnce(int direction) {
        Op op = source.ops().begin(this, Op.POLL);
        Sqe.poll(source.ring().sqe(), fd, direction, op.id());
        return op;
    }

    @Override
    public void rearm(int directions) {
        if (!multishot && !over && !closed) {
            pollLevel(directions & pollEvents);
        }
    }

    @Override
    public void completed(Op op, int res, int flags, boolean more) {
        if (!more) {
            forget(op);
        }
        if (closed || source.isClosing() || res == -Errno.ECANCELED) {
            return;
        }
        int told = res < 0 ? Poll.POLLERR : res & (pollEvents | FOR_GOOD);
        over |= (told & FOR_GOOD) != 0;
        if (multishot && !more && res >= 0) {
            pollEdges(); // the completion queue was full; looks at the level first, so nothing is missed
        }
        readiness.ready(told);
    }

    private void forget(Op op) {
        if (op == edges) {
            edges = null;
        } else if (op == in) {
            in = null;
        } else {
            out = null;
        }
    }

    /** The kernel lets go of the descriptor when it sees the cancellations, at the turn's end. */
    @Override
    public void close() {
        closed = true;
        cancel(edges);
        cancel(in);
        cancel(out);
    }

    private void cancel(Op op) {
        if (op != null) {
            source.cancel(op);
        }
    }
}
