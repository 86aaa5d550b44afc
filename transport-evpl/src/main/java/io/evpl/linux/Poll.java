package io.evpl.linux;

/**
 * What a descriptor is ready for: events of poll(2), whose bits epoll(7) and io_uring share.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class Poll {
    public static final int POLLIN = 0x1;
    public static final int POLLOUT = 0x4;
    public static final int POLLERR = 0x8;
    public static final int POLLHUP = 0x10;

    private Poll() {
    }
}
