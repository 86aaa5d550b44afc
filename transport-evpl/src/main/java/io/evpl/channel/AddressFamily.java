package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketName;
import io.netty.channel.unix.DomainSocketAddress;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;

/** The kinds of socket address, between Netty's classes and the kernel's structures. */
public enum AddressFamily {
    INET(SockAddr.AF_INET),
    /** Speaks IPv4 too, through mapped addresses. */
    INET6(SockAddr.AF_INET6),
    /** Paths, and abstract names, which begin with a NUL as in {@link DomainSocketAddress}. */
    UNIX(SockAddr.AF_UNIX);

    /** What a unix socket that was never bound has for an address, as with Netty's epoll transport: an empty path. */
    public static final DomainSocketAddress UNNAMED = new DomainSocketAddress("");

    private final int number;

    AddressFamily(int number) {
        this.number = number;
    }

    /** AF_*, for socket(2). */
    public int number() {
        return number;
    }

    /** The longest address of this family, rounded up to whole words. */
    public int nameRoomBytes() {
        return switch (this) {
            case INET -> SockAddr.IN_BYTES;
            case INET6 -> SockAddr.IN6_BYTES + 7 & ~7;
            case UNIX -> SockAddr.UN_BYTES + 7 & ~7;
        };
    }

    public boolean isInet() {
        return this != UNIX;
    }

    /**
     * Writes {@code address} at {@code at}, which has room for {@link SockAddr#STORAGE_BYTES}.
     *
     * @return how many bytes the kernel is to be told
     * @throws UnsupportedAddressTypeException               an address of another family; its cause names it
     * @throws java.nio.channels.UnresolvedAddressException  a name without an address
     * @throws IllegalArgumentException                      a path too long for the kernel
     */
    public int write(SocketAddress address, long at) {
        if (isInet() && address instanceof InetSocketAddress inet) {
            return SockAddr.write(inet, this == INET6, at);
        }
        if (this == UNIX && address instanceof DomainSocketAddress unix) {
            return SockAddr.writeUnix(unix.path().getBytes(StandardCharsets.UTF_8), at);
        }
        UnsupportedAddressTypeException e = new UnsupportedAddressTypeException();
        e.initCause(new IllegalArgumentException(address + " (" + (address == null ? null : address.getClass().getName())
                + ") is no address of an " + this + " socket"));
        throw e;
    }

    /**
     * As {@link SockAddr#read} and {@link SockAddr#readUnix}.
     *
     * @param bytes how many the kernel gave, or -errno
     * @return null if there is no address, or none of this family; {@link #UNNAMED} for a unix socket that was never bound
     */
    public SocketAddress read(long at, int bytes) {
        if (isInet()) {
            return SockAddr.read(at, bytes);
        }
        byte[] path = SockAddr.readUnix(at, bytes);
        if (path == null) {
            return bytes >= 0 ? UNNAMED : null;
        }
        return new DomainSocketAddress(new String(path, StandardCharsets.UTF_8));
    }

    /** The address that {@code fd} is bound to. @return null if it has none, or the socket is gone */
    public SocketAddress localOf(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            long at = NativeAddress.allocate(arena, SocketName.ROOM_BYTES);
            return read(at, SocketName.local(fd, at));
        }
    }

    /** The address of the peer of {@code fd}. @return null if there is none (any more) */
    public SocketAddress remoteOf(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            long at = NativeAddress.allocate(arena, SocketName.ROOM_BYTES);
            return read(at, SocketName.remote(fd, at));
        }
    }
}
