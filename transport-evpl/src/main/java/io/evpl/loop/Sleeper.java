package io.evpl.loop;

import java.io.IOException;

/**
 * The source in which its loop sleeps: a ring or an epoll instance. A turn enters the kernel at most once through it:
 * in {@link IoSource#poll}, which also submits, or in {@link #sleep}.
 */
public interface Sleeper extends IoSource {
    /** Sleeping has no limit. */
    long FOREVER = -1;

    /** Whether a poll would find work, as far as memory shows. */
    boolean hasWork();

    /** As {@link #hasWork()}, for a loop that spins: a backend that memory does not tell asks its kernel. */
    boolean look();

    /**
     * Hands over what is prepared and sleeps until work arrives, {@link #wake()} is called or the time is over,
     * whichever is first. Returns early without reason at times.
     *
     * @param timeoutNs 1 or more, or {@link #FOREVER}
     */
    void sleep(long timeoutNs);

    /** Ends the present or the next {@link #sleep}. Any thread; one system call. */
    void wake();

    /**
     * Watches a descriptor, and says at once what it is ready for. Errors and hangups are told without being asked for.
     *
     * @param fd         of the caller's; one that can be polled, and that this sleeper does not watch
     * @param pollEvents of {@link io.evpl.linux.Poll}
     * @throws IOException the kernel refuses; nothing is left behind
     */
    FdWatch watchFd(int fd, int pollEvents, Readiness readiness) throws IOException;

    /** Kernel entries so far. */
    long enters();
}
