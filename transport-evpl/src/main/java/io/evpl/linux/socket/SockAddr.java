package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * struct sockaddr_in and sockaddr_in6 from and to {@link InetSocketAddress}, struct sockaddr_un from and to the bytes of
 * a path or an abstract name.
 *
 * <p>An IPv6 socket speaks IPv4 through mapped addresses ({@code ::ffff:a.b.c.d}, RFC 4291 section 2.5.5.2); they exist
 * only below this class: a mapped address is written for an {@link Inet4Address} and read as one.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/ipv6.7.html">ipv6(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class SockAddr {
    public static final int AF_UNSPEC = 0;
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;

    /** sizeof(struct sockaddr_storage): room for an address of any family. */
    public static final int STORAGE_BYTES = 128;
    /** sizeof(struct sockaddr_in). */
    public static final int IN_BYTES = 16;
    /** sizeof(struct sockaddr_in6). */
    public static final int IN6_BYTES = 28;

    /** sizeof(struct sockaddr_un). */
    public static final int UN_BYTES = 110;
    /** Longest path, with room for its NUL, and longest abstract name, with room for the NUL in front. */
    public static final int UN_PATH_BYTES = 107;

    private static final int FAMILY = 0;
    private static final int FAMILY_BYTES = 2;
    private static final int PORT = 2;
    private static final int IN_ADDR = 4;
    private static final int IN_ZERO = 8;
    private static final int IN6_FLOWINFO = 4;
    private static final int IN6_ADDR = 8;
    private static final int IN6_SCOPE_ID = 24;

    private static final int UN_PATH = 2;

    private static final int IN_ADDR_BYTES = 4;
    private static final int IN6_ADDR_BYTES = 16;
    /** The last four bytes before the IPv4 address in a mapped one, as a little-endian load sees them: 00 00 ff ff. */
    private static final int MAPPED_MARK = 0xffff0000;

    private SockAddr() {
    }

    /**
     * Writes {@code a} at {@code address}, which has room for {@link #STORAGE_BYTES}.
     *
     * <p>The wildcard address of either family is written as the wildcard of the socket's family: on an IPv6 socket
     * that takes both kinds of connection, as with the JDK's channels.
     *
     * @param ipv6Socket the socket's family is AF_INET6
     * @return bytes written: {@link #IN_BYTES} or {@link #IN6_BYTES}
     * @throws UnresolvedAddressException      {@code a} is a name without an address
     * @throws UnsupportedAddressTypeException an IPv6 address on an IPv4 socket; the cause's message names the address
     */
    public static int write(InetSocketAddress a, boolean ipv6Socket, long address) {
        InetAddress ip = a.getAddress();
        if (ip == null) {
            throw new UnresolvedAddressException();
        }
        return ipv6Socket ? writeIn6(ip, a.getPort(), address) : writeIn(ip, a.getPort(), address);
    }

    private static int writeIn(InetAddress ip, int port, long address) {
        NativeAddress.putShort(address + FAMILY, (short) AF_INET);
        putPort(address, port);
        if (ip instanceof Inet4Address) {
            NativeAddress.copyIn(ip.getAddress(), 0, address + IN_ADDR, IN_ADDR_BYTES);
        } else if (ip.isAnyLocalAddress()) {
            NativeAddress.putInt(address + IN_ADDR, 0);
        } else {
            throw unsupported(ip);
        }
        NativeAddress.putLong(address + IN_ZERO, 0);
        return IN_BYTES;
    }

    private static int writeIn6(InetAddress ip, int port, long address) {
        NativeAddress.putShort(address + FAMILY, (short) AF_INET6);
        putPort(address, port);
        NativeAddress.putInt(address + IN6_FLOWINFO, 0);
        int scopeId = 0;
        if (ip instanceof Inet6Address ip6) {
            NativeAddress.copyIn(ip.getAddress(), 0, address + IN6_ADDR, IN6_ADDR_BYTES);
            scopeId = ip6.getScopeId();
        } else {
            NativeAddress.putLong(address + IN6_ADDR, 0);
            boolean any = ip.isAnyLocalAddress();
            NativeAddress.putInt(address + IN6_ADDR + 8, any ? 0 : MAPPED_MARK);
            NativeAddress.copyIn(ip.getAddress(), 0, address + IN6_ADDR + 12, IN_ADDR_BYTES);
        }
        NativeAddress.putInt(address + IN6_SCOPE_ID, scopeId);
        return IN6_BYTES;
    }

    /**
     * Writes a struct sockaddr_un at {@code address}, which has room for {@link #STORAGE_BYTES}.
     *
     * @param path of a file, or a NUL and an abstract name; the length of the latter is part of it, so that it needs no NUL
     *             at its end
     * @return bytes that the kernel is to be told
     * @throws IllegalArgumentException longer than {@link #UN_PATH_BYTES}, empty, or a path with a NUL in it
     */
    public static int writeUnix(byte[] path, long address) {
        boolean isAbstract = path.length > 0 && path[0] == 0;
        int nameBytes = isAbstract ? path.length - 1 : path.length;
        if (nameBytes == 0 || nameBytes > UN_PATH_BYTES) {
            throw new IllegalArgumentException("a unix socket's path or abstract name has 1 to " + UN_PATH_BYTES
                    + " bytes, not " + nameBytes + ": " + new String(path, StandardCharsets.UTF_8).replace('\0', '@'));
        }
        for (int i = 0; !isAbstract && i < path.length; i++) {
            if (path[i] == 0) {
                throw new IllegalArgumentException("a unix socket's path has no NUL in it, this one at byte " + i);
            }
        }
        NativeAddress.putShort(address + FAMILY, (short) AF_UNIX);
        NativeAddress.copyIn(path, 0, address + UN_PATH, path.length);
        if (isAbstract) {
            return UN_PATH + path.length;
        }
        NativeAddress.putByte(address + UN_PATH + path.length, (byte) 0);
        return UN_PATH + path.length + 1;
    }

    /**
     * Reads the struct sockaddr_un at {@code address}.
     *
     * @param bytes as for {@link #read}
     * @return path without its NUL, or a NUL and an abstract name; null if these bytes hold no named unix address
     */
    public static byte[] readUnix(long address, int bytes) {
        if (bytes <= UN_PATH || (NativeAddress.getShort(address + FAMILY) & 0xffff) != AF_UNIX) {
            return null;
        }
        byte[] path = new byte[Math.min(bytes, UN_BYTES) - UN_PATH];
        NativeAddress.copyOut(address + UN_PATH, path, 0, path.length);
        int end = path.length;
        if (path[0] != 0) {
            end = 0;
            while (end < path.length && path[end] != 0) {
                end++;
            }
        }
        return Arrays.copyOf(path, end);
    }

    /**
     * Reads the address at {@code address}.
     *
     * @param bytes as the kernel gave it: msg_namelen, or what accept4(2) or getsockname(2) stored. It may exceed the
     *              caller's buffer; never more than {@link #STORAGE_BYTES} are looked at
     * @return the address, an {@link Inet4Address} if it is IPv4 or mapped IPv4; null if these bytes hold no whole IPv4
     *         or IPv6 address: another family, an unnamed peer (0 bytes), or a truncated one
     */
    public static InetSocketAddress read(long address, int bytes) {
        if (bytes < FAMILY_BYTES) {
            return null;
        }
        int family = NativeAddress.getShort(address + FAMILY) & 0xffff;
        if (family == AF_INET && bytes >= IN_BYTES) {
            return new InetSocketAddress(readIp(address + IN_ADDR, IN_ADDR_BYTES, 0), getPort(address));
        }
        if (family == AF_INET6 && bytes >= IN6_BYTES) {
            int scopeId = NativeAddress.getInt(address + IN6_SCOPE_ID);
            return new InetSocketAddress(readIp(address + IN6_ADDR, IN6_ADDR_BYTES, scopeId), getPort(address));
        }
        return null;
    }

    /** Writes a struct sockaddr_in of the 4 bytes at {@code ip}. @return {@link #IN_BYTES} */
    static int writeIn(long ip, int port, long address) {
        NativeAddress.putShort(address + FAMILY, (short) AF_INET);
        putPort(address, port);
        NativeAddress.putInt(address + IN_ADDR, NativeAddress.getInt(ip));
        NativeAddress.putLong(address + IN_ZERO, 0);
        return IN_BYTES;
    }

    /** Writes a struct sockaddr_in6 of the 16 bytes at {@code ip}. @return {@link #IN6_BYTES} */
    static int writeIn6(long ip, int scopeId, int port, long address) {
        NativeAddress.putShort(address + FAMILY, (short) AF_INET6);
        putPort(address, port);
        NativeAddress.putInt(address + IN6_FLOWINFO, 0);
        NativeAddress.putLong(address + IN6_ADDR, NativeAddress.getLong(ip));
        NativeAddress.putLong(address + IN6_ADDR + Long.BYTES, NativeAddress.getLong(ip + Long.BYTES));
        NativeAddress.putInt(address + IN6_SCOPE_ID, scopeId);
        return IN6_BYTES;
    }

    /** Copies the 4 address bytes of the struct sockaddr_in at {@code address}. */
    static void copyInAddress(long address, long to) {
        NativeAddress.putInt(to, NativeAddress.getInt(address + IN_ADDR));
    }

    /** Copies the 16 address bytes of the struct sockaddr_in6 at {@code address}. */
    static void copyIn6Address(long address, long to) {
        NativeAddress.putLong(to, NativeAddress.getLong(address + IN6_ADDR));
        NativeAddress.putLong(to + Long.BYTES, NativeAddress.getLong(address + IN6_ADDR + Long.BYTES));
    }

    static int scopeId(long address) {
        return NativeAddress.getInt(address + IN6_SCOPE_ID);
    }

    private static InetAddress readIp(long address, int bytes, int scopeId) {
        byte[] bits = new byte[bytes];
        NativeAddress.copyOut(address, bits, 0, bytes);
        try {
            InetAddress ip = InetAddress.getByAddress(bits);   // makes an Inet4Address of a mapped one
            return ip instanceof Inet4Address || scopeId == 0 ? ip : Inet6Address.getByAddress(null, bits, scopeId);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + bytes + " bytes", e);
        }
    }

    private static void putPort(long address, int port) {
        NativeAddress.putShort(address + PORT, Short.reverseBytes((short) port));
    }

    private static int getPort(long address) {
        return Short.reverseBytes(NativeAddress.getShort(address + PORT)) & 0xffff;
    }

    private static UnsupportedAddressTypeException unsupported(InetAddress ip) {
        UnsupportedAddressTypeException e = new UnsupportedAddressTypeException();
        e.initCause(new IllegalArgumentException("IPv6 address " + ip.getHostAddress() + " on an IPv4 socket"));
        return e;
    }
}
