package io.evpl.linux;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * System calls on files, under the rules of {@link Syscalls}: none of them is on a hot path. A path is the address of a C
 * string.
 */
public final class FileCalls {
    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;

    public static final int O_PATH = 0x200000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_RDONLY = 0;

    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;

    public static final int F_DUPFD_CLOEXEC = 1030;

    // struct statx, alike on every CPU, which struct stat is not
    public static final int STATX_BYTES = 256;
    public static final int STATX_BASIC_STATS = 0x7ff;
    public static final int STX_UID = 20;
    public static final int STX_MODE = 28;
    public static final int STX_INO = 32;
    public static final int STX_DEV_MAJOR = 136;
    public static final int STX_DEV_MINOR = 140;

    public static final int S_IFMT = 0xf000;
    public static final int S_IFSOCK = 0xc000;
    public static final int S_IFLNK = 0xa000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFDIR = 0x4000;

    private static final MethodHandle OPEN = Foreign.variadic("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FCNTL = Foreign.variadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle FLOCK = Foreign.function("flock", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle STATX = Foreign.function("statx", JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle UNLINKAT = Foreign.function("unlinkat", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GETEUID = Foreign.plain("geteuid", JAVA_INT);

    private FileCalls() {
    }

    private static int result(int result, MemorySegment errno) {
        return result >= 0 ? result : (int) Foreign.failure(errno);
    }

    /** Opens a file or directory that exists. @return its descriptor, or -errno @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a> */
    public static int open(long path, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return result((int) OPEN.invokeExact(errno, path, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** A second descriptor of the same file, close-on-exec. @return it, or -errno @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2), F_DUPFD_CLOEXEC</a> */
    public static int duplicate(int fd) {
        MemorySegment errno = Foreign.errno();
        try {
            return result((int) FCNTL.invokeExact(errno, fd, F_DUPFD_CLOEXEC, 0L), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Locks or unlocks an open file. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/flock.2.html">flock(2)</a> */
    public static int flock(int fd, int operation) {
        MemorySegment errno = Foreign.errno();
        try {
            return result((int) FLOCK.invokeExact(errno, fd, operation), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Reads what a file is into {@link #STATX_BYTES} at {@code statx}. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/statx.2.html">statx(2)</a> */
    public static int statx(int directory, long path, int flags, int mask, long statx) {
        MemorySegment errno = Foreign.errno();
        try {
            return result((int) STATX.invokeExact(errno, directory, path, flags, mask, statx), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Removes a name; never follows a symbolic link. @return 0, or -errno @see <a href="https://man7.org/linux/man-pages/man2/unlinkat.2.html">unlinkat(2)</a> */
    public static int unlinkat(int directory, long path, int flags) {
        MemorySegment errno = Foreign.errno();
        try {
            return result((int) UNLINKAT.invokeExact(errno, directory, path, flags), errno);
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }

    /** Effective user id of the calling thread. @return it; never fails @see <a href="https://man7.org/linux/man-pages/man2/geteuid.2.html">geteuid(2)</a> */
    public static int geteuid() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable t) {
            throw Foreign.unexpected(t);
        }
    }
}
