package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.epoll.Epoll;

import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * Whether a descriptor can be watched. Both backends must say the same and at once: epoll does (EPERM for a regular file or a
 * directory, epoll_ctl(2)), io_uring would say that a file is always ready. So an epoll instance is asked on either.
 */
final class PollableFd {
    private PollableFd() {
    }

    /** @throws IOException naming the descriptor and what it is instead */
    static void require(int fd) throws IOException {
        int epoll = Syscalls.epollCreate1(Epoll.EPOLL_CLOEXEC);
        if (epoll < 0) {
            throw Errno.toException("epoll_create1", epoll);
        }
        try (Arena arena = Arena.ofConfined()) {
            long event = NativeAddress.allocate(arena, Epoll.EVENT_BYTES);
            Epoll.write(event, Epoll.EPOLLIN, 0);
            int result = Syscalls.epollCtl(epoll, Epoll.EPOLL_CTL_ADD, fd, event);
            if (result < 0) {
                throw new IOException("cannot watch descriptor " + fd + ": " + reason(-result));
            }
        } finally {
            Syscalls.close(epoll);
        }
    }

    private static String reason(int errno) {
        return switch (errno) {
            case Errno.EPERM -> "it is a regular file, a directory or a device that is always ready: read or write it";
            case Errno.EBADF -> "it is not open";
            default -> Errno.text(errno);
        };
    }
}
