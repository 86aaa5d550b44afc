package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Socket types, options and flags under the names of the manual, and reading and setting options.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class SocketOptions {
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_SEQPACKET = 5;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    public static final int MSG_PEEK = 0x2;
    public static final int MSG_CTRUNC = 0x8;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_WAITALL = 0x100;
    public static final int MSG_ERRQUEUE = 0x2000;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_MORE = 0x8000;
    public static final int MSG_ZEROCOPY = 0x4000000;
    public static final int MSG_FASTOPEN = 0x20000000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_TYPE = 3;
    public static final int SO_ERROR = 4;
    public static final int SO_BROADCAST = 6;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_KEEPALIVE = 9;
    public static final int SO_PRIORITY = 12;
    public static final int SO_LINGER = 13;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_PASSCRED = 16;
    public static final int SO_PEERCRED = 17;
    public static final int SO_RCVLOWAT = 18;
    public static final int SO_BINDTODEVICE = 25;
    public static final int SO_ACCEPTCONN = 30;
    public static final int SO_MARK = 36;
    public static final int SO_PROTOCOL = 38;
    public static final int SO_DOMAIN = 39;
    public static final int SO_BUSY_POLL = 46;
    public static final int SO_MAX_PACING_RATE = 47;
    public static final int SO_INCOMING_CPU = 49;
    public static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    public static final int SO_INCOMING_NAPI_ID = 56;
    public static final int SO_ZEROCOPY = 60;
    public static final int SO_PREFER_BUSY_POLL = 69;
    public static final int SO_BUSY_POLL_BUDGET = 70;

    public static final int SCM_RIGHTS = 1;
    /** Linux 6.5. */
    public static final int SCM_PIDFD = 4;

    public static final int IPPROTO_IP = 0;
    public static final int IP_TOS = 1;
    public static final int IP_TTL = 2;
    public static final int IP_PKTINFO = 8;
    public static final int IP_MTU_DISCOVER = 10;
    public static final int IP_RECVERR = 11;
    public static final int IP_RECVTOS = 13;
    public static final int IP_FREEBIND = 15;
    public static final int IP_TRANSPARENT = 19;
    public static final int IP_ORIGDSTADDR = 20;
    public static final int IP_RECVORIGDSTADDR = 20;
    public static final int IP_BIND_ADDRESS_NO_PORT = 24;
    public static final int IP_MULTICAST_IF = 32;
    public static final int IP_MULTICAST_TTL = 33;
    public static final int IP_MULTICAST_LOOP = 34;
    public static final int IP_ADD_MEMBERSHIP = 35;
    public static final int IP_DROP_MEMBERSHIP = 36;
    public static final int IP_ADD_SOURCE_MEMBERSHIP = 39;
    public static final int IP_DROP_SOURCE_MEMBERSHIP = 40;
    public static final int IP_MULTICAST_ALL = 49;

    /** At level IPPROTO_IP or IPPROTO_IPV6, with a struct group_req or group_source_req. */
    public static final int MCAST_JOIN_GROUP = 42;
    public static final int MCAST_BLOCK_SOURCE = 43;
    public static final int MCAST_UNBLOCK_SOURCE = 44;
    public static final int MCAST_LEAVE_GROUP = 45;
    public static final int MCAST_JOIN_SOURCE_GROUP = 46;
    public static final int MCAST_LEAVE_SOURCE_GROUP = 47;

    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_UNICAST_HOPS = 16;
    public static final int IPV6_MULTICAST_IF = 17;
    public static final int IPV6_MULTICAST_HOPS = 18;
    public static final int IPV6_MULTICAST_LOOP = 19;
    public static final int IPV6_MTU_DISCOVER = 23;
    public static final int IPV6_RECVERR = 25;
    public static final int IPV6_V6ONLY = 26;
    public static final int IPV6_MULTICAST_ALL = 29;
    public static final int IPV6_RECVPKTINFO = 49;
    public static final int IPV6_PKTINFO = 50;
    public static final int IPV6_RECVTCLASS = 66;
    public static final int IPV6_TCLASS = 67;
    public static final int IPV6_ORIGDSTADDR = 74;
    public static final int IPV6_RECVORIGDSTADDR = 74;
    public static final int IPV6_TRANSPARENT = 75;
    public static final int IPV6_FREEBIND = 78;

    public static final int IPPROTO_TCP = 6;
    public static final int TCP_NODELAY = 1;
    public static final int TCP_MAXSEG = 2;
    public static final int TCP_CORK = 3;
    public static final int TCP_KEEPIDLE = 4;
    public static final int TCP_KEEPINTVL = 5;
    public static final int TCP_KEEPCNT = 6;
    public static final int TCP_SYNCNT = 7;
    public static final int TCP_LINGER2 = 8;
    public static final int TCP_DEFER_ACCEPT = 9;
    public static final int TCP_WINDOW_CLAMP = 10;
    public static final int TCP_INFO = 11;
    public static final int TCP_QUICKACK = 12;
    public static final int TCP_CONGESTION = 13;
    public static final int TCP_MD5SIG = 14;
    public static final int TCP_USER_TIMEOUT = 18;
    public static final int TCP_FASTOPEN = 23;
    public static final int TCP_NOTSENT_LOWAT = 25;
    public static final int TCP_FASTOPEN_CONNECT = 30;
    public static final int TCP_ULP = 31;
    public static final int TCP_INQ = 36;

    /** Of sockets that have TCP_ULP "tls": TLS_TX and TLS_RX. */
    public static final int SOL_TLS = 282;

    public static final int IPPROTO_UDP = 17;
    public static final int UDP_SEGMENT = 103;
    public static final int UDP_GRO = 104;

    /** struct linger: l_onoff, l_linger. */
    private static final int LINGER_BYTES = 8;
    private static final int LINGER_ONOFF = 0;
    private static final int LINGER_SECONDS = 4;

    /** Scratch of a thread: a value, and behind it the socklen_t that getsockopt(2) reads and writes. */
    private static final int VALUE_BYTES = 8;
    private static final int SCRATCH_BYTES = 16;
    /** Per thread, so that no thread sees another's value; the thread keeps it reachable while a call uses its address. */
    private static final ThreadLocal<MemorySegment> SCRATCH =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(SCRATCH_BYTES, 8));

    private SocketOptions() {
    }

    /**
     * Reads an option that is an int.
     *
     * @return the value as an unsigned 32-bit number, 0 or more, so that it cannot be taken for an error: cast it to int
     *         (SO_INCOMING_CPU may be -1, for instance); or -errno
     */
    public static long getInt(int fd, int level, int name) {
        long value = SCRATCH.get().address();
        NativeAddress.putLong(value, 0);
        int result = getBytes(fd, level, name, value, Integer.BYTES);
        return result < 0 ? result : NativeAddress.getInt(value) & 0xffffffffL;
    }

    /** Sets an option that is an int. @return 0, or -errno */
    public static int setInt(int fd, int level, int name, int value) {
        long scratch = SCRATCH.get().address();
        NativeAddress.putInt(scratch, value);
        return Syscalls.setsockopt(fd, level, name, scratch, Integer.BYTES);
    }

    /** Reads an option into {@code bytes} bytes at {@code address}. @return how many the kernel wrote, or -errno */
    public static int getBytes(int fd, int level, int name, long address, int bytes) {
        long length = SCRATCH.get().address() + VALUE_BYTES;
        NativeAddress.putInt(length, bytes);
        int result = Syscalls.getsockopt(fd, level, name, address, length);
        return result < 0 ? result : NativeAddress.getInt(length);
    }

    /** Sets an option from {@code bytes} bytes at {@code address}. @return 0, or -errno */
    public static int setBytes(int fd, int level, int name, long address, int bytes) {
        return Syscalls.setsockopt(fd, level, name, address, bytes);
    }

    /** Reads SO_LINGER. @return as {@link #getInt}: cast to int it is the seconds, or -1 if lingering is off; or -errno */
    public static long getLinger(int fd) {
        long linger = SCRATCH.get().address();
        int result = getBytes(fd, SOL_SOCKET, SO_LINGER, linger, LINGER_BYTES);
        if (result < 0) {
            return result;
        }
        boolean on = NativeAddress.getInt(linger + LINGER_ONOFF) != 0;
        return (on ? NativeAddress.getInt(linger + LINGER_SECONDS) : -1) & 0xffffffffL;
    }

    /** Sets SO_LINGER; negative seconds turn it off, 0 makes close(2) reset the connection. @return 0, or -errno */
    public static int setLinger(int fd, int seconds) {
        long linger = SCRATCH.get().address();
        NativeAddress.putInt(linger + LINGER_ONOFF, seconds < 0 ? 0 : 1);
        NativeAddress.putInt(linger + LINGER_SECONDS, Math.max(seconds, 0));
        return Syscalls.setsockopt(fd, SOL_SOCKET, SO_LINGER, linger, LINGER_BYTES);
    }
}
