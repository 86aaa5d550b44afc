package io.evpl.linux.epoll;

import io.evpl.linux.NativeAddress;

/**
 * Constants of epoll(7), eventfd(2) and timerfd_create(2), and struct epoll_event.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class Epoll {
    public static final int EPOLLIN = 0x1;
    public static final int EPOLLPRI = 0x2;
    public static final int EPOLLOUT = 0x4;
    public static final int EPOLLERR = 0x8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLEXCLUSIVE = 1 << 28;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;
    public static final int EPOLL_CLOEXEC = 0x80000;

    public static final int EFD_SEMAPHORE = 1;
    public static final int EFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;

    public static final int CLOCK_MONOTONIC = 1;
    public static final int TFD_NONBLOCK = 0x800;
    public static final int TFD_CLOEXEC = 0x80000;
    public static final int TFD_TIMER_ABSTIME = 1;

    /** struct itimerspec, for timerfd_settime(2): two struct timespec, the repeat interval and the first expiry. */
    public static final int ITIMERSPEC_BYTES = 32;
    public static final int ITIMERSPEC_INTERVAL_SEC = 0;
    public static final int ITIMERSPEC_INTERVAL_NSEC = 8;
    public static final int ITIMERSPEC_VALUE_SEC = 16;
    public static final int ITIMERSPEC_VALUE_NSEC = 24;

    private static final String ARCH = System.getProperty("os.arch");

    /** sizeof(struct epoll_event) on this CPU. */
    public static final int EVENT_BYTES = eventBytes(ARCH);
    private static final int EVENT_EVENTS = 0;
    private static final int EVENT_DATA = eventData(ARCH);

    private Epoll() {
    }

    /** @return sizeof(struct epoll_event) on the CPU that the JDK calls {@code arch} */
    static int eventBytes(String arch) {
        return isPacked(arch) ? 12 : 16;
    }

    /** @return offset of the data word of struct epoll_event on the CPU that the JDK calls {@code arch} */
    static int eventData(String arch) {
        return isPacked(arch) ? 4 : 8;
    }

    /** EPOLL_PACKED in linux/eventpoll.h: on x86_64 alone the struct has no padding, so as to look as on 32 bits. */
    private static boolean isPacked(String arch) {
        return arch.equals("amd64") || arch.equals("x86_64");
    }

    /** Writes one event, for epoll_ctl(2). */
    public static void write(long event, int events, long data) {
        NativeAddress.putInt(event + EVENT_EVENTS, events);
        NativeAddress.putLong(event + EVENT_DATA, data);
    }

    /** @return EPOLLIN and so on of element {@code index} of what epoll_wait(2) filled */
    public static int events(long array, int index) {
        return NativeAddress.getInt(array + (long) index * EVENT_BYTES + EVENT_EVENTS);
    }

    /** @return what {@link #write} was given as {@code data} for this descriptor */
    public static long data(long array, int index) {
        return NativeAddress.getLong(array + (long) index * EVENT_BYTES + EVENT_DATA);
    }

    /** Writes a struct itimerspec that expires once; {@code 0, 0} disarms. */
    public static void writeTimer(long itimerspec, long seconds, long nanoseconds) {
        NativeAddress.putLong(itimerspec + ITIMERSPEC_INTERVAL_SEC, 0);
        NativeAddress.putLong(itimerspec + ITIMERSPEC_INTERVAL_NSEC, 0);
        NativeAddress.putLong(itimerspec + ITIMERSPEC_VALUE_SEC, seconds);
        NativeAddress.putLong(itimerspec + ITIMERSPEC_VALUE_NSEC, nanoseconds);
    }
}
