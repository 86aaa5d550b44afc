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
    private static final MethodHandle SOCKETPAIR = Foreign.function("socketpair", JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle BIND = Foreign.function("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle LISTEN = Foreign.function("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT4 = Foreign.function("accept4", JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
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
    private static final MethodHandle RECV = Foreign.function("recv", JAVA_LONG,
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND = Foreign.function("send", JAVA_LONG,
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SENDMSG = Foreign.function("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle READ = Foreign.function("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE = Foreign.function("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CLOSE = Foreign.function("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CREATE1 = Foreign.function("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CTL = Foreign.function("epoll_ctl", JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle EPOLL_WAIT = Foreign.function("epoll_wait", JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENTFD = Foreign.function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle TIMERFD_CREATE = Foreign.function("timerfd_create", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle TIMERFD_SETTIME = Foreign.function("timerfd_settime", JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MMAP = Foreign.function("mmap", JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = Foreign.function("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SCHED_SETAFFINITY = Foreign.function("sched_setaffinity", JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SCHED_GETAFFINITY = Foreign.function("sched_getaffinity", JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GETTID = Foreign.function("gettid", JAVA_INT);
    private static final MethodHandle UNAME = Foreign.function("uname", JAVA_INT, JAVA_LONG);
    private static final MethodHandle GETRLIMIT = Foreign.function("getrlimit", JAVA_INT, JAVA_INT, JAVA_LONG);

    private Syscalls() {
    }

    /** Creates a ring. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/io_uring_setup.2.html">io_uring_setup(2)</a> */
    public static int ioUringSetup(int entries, long params) {
        return (int) syscall(SYS_IO_URING_SETUP, entries, params, 0, 0, 0, 0);
    }

    /** Submits and waits. @return entries consumed, or -errno @see <a href="https://man7.org/linux/man-pages/man2/io_uring_enter.2.html">io_uring_enter(2)</a> */
    public static int ioUringEnter(int ring, int toSubmit, int minComplete, int flags, long argument, long argumentBytes) {
        return (int) syscall(SYS_IO_URING_ENTER, ring, toSubmit, minComplete, flags, argument, argumentBytes);
    }

    /** Registers a resource with a ring. @return 0 or more, or -errno @see <a href="https://man7.org/linux/man-pages/man2/io_uring_register.2.html">io_uring_register(2)</a> */
    public static int ioUringRegister(int ring, int operation, long argument, int argumentCount) {
        return (int) syscall(SYS_IO_URING_REGISTER, ring, operation, argument, argumentCount, 0, 0);
    }

    /** Waits for events, to the nanosecond. Linux 5.11. @return how many, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_pwait2.2.html">epoll_pwait2(2)</a> */
    public static int epollPwait2(int epoll, long events, int maxEvents, long timespec) {
        return (int) syscall(SYS_EPOLL_PWAIT2, epoll, events, maxEvents, timespec, 0, 0);
    }

    private static long syscall(long number, long a, long b, long c, long d, long e, long f) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((long) SYSCALL6.invokeExact(errno, number, a, b, c, d, e, f), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Opens a socket. @return the descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a> */
    public static int socket(int domain, int type, int protocol) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) SOCKET.invokeExact(errno, domain, type, protocol), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Opens two connected sockets into the two ints at {@code pair}. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a> */
    public static int socketpair(int domain, int type, int protocol, long pair) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) SOCKETPAIR.invokeExact(errno, domain, type, protocol, pair), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Gives a socket its local address. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a> */
    public static int bind(int fd, long address, int addressBytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) BIND.invokeExact(errno, fd, address, addressBytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Makes a socket accept connections. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a> */
    public static int listen(int fd, int backlog) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) LISTEN.invokeExact(errno, fd, backlog), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Takes one connection off the backlog. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/accept4.2.html">accept4(2)</a> */
    public static int accept4(int fd, long address, long addressBytes, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) ACCEPT4.invokeExact(errno, fd, address, addressBytes, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Begins a connection. @return 0, or -EINPROGRESS, or -errno @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a> */
    public static int connect(int fd, long address, int addressBytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) CONNECT.invokeExact(errno, fd, address, addressBytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Ends one or both directions. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</a> */
    public static int shutdown(int fd, int how) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) SHUTDOWN.invokeExact(errno, fd, how), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Reads the local address. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a> */
    public static int getsockname(int fd, long address, long addressBytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) GETSOCKNAME.invokeExact(errno, fd, address, addressBytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Reads the remote address. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a> */
    public static int getpeername(int fd, long address, long addressBytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) GETPEERNAME.invokeExact(errno, fd, address, addressBytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Reads a socket option. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getsockopt.2.html">getsockopt(2)</a> */
    public static int getsockopt(int fd, int level, int option, long value, long valueBytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) GETSOCKOPT.invokeExact(errno, fd, level, option, value, valueBytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Sets a socket option. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a> */
    public static int setsockopt(int fd, int level, int option, long value, int valueBytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) SETSOCKOPT.invokeExact(errno, fd, level, option, value, valueBytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Receives into {@code buffer}. @return bytes received, 0 at the end of the stream, or -errno @see <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</a> */
    public static long recv(int fd, long buffer, long bytes, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((long) RECV.invokeExact(errno, fd, buffer, bytes, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Sends from {@code buffer}. @return bytes taken, perhaps fewer than given, or -errno @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a> */
    public static long send(int fd, long buffer, long bytes, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((long) SEND.invokeExact(errno, fd, buffer, bytes, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Sends what a msghdr describes. @return bytes taken, perhaps fewer than given, or -errno @see <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a> */
    public static long sendmsg(int fd, long message, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((long) SENDMSG.invokeExact(errno, fd, message, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Reads into {@code buffer}. @return bytes read, or -errno @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a> */
    public static long read(int fd, long buffer, long bytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((long) READ.invokeExact(errno, fd, buffer, bytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Writes from {@code buffer}. @return bytes written, or -errno @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a> */
    public static long write(int fd, long buffer, long bytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((long) WRITE.invokeExact(errno, fd, buffer, bytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Closes a descriptor. It is gone even when an error comes back. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a> */
    public static int close(int fd) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) CLOSE.invokeExact(errno, fd), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Opens an epoll instance. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_create1.2.html">epoll_create1(2)</a> */
    public static int epollCreate1(int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) EPOLL_CREATE1.invokeExact(errno, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Adds, changes or removes a watched descriptor. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a> */
    public static int epollCtl(int epoll, int operation, int fd, long event) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) EPOLL_CTL.invokeExact(errno, epoll, operation, fd, event), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Waits for events. @return how many, or -errno @see <a href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</a> */
    public static int epollWait(int epoll, long events, int maxEvents, int timeoutMs) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) EPOLL_WAIT.invokeExact(errno, epoll, events, maxEvents, timeoutMs), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Opens an event counter. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a> */
    public static int eventfd(int initial, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) EVENTFD.invokeExact(errno, initial, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Opens a timer. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/timerfd_create.2.html">timerfd_create(2)</a> */
    public static int timerfdCreate(int clock, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) TIMERFD_CREATE.invokeExact(errno, clock, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Arms or disarms a timer. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/timerfd_settime.2.html">timerfd_settime(2)</a> */
    public static int timerfdSettime(int fd, int flags, long newValue, long oldValue) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) TIMERFD_SETTIME.invokeExact(errno, fd, flags, newValue, oldValue), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Maps memory. @return the address, or -errno @see <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">mmap(2)</a> */
    public static long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((long) MMAP.invokeExact(errno, address, bytes, protection, flags, fd, offset), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Unmaps memory. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/munmap.2.html">munmap(2)</a> */
    public static int munmap(long address, long bytes) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) MUNMAP.invokeExact(errno, address, bytes), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Binds a thread to CPUs; 0 is the caller. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_setaffinity(2)</a> */
    public static int schedSetaffinity(int tid, long maskBytes, long mask) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) SCHED_SETAFFINITY.invokeExact(errno, tid, maskBytes, mask), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Reads the CPUs a thread may run on; 0 is the caller. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/sched_getaffinity.2.html">sched_getaffinity(2)</a> */
    public static int schedGetaffinity(int tid, long maskBytes, long mask) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) SCHED_GETAFFINITY.invokeExact(errno, tid, maskBytes, mask), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** The kernel's id of the calling thread. @return the id, or -errno @see <a href="https://man7.org/linux/man-pages/man2/gettid.2.html">gettid(2)</a> */
    public static int gettid() {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) GETTID.invokeExact(errno), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Names the kernel. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/uname.2.html">uname(2)</a> */
    public static int uname(long utsname) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) UNAME.invokeExact(errno, utsname), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Reads a resource limit. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit(2)</a> */
    public static int getrlimit(int resource, long rlimit) {
        MemorySegment errno = Foreign.errno();
        try {
            return Foreign.result((int) GETRLIMIT.invokeExact(errno, resource, rlimit), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }
}
