package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;

/** The two addresses of a socket, getsockname(2) and getpeername(2). */
public final class SocketName {
    private SocketName() {
    }

    /** @return null if the socket is not bound, gone, or not an IP socket */
    public static InetSocketAddress local(int fd) {
        return read(fd, true);
    }

    /** @return null if the socket is not connected (any more), gone, or not an IP socket */
    public static InetSocketAddress remote(int fd) {
        return read(fd, false);
    }

    private static InetSocketAddress read(int fd, boolean local) {
        try (Arena arena = Arena.ofConfined()) {
            long address = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES + Integer.BYTES);
            long length = address + SockAddr.STORAGE_BYTES;
            NativeAddress.putInt(length, SockAddr.STORAGE_BYTES);
            int result = local ? Syscalls.getsockname(fd, address, length) : Syscalls.getpeername(fd, address, length);
            return result < 0 ? null : SockAddr.read(address, NativeAddress.getInt(length));
        }
    }
}
