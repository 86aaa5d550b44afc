package io.evpl.linux;

import io.evpl.linux.epoll.Epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** Descriptors for tests, with the calls that the transport itself does not need: pipe2(2), open(2). All non-blocking. */
public final class TestFds {
    private static final MethodHandle PIPE2 = Foreign.plain("pipe2", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle OPEN = Foreign.plainVariadic("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;

    private TestFds() {
    }

    /** Two ends: the first is to be read, the second to be written. */
    public record Pair(int reader, int writer) {
        public void close() {
            Syscalls.close(reader);
            Syscalls.close(writer);
        }
    }

    public static Pair pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long fds = NativeAddress.allocate(arena, 8);
            return pair("pipe2", pipe2(fds), fds);
        }
    }

    private static int pipe2(long fds) {
        try {
            return (int) PIPE2.invokeExact(fds, O_NONBLOCK | O_CLOEXEC);
        } catch (Throwable e) {
            throw Foreign.unexpected(e);
        }
    }

    /** Connected sockets: each end may be read and written. */
    public static Pair sockets() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long fds = NativeAddress.allocate(arena, 8);
            return pair("socketpair", Syscalls.socketpair(AF_UNIX, SOCK_STREAM | O_NONBLOCK | O_CLOEXEC, 0, fds), fds);
        }
    }

    private static Pair pair(String call, int result, long fds) throws IOException {
        return new Pair(NativeAddress.getInt(fds + require(call, result)), NativeAddress.getInt(fds + Integer.BYTES));
    }

    public static int eventfd() throws IOException {
        return require("eventfd", Syscalls.eventfd(0, Epoll.EFD_NONBLOCK | Epoll.EFD_CLOEXEC));
    }

    /** A timer of the machine's clock that expires once, after {@code ns}. */
    public static int timerfd(long ns) throws IOException {
        int fd = require("timerfd_create", Syscalls.timerfdCreate(Epoll.CLOCK_MONOTONIC, Epoll.TFD_NONBLOCK | Epoll.TFD_CLOEXEC));
        try (Arena arena = Arena.ofConfined()) {
            long value = NativeAddress.allocate(arena, Epoll.ITIMERSPEC_BYTES);
            Epoll.writeTimer(value, 0, ns);
            require("timerfd_settime", Syscalls.timerfdSettime(fd, 0, value, 0));
        }
        return fd;
    }

    public static int open(String path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = (path + '\0').getBytes(StandardCharsets.UTF_8);
            long name = NativeAddress.allocate(arena, bytes.length);
            NativeAddress.copyIn(bytes, 0, name, bytes.length);
            return require("open", open(name));
        }
    }

    private static int open(long name) {
        try {
            return (int) OPEN.invokeExact(name, O_CLOEXEC);
        } catch (Throwable e) {
            throw Foreign.unexpected(e);
        }
    }

    /** @return bytes read, up to 8, or -errno */
    public static int read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) Syscalls.read(fd, NativeAddress.allocate(arena, Long.BYTES), Long.BYTES);
        }
    }

    /** Writes 8 bytes, an eventfd's 1. @return bytes written, or -errno */
    public static int write(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            long one = NativeAddress.allocate(arena, Long.BYTES);
            NativeAddress.putLong(one, 1);
            return (int) Syscalls.write(fd, one, Long.BYTES);
        }
    }

    private static int require(String call, int result) throws IOException {
        if (result < 0) {
            throw new IOException(call + ": " + result);
        }
        return result;
    }
}
