package io.evpl;

import io.evpl.linux.Poll;
import io.evpl.loop.Callback;
import io.evpl.loop.FdWatch;
import io.evpl.loop.TurnQueue;

/**
 * A descriptor of the user's that its loop watches: a pipe, an eventfd, a timerfd, a socket, inotify. Made by
 * {@link EvplEventLoop#watch}.
 *
 * <p>What a descriptor is ready for is remembered. While it is remembered and wanted, its callback comes once a turn and the
 * loop does not sleep; so a callback that leaves something unread loses nothing and holds up nobody. A callback that saw
 * {@code EAGAIN} says so with {@link #markUnreadable} or {@link #markUnwritable}. {@link #wantRead} and {@link #wantWrite}
 * cost no system call.
 *
 * <p>All methods are for the loop's thread and throw {@link IllegalStateException} on another. The descriptor must be
 * non-blocking if the callbacks read or write until {@code EAGAIN}; it stays the user's, who closes it after this event.
 */
public final class FdEvent implements AutoCloseable {
    private static final int ENDS = Poll.POLLERR | Poll.POLLHUP;

    /** What to do with a descriptor that is ready. On the loop's thread. What it throws is logged, and the loop goes on. */
    public interface Handler {
        /** There is something to read, or the end. Only while wanted. */
        default void readable(FdEvent event) {
        }

        /** There is room to write. Only while wanted. */
        default void writable(FdEvent event) {
        }

        /** The kernel reports an error (POLLERR): the reader of a pipe has gone, for instance. At most once. */
        default void error(FdEvent event) {
        }

        /** The other end has gone for good (POLLHUP). It is readable too: what is left, then the end. At most once. */
        default void hangup(FdEvent event) {
        }
    }

    private final EvplEventLoop loop;
    private final TurnQueue queue;
    private final Handler handler;
    private final int fd;
    private final TurnQueue.Entry entry = new TurnQueue.Entry(this::dispatch);
    private FdWatch watch;
    private int wanted;
    private int ready;
    /** Error and hangup: heard, and passed on. */
    private int ends;
    private int endsToldOf;
    private boolean closed;

    FdEvent(EvplEventLoop loop, TurnQueue queue, int fd, Handler handler) {
        this.loop = loop;
        this.queue = queue;
        this.fd = fd;
        this.handler = handler;
    }

    void watchedBy(FdWatch watch) {
        this.watch = watch;
    }

    public int fd() {
        return fd;
    }

    /** Whether {@link Handler#readable} is called. At first it is not. */
    public void wantRead(boolean on) {
        want("FdEvent.wantRead", Poll.POLLIN, on);
    }

    /** Whether {@link Handler#writable} is called. At first it is not. */
    public void wantWrite(boolean on) {
        want("FdEvent.wantWrite", Poll.POLLOUT, on);
    }

    /** A read found nothing: {@link Handler#readable} comes when there is something new. */
    public void markUnreadable() {
        forget("FdEvent.markUnreadable", Poll.POLLIN);
    }

    /** A write found no room: {@link Handler#writable} comes when there is some. */
    public void markUnwritable() {
        forget("FdEvent.markUnwritable", Poll.POLLOUT);
    }

    /** The user knows of something to read, in a buffer of its own perhaps: {@link Handler#readable} comes next turn. */
    public void markReadable() {
        loop.requireLoop("FdEvent.markReadable");
        told(Poll.POLLIN);
    }

    private void want(String call, int direction, boolean on) {
        loop.requireLoop(call);
        wanted = on ? wanted | direction : wanted & ~direction;
        queueIfDue();
    }

    private void forget(String call, int direction) {
        loop.requireLoop(call);
        if (!closed) {
            ready &= ~direction;
            watch.rearm(direction);
        }
    }

    /** From the backend. */
    void told(int pollEvents) {
        ready |= pollEvents & (Poll.POLLIN | Poll.POLLOUT);
        if ((pollEvents & Poll.POLLHUP) != 0) {
            ready |= Poll.POLLIN; // poll(2): after POLLHUP reads return what is left, then 0
        }
        ends |= pollEvents & ENDS;
        queueIfDue();
    }

    private boolean isDue(int event) {
        return !closed && ((ready & wanted | ends & ~endsToldOf) & event) != 0;
    }

    private void queueIfDue() {
        if (isDue(~0)) {
            queue.arm(entry);
        }
    }

    private void dispatch() {
        call(Poll.POLLIN);
        call(Poll.POLLOUT);
        call(Poll.POLLERR);
        call(Poll.POLLHUP);
        queueIfDue();
    }

    private void call(int event) {
        if (!isDue(event)) {
            return;
        }
        endsToldOf |= event & ENDS;
        try {
            switch (event) {
                case Poll.POLLIN -> handler.readable(this);
                case Poll.POLLOUT -> handler.writable(this);
                case Poll.POLLERR -> handler.error(this);
                case Poll.POLLHUP -> handler.hangup(this);
                default -> throw new AssertionError("event " + event);
            }
        } catch (Throwable e) {
            Callback.threw("handler of descriptor " + fd, handler, e);
        }
    }

    /**
     * Once this has returned there is no callback any more, whatever was heard already. In its own callback too. To be
     * called before the descriptor is closed: io_uring lets go of it only at the turn's end, and its number may soon be
     * somebody else's. Again does nothing.
     */
    @Override
    public void close() {
        loop.requireLoop("FdEvent.close");
        if (!closed) {
            closed = true;
            queue.cancel(entry);
            watch.close();
            loop.unwatched(fd);
        }
    }

    @Override
    public String toString() {
        return "FdEvent[" + fd + (closed ? ", closed]" : "]");
    }
}
