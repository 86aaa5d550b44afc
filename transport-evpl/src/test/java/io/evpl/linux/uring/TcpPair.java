package io.evpl.linux.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketName;
import io.evpl.linux.socket.SocketOptions;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** Two connected TCP sockets on the loopback interface, without any library between the test and the kernel. */
public final class TcpPair implements AutoCloseable {
    private static final int ROOM_BYTES = 1 << 20;

    private final int near;
    private final int far;
    private final Arena arena = Arena.ofShared();
    private final long room = NativeAddress.allocate(arena, ROOM_BYTES);
    private boolean nearGiven;
    private boolean farClosed;

    private TcpPair(int near, int far) {
        this.near = near;
        this.far = far;
    }

    public static TcpPair open() {
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            int listening = socket(0);
            InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            checked(Syscalls.bind(listening, name, SockAddr.write(loopback, false, name)));
            checked(Syscalls.listen(listening, 1));
            int far = socket(0);
            checked(Syscalls.connect(far, name, SockAddr.write(SocketName.local(listening), false, name)));
            int near = checked(Syscalls.accept4(listening, 0, 0, SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC));
            checked(Syscalls.close(listening));
            return new TcpPair(near, far);
        }
    }

    private static int socket(int flags) {
        return checked(Syscalls.socket(SockAddr.AF_INET, SocketOptions.SOCK_STREAM | SocketOptions.SOCK_CLOEXEC | flags, 0));
    }

    private static int checked(int result) {
        if (result < 0) {
            throw new AssertionError(Errno.text(-result));
        }
        return result;
    }

    /** The end under test, not blocking. */
    public int near() {
        return near;
    }

    /** As {@link #near()}; whoever takes it closes it. */
    public int giveNear() {
        nearGiven = true;
        return near;
    }

    /** The far end sends. */
    public void sends(byte[] data) {
        NativeAddress.copyIn(data, 0, room, data.length);
        checked((int) Syscalls.send(far, room, data.length, SocketOptions.MSG_NOSIGNAL));
    }

    /** The far end receives just so many bytes; waits for them. */
    public byte[] receives(int bytes) {
        int done = 0;
        while (done < bytes) {
            int got = checked((int) Syscalls.recv(far, room + done, bytes - done, 0));
            if (got == 0) {
                break;
            }
            done += got;
        }
        byte[] data = new byte[done];
        NativeAddress.copyOut(room, data, 0, done);
        return data;
    }

    /** The far end has nothing to receive, and the stream has not ended. */
    public boolean isQuiet() {
        return Syscalls.recv(far, room, 1, SocketOptions.MSG_DONTWAIT | SocketOptions.MSG_PEEK) == -Errno.EAGAIN;
    }

    /** The far end sends no more. */
    public void ends() {
        checked(Syscalls.shutdown(far, SocketOptions.SHUT_WR));
    }

    /** The far end is gone, with a reset. */
    public void resets() {
        checked(SocketOptions.setLinger(far, 0));
        checked(Syscalls.close(far));
        farClosed = true;
    }

    @Override
    public void close() {
        if (!nearGiven) {
            Syscalls.close(near);
        }
        if (!farClosed) {
            Syscalls.close(far);
        }
        arena.close();
    }

    @Override
    public String toString() {
        return Arrays.toString(new int[] {near, far});
    }
}
