package io.evpl.linux;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;

/**
 * Linux error numbers (errno(3); the values are the same on x86_64 and aarch64) and the one place where a negative
 * result becomes an exception.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ENOSYS = 38;
    public static final int ETIME = 62;
    public static final int EBADR = 53;
    public static final int EPROTO = 71;
    public static final int EBADMSG = 74;
    public static final int ENOTSOCK = 88;
    public static final int EDESTADDRREQ = 89;
    public static final int EMSGSIZE = 90;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int EISCONN = 106;
    public static final int ENOTCONN = 107;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;
    public static final int ECANCELED = 125;

    private Errno() {
    }

    /**
     * Turns a negative result into the exception that the JDK's own sockets would throw.
     *
     * @param call   the system call or ring operation that failed, for the message
     * @param result {@code -errno}
     */
    public static IOException toException(String call, int result) {
        return toException(call, result, null);
    }

    /** As {@link #toException(String, int)}, naming what the call was about, an address for instance. */
    public static IOException toException(String call, int result, Object subject) {
        assert result < 0 : "not an error: " + result;
        int errno = -result;
        String message = call + "(..) failed: " + text(errno) + (subject == null ? "" : ": " + subject);
        return switch (errno) {
            case EADDRINUSE, EADDRNOTAVAIL, EACCES -> new BindException(message);
            case ECONNREFUSED -> "recvmsg".equals(call) || "sendmsg".equals(call) ? new PortUnreachableException(message)
                    : new ConnectException(message);
            case ETIMEDOUT -> new ConnectException(message);
            case ENOENT -> "connect".equals(call) ? new FileNotFoundException(message) : new LinuxException(message, errno);
            case ENETUNREACH, EHOSTUNREACH -> new NoRouteToHostException(message);
            default -> new LinuxException(message, errno);
        };
    }

    /** A program error of ours: the descriptor, address or length we passed cannot be right. Never shown as I/O failure. */
    public static boolean isBug(int result) {
        return result == -EBADF || result == -EFAULT || result == -ENOTSOCK;
    }

    /** What strerror(3) says of it, with the symbol first, because that is what people search for. */
    public static String text(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM, operation not permitted";
            case ENOENT -> "ENOENT, no such file or directory";
            case EINTR -> "EINTR, interrupted system call";
            case EIO -> "EIO, input/output error";
            case EBADF -> "EBADF, bad file descriptor";
            case EAGAIN -> "EAGAIN, resource temporarily unavailable";
            case ENOMEM -> "ENOMEM, cannot allocate memory";
            case EACCES -> "EACCES, permission denied";
            case EFAULT -> "EFAULT, bad address";
            case EBUSY -> "EBUSY, device or resource busy";
            case ENODEV -> "ENODEV, no such device";
            case ENOTDIR -> "ENOTDIR, not a directory";
            case EINVAL -> "EINVAL, invalid argument";
            case ENFILE -> "ENFILE, too many open files in system";
            case EMFILE -> "EMFILE, too many open files";
            case EROFS -> "EROFS, read-only file system";
            case EPIPE -> "EPIPE, broken pipe";
            case ENOSYS -> "ENOSYS, function not implemented";
            case ETIME -> "ETIME, timer expired";
            case EBADR -> "EBADR, invalid request descriptor";
            case EPROTO -> "EPROTO, protocol error";
            case EBADMSG -> "EBADMSG, bad message";
            case ENOTSOCK -> "ENOTSOCK, socket operation on non-socket";
            case EDESTADDRREQ -> "EDESTADDRREQ, destination address required";
            case EMSGSIZE -> "EMSGSIZE, message too long";
            case EOPNOTSUPP -> "EOPNOTSUPP, operation not supported";
            case EAFNOSUPPORT -> "EAFNOSUPPORT, address family not supported by protocol";
            case EADDRINUSE -> "EADDRINUSE, address already in use";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL, cannot assign requested address (it is not one of this machine's)";
            case ENETUNREACH -> "ENETUNREACH, network is unreachable";
            case ECONNABORTED -> "ECONNABORTED, software caused connection abort";
            case ECONNRESET -> "ECONNRESET, connection reset by peer";
            case ENOBUFS -> "ENOBUFS, no buffer space available";
            case EISCONN -> "EISCONN, socket is already connected";
            case ENOTCONN -> "ENOTCONN, socket is not connected";
            case ETIMEDOUT -> "ETIMEDOUT, connection timed out";
            case ECONNREFUSED -> "ECONNREFUSED, connection refused";
            case EHOSTUNREACH -> "EHOSTUNREACH, no route to host";
            case EALREADY -> "EALREADY, operation already in progress";
            case EINPROGRESS -> "EINPROGRESS, operation now in progress";
            case ECANCELED -> "ECANCELED, operation canceled";
            default -> "errno " + errno;
        };
    }
}
