package io.evpl.channel;

import io.evpl.linux.Errno;
import io.evpl.linux.FileCalls;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.netty.channel.unix.DomainSocketAddress;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.BindException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;

/**
 * The file that a unix socket is bound to: made by bind(2), and left behind by a process that is killed. Such a stale file is
 * taken over by the next bind; anything else that is in the way stays, and is named in the exception.
 *
 * <p>Stale is only what is a socket, belongs to our own effective user (root is no exception: it takes over root's only), and
 * refuses a connection of the right type. A path changes hands under a lock on its directory, flock(2), which is also
 * held from bind(2) to listen(2), when a socket is alive and refuses all the same: of evpl's servers none ever removes
 * another's socket. What others put there in the instant between our last look at the file and its removal is not safe.
 */
public final class SocketFile {
    /** An abstract name: no file. */
    private static final SocketFile NONE = new SocketFile(null, null);
    /** The lock is held for microseconds; whoever holds it longer must not hang a loop. */
    private static final int LOCK_TRIES = 1000;

    private final String path;
    /** Null if there is nothing to be removed. */
    private Entry bound;

    private SocketFile(String path, Entry bound) {
        this.path = path;
        this.bound = bound;
    }

    /**
     * Binds {@code fd}. Any thread; makes a dozen system calls.
     *
     * @param type   SOCK_STREAM or SOCK_DGRAM, what {@code fd} is
     * @param listen runs once the socket is bound, and returns 0 or -errno: listen(2) for streams, nothing for datagrams
     * @throws BindException path and reason, and what mends it; nothing was removed but a stale socket of our own, nothing
     *                       was left behind
     */
    public static SocketFile bind(int fd, int type, SocketAddress address, IntSupplier listen) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            int nameBytes = AddressFamily.UNIX.write(address, name);
            String path = ((DomainSocketAddress) address).path();
            if (path.charAt(0) == 0) {
                checked(Syscalls.bind(fd, name, nameBytes), "bind", "@" + path.substring(1));
                checked(listen.getAsInt(), "listen", "@" + path.substring(1));
                return NONE;
            }
            try (Directory directory = new Directory(path, arena)) {
                directory.lock(FileCalls.LOCK_SH);
                int result = Syscalls.bind(fd, name, nameBytes);
                if (result == -Errno.EADDRINUSE) {
                    makeWay(directory, type, name, nameBytes, path);
                    result = Syscalls.bind(fd, name, nameBytes);
                }
                checked(result, "bind", path);
                SocketFile file = new SocketFile(path, directory.find());
                result = listen.getAsInt();
                if (result < 0) {
                    file.remove();
                }
                checked(result, "listen", path);
                return file;
            }
        }
    }

    /**
     * Removes the file if it is still the one that was bound, so that nobody's successor loses his. Call before the descriptor
     * is closed: until then others see that the socket is alive. Does nothing the second time.
     */
    public void remove() {
        Entry mine = bound;
        bound = null;
        if (mine == null) {
            return;
        }
        try (Arena arena = Arena.ofConfined(); Directory directory = new Directory(path, arena)) {
            if (mine.isSame(directory.find())) {
                directory.unlink(); // refused, it stays as a stale file: the next bind deals with it, or says why not
            }
        }
    }

    /** Removes a stale socket; returns if the path is free. */
    private static void makeWay(Directory directory, int type, long name, int nameBytes, String path)
            throws BindException {
        if (!directory.lock(FileCalls.LOCK_EX)) {
            throw inUse(path, "whether it is stale cannot be told, because its directory cannot be read and locked, or another"
                    + " process has the lock: make it readable, and try again");
        }
        Entry found = directory.find();
        if (found == null) {
            return;
        }
        if (!found.isSocket()) {
            throw inUse(path, "it is a " + found.kind() + ", which is never removed: move it away, or choose another path");
        }
        int user = FileCalls.geteuid();
        if (found.owner != user) {
            throw inUse(path, "the socket is of user " + Integer.toUnsignedString(found.owner) + ", this process of user "
                    + Integer.toUnsignedString(user) + ", and only a user's own sockets are removed");
        }
        int probed = probe(type, name, nameBytes);
        if (probed != -Errno.ECONNREFUSED) {
            throw inUse(path, "a process is using the socket" + (probed < 0 ? " (" + Errno.text(-probed) + ")" : ""));
        }
        if (!found.isSame(directory.find())) {
            throw inUse(path, "it has just changed hands");
        }
        int result = directory.unlink();
        if (result < 0) {
            throw inUse(path, "the socket is stale, but cannot be removed: " + Errno.text(-result));
        }
    }

    private static BindException inUse(String path, String why) {
        return new BindException("bind(..) failed: " + Errno.text(Errno.EADDRINUSE) + ": " + path + ": " + why);
    }

    /** Connects as a client would, without waiting. @return 0 or more, or -errno */
    private static int probe(int type, long name, int nameBytes) {
        int fd = Syscalls.socket(SockAddr.AF_UNIX, type | SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return fd;
        }
        int result = Syscalls.connect(fd, name, nameBytes);
        Syscalls.close(fd);
        return result;
    }

    private static void checked(int result, String call, String path) throws IOException {
        String remedy = switch (-result) {
            case Errno.EACCES -> ": user " + Integer.toUnsignedString(FileCalls.geteuid())
                    + " must be allowed to write to its directory";
            case Errno.EROFS -> ": its file system is read-only";
            case Errno.ENOENT, Errno.ENOTDIR -> ": its directory must exist";
            default -> "";
        };
        if (!remedy.isEmpty()) {
            throw new BindException(call + "(..) failed: " + Errno.text(-result) + ": " + path + remedy);
        }
        if (result < 0) {
            throw Errno.toException(call, result, path);
        }
    }

    /** Which file it is, and what it is. */
    private record Entry(int deviceMajor, int deviceMinor, long inode, int mode, int owner) {
        /** The same file, whatever its mode and owner have become. A bound socket keeps its inode's number from being reused. */
        boolean isSame(Entry other) {
            return other != null && inode == other.inode && deviceMajor == other.deviceMajor
                    && deviceMinor == other.deviceMinor;
        }

        boolean isSocket() {
            return (mode & FileCalls.S_IFMT) == FileCalls.S_IFSOCK;
        }

        String kind() {
            return switch (mode & FileCalls.S_IFMT) {
                case FileCalls.S_IFREG -> "regular file";
                case FileCalls.S_IFDIR -> "directory";
                case FileCalls.S_IFLNK -> "symbolic link";
                default -> "special file";
            };
        }
    }

    /** The directory of a path: kept open, so that what is looked at and what is removed are in the same one. */
    private static final class Directory implements AutoCloseable {
        private final long name;
        private final long statx;
        private final int fd;
        private final boolean lockable;

        Directory(String path, Arena arena) {
            int slash = path.lastIndexOf('/');
            long parent = cString(slash < 0 ? "./" : path.substring(0, slash + 1), arena); // with a slash: directories only
            name = cString(path.substring(slash + 1), arena);
            statx = NativeAddress.allocate(arena, FileCalls.STATX_BYTES);
            int readable = FileCalls.open(parent, FileCalls.O_RDONLY | FileCalls.O_CLOEXEC);
            lockable = readable >= 0;
            fd = lockable ? readable : FileCalls.open(parent, FileCalls.O_PATH | FileCalls.O_CLOEXEC);
        }

        private static long cString(String text, Arena arena) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            long address = NativeAddress.allocate(arena, bytes.length + 1L);
            NativeAddress.copyIn(bytes, 0, address, bytes.length);
            return address;
        }

        /** Until it is closed. @param kind LOCK_SH or LOCK_EX @return false if it could not be had */
        boolean lock(int kind) {
            for (int tries = lockable ? LOCK_TRIES : 0; tries > 0; tries--) {
                int result = FileCalls.flock(fd, kind | FileCalls.LOCK_NB);
                if (result != -Errno.EAGAIN) {
                    return result >= 0;
                }
                Thread.yield();
            }
            return false;
        }

        /** @return what is there by the path's last name, symbolic links not followed; null if nothing can be seen */
        Entry find() {
            if (fd < 0 || FileCalls.statx(fd, name, FileCalls.AT_SYMLINK_NOFOLLOW, FileCalls.STATX_BASIC_STATS, statx) < 0) {
                return null;
            }
            return new Entry(NativeAddress.getInt(statx + FileCalls.STX_DEV_MAJOR),
                    NativeAddress.getInt(statx + FileCalls.STX_DEV_MINOR), NativeAddress.getLong(statx + FileCalls.STX_INO),
                    NativeAddress.getShort(statx + FileCalls.STX_MODE) & 0xffff,
                    NativeAddress.getInt(statx + FileCalls.STX_UID));
        }

        /** @return 0, or -errno */
        int unlink() {
            return FileCalls.unlinkat(fd, name, 0);
        }

        @Override
        public void close() {
            if (fd >= 0) {
                Syscalls.close(fd);
            }
        }
    }
}
