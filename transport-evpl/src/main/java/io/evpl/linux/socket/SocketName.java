package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;

/** The two addresses of a socket, getsockname(2) and getpeername(2). */
public final class SocketName {
    /** Room for an address of any family, and the length that the kernel reads and writes behind it. */
    public static final int ROOM_BYTES = SockAddr.STORAGE_BYTES + Integer.BYTES;

    private SocketName() {
    }

    /** @return null if the socket is not bound, gone, or not an IP socket */
    public static InetSocketAddress local(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            long address = NativeAddress.allocate(arena, ROOM_BYTES);
            return SockAddr.read(address, local(fd, address));
        }
    }

    /** Reads the local address to {@code address}, which has {@link #ROOM_BYTES}. @return its bytes, or -errno */
    public static int local(int fd, long address) {
        long length = prepare(address);
        int result = Syscalls.getsockname(fd, address, length);
        return result < 0 ? result : NativeAddress.getInt(length);
    }

    /** Reads the peer's address to {@code address}, which has {@link #ROOM_BYTES}. @return its bytes, or -errno */
    public static int remote(int fd, long address) {
        long length = prepare(address);
        int result = Syscalls.getpeername(fd, address, length);
        return result < 0 ? result : NativeAddress.getInt(length);
    }

    private static long prepare(long address) {
        long length = address + SockAddr.STORAGE_BYTES;
        NativeAddress.putInt(length, SockAddr.STORAGE_BYTES);
        return length;
    }
}
