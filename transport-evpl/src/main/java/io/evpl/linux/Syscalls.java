package io.evpl.linux;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * System calls. Each method is the call of the same name in section 2 of the manual: arguments as there, addresses as
 * {@code long}; the result is the call's own when it is 0 or more, else {@code -errno}. Safe on any thread. Memory that
 * an address points to is the caller's, and must stay reachable until the method returns.
 */
public final class Syscalls {
    private static final int SYS_EPOLL_PWAIT2 = 441;
    private static final int SYS_IO_URING_SETUP = 425;
    private static final int SYS_IO_URING_ENTER = 426;
    private static final int SYS_IO_URING_REGISTER = 427;

    /** io_uring has no wrappers in the C library: {@code syscall(2)} with the numbers above, alike on every 64-bit CPU. */
    private static final MethodHandle SYSCALL6 = Foreign.variadic("syscall", 1, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle SOCKET = Foreign.function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = Foreign.function("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle LISTEN = Foreign.function("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CONNECT = Foreign.function("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SHUTDOWN = Foreign.function("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = Foreign.function("getsockname", JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GETPEERNAME = Foreign.function("getpeername", JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GETSOCKOPT = Foreign.function("getsockopt", JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SETSOCKOPT = Foreign.function("setsockopt", JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle READ = Foreign.function("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE = Foreign.function("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CLOSE = Foreign.function("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENTFD = Foreign.function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle MMAP = Foreign.function("mmap", JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = Foreign.function("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle ENTER = Foreign.plainVariadic("syscall", 1, JAVA_LONG,
            JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);

    // Each signature that is linked becomes a dozen classes of the JDK's. So those that a process may do without are linked when
    // the first of their kind is called.

    /** What a loop on epoll calls. With a ring, the kernel is told to do these. */
    private static final class Readiness {
        static final MethodHandle ACCEPT4 = Foreign.function("accept4", JAVA_INT,
                JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
        static final MethodHandle RECV = Foreign.function("recv", JAVA_LONG,
                JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
        static final MethodHandle SEND = Foreign.function("send", JAVA_LONG,
                JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
        static final MethodHandle SENDMSG = Foreign.function("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
        static final MethodHandle RECVMSG = Foreign.function("recvmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
        static final MethodHandle EPOLL_CREATE1 = Foreign.function("epoll_create1", JAVA_INT, JAVA_INT);
        static final MethodHandle EPOLL_CTL = Foreign.function("epoll_ctl", JAVA_INT,
                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
        static final MethodHandle EPOLL_WAIT = Foreign.function("epoll_wait", JAVA_INT,
                JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
        static final MethodHandle EPOLL_LOOK = Foreign.plain("epoll_wait", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    }

    /** Datagrams on epoll. */
    private static final class Packets {
        static final MethodHandle RECVMMSG = Foreign.function("recvmmsg", JAVA_INT,
                JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
        static final MethodHandle SENDMMSG = Foreign.function("sendmmsg", JAVA_INT,
                JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    }

    /** What most processes never call, or once. */
    private static final class Seldom {
        static final MethodHandle SOCKETPAIR = Foreign.function("socketpair", JAVA_INT,
                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
        static final MethodHandle TIMERFD_CREATE = Foreign.function("timerfd_create", JAVA_INT, JAVA_INT, JAVA_INT);
        static final MethodHandle TIMERFD_SETTIME = Foreign.function("timerfd_settime", JAVA_INT,
                JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
        static final MethodHandle SCHED_SETAFFINITY = Foreign.function("sched_setaffinity", JAVA_INT,
                JAVA_INT, JAVA_LONG, JAVA_LONG);
        static final MethodHandle SCHED_GETAFFINITY = Foreign.function("sched_getaffinity", JAVA_INT,
                JAVA_INT, JAVA_LONG, JAVA_LONG);
        static final MethodHandle GETTID = Foreign.function("gettid", JAVA_INT);
        static final MethodHandle UNAME = Foreign.function("uname", JAVA_INT, JAVA_LONG);
        static final MethodHandle GETRLIMIT = Foreign.function("getrlimit", JAVA_INT, JAVA_INT, JAVA_LONG);
    }

    // What call() switches over; system calls without a wrapper go by their negative number.
    private static final int CALL_SOCKET = 1;
    private static final int CALL_SOCKETPAIR = 2;
    private static final int CALL_BIND = 3;
    private static final int CALL_LISTEN = 4;
    private static final int CALL_ACCEPT4 = 5;
    private static final int CALL_CONNECT = 6;
    private static final int CALL_SHUTDOWN = 7;
    private static final int CALL_GETSOCKNAME = 8;
    private static final int CALL_GETPEERNAME = 9;
    private static final int CALL_GETSOCKOPT = 10;
    private static final int CALL_SETSOCKOPT = 11;
    private static final int CALL_RECV = 12;
    private static final int CALL_SEND = 13;
    private static final int CALL_SENDMSG = 14;
    private static final int CALL_READ = 15;
    private static final int CALL_WRITE = 16;
    private static final int CALL_CLOSE = 17;
    private static final int CALL_EPOLL_CREATE1 = 18;
    private static final int CALL_EPOLL_CTL = 19;
    private static final int CALL_EPOLL_WAIT = 20;
    private static final int CALL_EVENTFD = 21;
    private static final int CALL_TIMERFD_CREATE = 22;
    private static final int CALL_TIMERFD_SETTIME = 23;
    private static final int CALL_MMAP = 24;
    private static final int CALL_MUNMAP = 25;
    private static final int CALL_SCHED_SETAFFINITY = 26;
    private static final int CALL_SCHED_GETAFFINITY = 27;
    private static final int CALL_GETTID = 28;
    private static final int CALL_UNAME = 29;
    private static final int CALL_GETRLIMIT = 30;
    private static final int CALL_RECVMMSG = 31;
    private static final int CALL_SENDMMSG = 32;
    private static final int CALL_RECVMSG = 33;

    private Syscalls() {
    }

    /** Creates a ring. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/io_uring_setup.2.html">io_uring_setup(2)</a> */
    public static int ioUringSetup(int entries, long params) {
        return (int) call(-SYS_IO_URING_SETUP, entries, params, 0, 0, 0, 0);
    }

    /**
     * Submits and waits. The one call of a loop's every turn does without errno, whose capture may allocate (see
     * {@code call}): what fails has consumed nothing, and is called again, without waiting, to learn why. So a wait that
     * times out or is interrupted reads as 0.
     *
     * @return entries consumed, or -errno
     * @see <a href="https://man7.org/linux/man-pages/man2/io_uring_enter.2.html">io_uring_enter(2)</a>
     */
    public static int ioUringEnter(int ring, int toSubmit, int minComplete, int flags, long argument, long argumentBytes) {
        int result;
        try {
            result = (int) (long) ENTER.invokeExact((long) SYS_IO_URING_ENTER, ring, toSubmit, minComplete, flags, argument,
                    argumentBytes);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
        return result >= 0 ? result : (int) call(-SYS_IO_URING_ENTER, ring, toSubmit, 0, flags, argument, argumentBytes);
    }

    /** Registers a resource with a ring. @return 0 or more, or -errno @see <a href="https://man7.org/linux/man-pages/man2/io_uring_register.2.html">io_uring_register(2)</a> */
    public static int ioUringRegister(int ring, int operation, long argument, int argumentCount) {
        return (int) call(-SYS_IO_URING_REGISTER, ring, operation, argument, argumentCount, 0, 0);
    }

    /** Waits for events, to the nanosecond. Linux 5.11. @return how many, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_pwait2.2.html">epoll_pwait2(2)</a> */
    public static int epollPwait2(int epoll, long events, int maxEvents, long timespec) {
        return (int) call(-SYS_EPOLL_PWAIT2, epoll, events, maxEvents, timespec, 0, 0);
    }

    /**
     * All calls. In one place and not in each method for HotSpot's sake: a method of more than FreqInlineSize (325) bytes is
     * not inlined into its callers but compiled by itself, so that the capture segment's slice, which every downcall with
     * errno makes, is found not to escape and is not allocated. Inlined into a deep loop it would be beyond MaxInlineLevel, and
     * cost 40 bytes a call.
     *
     * @param function a {@code CALL_*}, or the negative number of a call that the C library does not wrap
     */
    private static long call(int function, long a, long b, long c, long d, long e, long f) {
        MemorySegment errno = Foreign.errno();
        try {
            long result = switch (function) {
                case CALL_SOCKET -> (int) SOCKET.invokeExact(errno, (int) a, (int) b, (int) c);
                case CALL_SOCKETPAIR -> (int) Seldom.SOCKETPAIR.invokeExact(errno, (int) a, (int) b, (int) c, d);
                case CALL_BIND -> (int) BIND.invokeExact(errno, (int) a, b, (int) c);
                case CALL_LISTEN -> (int) LISTEN.invokeExact(errno, (int) a, (int) b);
                case CALL_ACCEPT4 -> (int) Readiness.ACCEPT4.invokeExact(errno, (int) a, b, c, (int) d);
                case CALL_CONNECT -> (int) CONNECT.invokeExact(errno, (int) a, b, (int) c);
                case CALL_SHUTDOWN -> (int) SHUTDOWN.invokeExact(errno, (int) a, (int) b);
                case CALL_GETSOCKNAME -> (int) GETSOCKNAME.invokeExact(errno, (int) a, b, c);
                case CALL_GETPEERNAME -> (int) GETPEERNAME.invokeExact(errno, (int) a, b, c);
                case CALL_GETSOCKOPT -> (int) GETSOCKOPT.invokeExact(errno, (int) a, (int) b, (int) c, d, e);
                case CALL_SETSOCKOPT -> (int) SETSOCKOPT.invokeExact(errno, (int) a, (int) b, (int) c, d, (int) e);
                case CALL_RECV -> (long) Readiness.RECV.invokeExact(errno, (int) a, b, c, (int) d);
                case CALL_SEND -> (long) Readiness.SEND.invokeExact(errno, (int) a, b, c, (int) d);
                case CALL_SENDMSG -> (long) Readiness.SENDMSG.invokeExact(errno, (int) a, b, (int) c);
                case CALL_RECVMMSG -> (int) Packets.RECVMMSG.invokeExact(errno, (int) a, b, (int) c, (int) d, 0L);
                case CALL_SENDMMSG -> (int) Packets.SENDMMSG.invokeExact(errno, (int) a, b, (int) c, (int) d);
                case CALL_RECVMSG -> (long) Readiness.RECVMSG.invokeExact(errno, (int) a, b, (int) c);
                case CALL_READ -> (long) READ.invokeExact(errno, (int) a, b, c);
                case CALL_WRITE -> (long) WRITE.invokeExact(errno, (int) a, b, c);
                case CALL_CLOSE -> (int) CLOSE.invokeExact(errno, (int) a);
                case CALL_EPOLL_CREATE1 -> (int) Readiness.EPOLL_CREATE1.invokeExact(errno, (int) a);
                case CALL_EPOLL_CTL -> (int) Readiness.EPOLL_CTL.invokeExact(errno, (int) a, (int) b, (int) c, d);
                case CALL_EPOLL_WAIT -> (int) Readiness.EPOLL_WAIT.invokeExact(errno, (int) a, b, (int) c, (int) d);
                case CALL_EVENTFD -> (int) EVENTFD.invokeExact(errno, (int) a, (int) b);
                case CALL_TIMERFD_CREATE -> (int) Seldom.TIMERFD_CREATE.invokeExact(errno, (int) a, (int) b);
                case CALL_TIMERFD_SETTIME -> (int) Seldom.TIMERFD_SETTIME.invokeExact(errno, (int) a, (int) b, c, d);
                case CALL_MMAP -> (long) MMAP.invokeExact(errno, a, b, (int) c, (int) d, (int) e, f);
                case CALL_MUNMAP -> (int) MUNMAP.invokeExact(errno, a, b);
                case CALL_SCHED_SETAFFINITY -> (int) Seldom.SCHED_SETAFFINITY.invokeExact(errno, (int) a, b, c);
                case CALL_SCHED_GETAFFINITY -> (int) Seldom.SCHED_GETAFFINITY.invokeExact(errno, (int) a, b, c);
                case CALL_GETTID -> (int) Seldom.GETTID.invokeExact(errno);
                case CALL_UNAME -> (int) Seldom.UNAME.invokeExact(errno, a);
                case CALL_GETRLIMIT -> (int) Seldom.GETRLIMIT.invokeExact(errno, (int) a, b);
                default -> (long) SYSCALL6.invokeExact(errno, (long) -function, a, b, c, d, e, f);
            };
            return result >= 0 ? result : Foreign.failure(errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Opens a socket. @return the descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a> */
    public static int socket(int domain, int type, int protocol) {
        return (int) call(CALL_SOCKET, domain, type, protocol, 0, 0, 0);
    }

    /** Opens two connected sockets into the two ints at {@code pair}. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a> */
    public static int socketpair(int domain, int type, int protocol, long pair) {
        return (int) call(CALL_SOCKETPAIR, domain, type, protocol, pair, 0, 0);
    }

    /** Gives a socket its local address. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a> */
    public static int bind(int fd, long address, int addressBytes) {
        return (int) call(CALL_BIND, fd, address, addressBytes, 0, 0, 0);
    }

    /** Makes a socket accept connections. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a> */
    public static int listen(int fd, int backlog) {
        return (int) call(CALL_LISTEN, fd, backlog, 0, 0, 0, 0);
    }

    /** Takes one connection off the backlog. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/accept4.2.html">accept4(2)</a> */
    public static int accept4(int fd, long address, long addressBytes, int flags) {
        return (int) call(CALL_ACCEPT4, fd, address, addressBytes, flags, 0, 0);
    }

    /** Begins a connection. @return 0, or -EINPROGRESS, or -errno @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a> */
    public static int connect(int fd, long address, int addressBytes) {
        return (int) call(CALL_CONNECT, fd, address, addressBytes, 0, 0, 0);
    }

    /** Ends one or both directions. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</a> */
    public static int shutdown(int fd, int how) {
        return (int) call(CALL_SHUTDOWN, fd, how, 0, 0, 0, 0);
    }

    /** Reads the local address. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a> */
    public static int getsockname(int fd, long address, long addressBytes) {
        return (int) call(CALL_GETSOCKNAME, fd, address, addressBytes, 0, 0, 0);
    }

    /** Reads the remote address. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a> */
    public static int getpeername(int fd, long address, long addressBytes) {
        return (int) call(CALL_GETPEERNAME, fd, address, addressBytes, 0, 0, 0);
    }

    /** Reads a socket option. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getsockopt.2.html">getsockopt(2)</a> */
    public static int getsockopt(int fd, int level, int option, long value, long valueBytes) {
        return (int) call(CALL_GETSOCKOPT, fd, level, option, value, valueBytes, 0);
    }

    /** Sets a socket option. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a> */
    public static int setsockopt(int fd, int level, int option, long value, int valueBytes) {
        return (int) call(CALL_SETSOCKOPT, fd, level, option, value, valueBytes, 0);
    }

    /** Receives into {@code buffer}. @return bytes received, 0 at the end of the stream, or -errno @see <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</a> */
    public static long recv(int fd, long buffer, long bytes, int flags) {
        return call(CALL_RECV, fd, buffer, bytes, flags, 0, 0);
    }

    /** Sends from {@code buffer}. @return bytes taken, perhaps fewer than given, or -errno @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a> */
    public static long send(int fd, long buffer, long bytes, int flags) {
        return call(CALL_SEND, fd, buffer, bytes, flags, 0, 0);
    }

    /** Sends what a msghdr describes. @return bytes taken, perhaps fewer than given, or -errno @see <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a> */
    public static long sendmsg(int fd, long message, int flags) {
        return call(CALL_SENDMSG, fd, message, flags, 0, 0, 0);
    }

    /** Receives up to {@code count} messages into an array of mmsghdr, without a time limit. @return how many, or -errno @see <a href="https://man7.org/linux/man-pages/man2/recvmmsg.2.html">recvmmsg(2)</a> */
    public static int recvmmsg(int fd, long messages, int count, int flags) {
        return (int) call(CALL_RECVMMSG, fd, messages, count, flags, 0, 0);
    }

    /** Sends the messages of an array of mmsghdr. @return how many, up to the first that failed, or the first one's -errno @see <a href="https://man7.org/linux/man-pages/man2/sendmmsg.2.html">sendmmsg(2)</a> */
    public static int sendmmsg(int fd, long messages, int count, int flags) {
        return (int) call(CALL_SENDMMSG, fd, messages, count, flags, 0, 0);
    }

    /** Receives into what a msghdr describes. @return bytes received, 0 at the end of a stream, or -errno @see <a href="https://man7.org/linux/man-pages/man2/recvmsg.2.html">recvmsg(2)</a> */
    public static long recvmsg(int fd, long message, int flags) {
        return call(CALL_RECVMSG, fd, message, flags, 0, 0, 0);
    }

    /** Reads into {@code buffer}. @return bytes read, or -errno @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a> */
    public static long read(int fd, long buffer, long bytes) {
        return call(CALL_READ, fd, buffer, bytes, 0, 0, 0);
    }

    /** Writes from {@code buffer}. @return bytes written, or -errno @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a> */
    public static long write(int fd, long buffer, long bytes) {
        return call(CALL_WRITE, fd, buffer, bytes, 0, 0, 0);
    }

    /** Closes a descriptor. It is gone even when an error comes back. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a> */
    public static int close(int fd) {
        return (int) call(CALL_CLOSE, fd, 0, 0, 0, 0, 0);
    }

    /** Opens an epoll instance. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_create1.2.html">epoll_create1(2)</a> */
    public static int epollCreate1(int flags) {
        return (int) call(CALL_EPOLL_CREATE1, flags, 0, 0, 0, 0, 0);
    }

    /** Adds, changes or removes a watched descriptor. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a> */
    public static int epollCtl(int epoll, int operation, int fd, long event) {
        return (int) call(CALL_EPOLL_CTL, epoll, operation, fd, event, 0, 0);
    }

    /** Waits for events. @return how many, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</a> */
    public static int epollWait(int epoll, long events, int maxEvents, int timeoutMs) {
        return (int) call(CALL_EPOLL_WAIT, epoll, events, maxEvents, timeoutMs, 0, 0);
    }

    /**
     * As {@link #epollWait} without waiting, for loops that spin: a failure reads as no event, and shows at the next wait.
     *
     * @return how many, 0 or more
     */
    public static int epollLook(int epoll, long events, int maxEvents) {
        try {
            return Math.max((int) Readiness.EPOLL_LOOK.invokeExact(epoll, events, maxEvents, 0), 0);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Opens an event counter. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a> */
    public static int eventfd(int initial, int flags) {
        return (int) call(CALL_EVENTFD, initial, flags, 0, 0, 0, 0);
    }

    /** Opens a timer. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/timerfd_create.2.html">timerfd_create(2)</a> */
    public static int timerfdCreate(int clock, int flags) {
        return (int) call(CALL_TIMERFD_CREATE, clock, flags, 0, 0, 0, 0);
    }

    /** Arms or disarms a timer. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/timerfd_settime.2.html">timerfd_settime(2)</a> */
    public static int timerfdSettime(int fd, int flags, long newValue, long oldValue) {
        return (int) call(CALL_TIMERFD_SETTIME, fd, flags, newValue, oldValue, 0, 0);
    }

    /** Maps memory. @return the address, or -errno @see <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">mmap(2)</a> */
    public static long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        return call(CALL_MMAP, address, bytes, protection, flags, fd, offset);
    }

    /** Unmaps memory. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/munmap.2.html">munmap(2)</a> */
    public static int munmap(long address, long bytes) {
        return (int) call(CALL_MUNMAP, address, bytes, 0, 0, 0, 0);
    }

    /** Binds a thread to CPUs; 0 is the caller. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_setaffinity(2)</a> */
    public static int schedSetaffinity(int tid, long maskBytes, long mask) {
        return (int) call(CALL_SCHED_SETAFFINITY, tid, maskBytes, mask, 0, 0, 0);
    }

    /** Reads the CPUs a thread may run on; 0 is the caller. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/sched_getaffinity.2.html">sched_getaffinity(2)</a> */
    public static int schedGetaffinity(int tid, long maskBytes, long mask) {
        return (int) call(CALL_SCHED_GETAFFINITY, tid, maskBytes, mask, 0, 0, 0);
    }

    /** The kernel's id of the calling thread. @return the id, or -errno @see <a href="https://man7.org/linux/man-pages/man2/gettid.2.html">gettid(2)</a> */
    public static int gettid() {
        return (int) call(CALL_GETTID, 0, 0, 0, 0, 0, 0);
    }

    /** Names the kernel. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/uname.2.html">uname(2)</a> */
    public static int uname(long utsname) {
        return (int) call(CALL_UNAME, utsname, 0, 0, 0, 0, 0);
    }

    /** Reads a resource limit. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit(2)</a> */
    public static int getrlimit(int resource, long rlimit) {
        return (int) call(CALL_GETRLIMIT, resource, rlimit, 0, 0, 0, 0);
    }
}
