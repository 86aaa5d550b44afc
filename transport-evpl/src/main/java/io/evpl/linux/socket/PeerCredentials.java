package io.evpl.linux.socket;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;

import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * Who is at the other end of a unix socket, as the kernel noted it when that end called connect(2), listen(2) or
 * socketpair(2): SO_PEERCRED of unix(7), struct ucred. A process cannot lie about it, but may have passed its socket on.
 *
 * @param pid the process, in this process's pid namespace; 0 if it has no number there
 * @param uid effective user id, unsigned in the kernel
 * @param gid effective group id, unsigned in the kernel
 */
public record PeerCredentials(int pid, int uid, int gid) {
    private static final int BYTES = 12;
    private static final int PID = 0;
    private static final int UID = 4;
    private static final int GID = 8;

    /** Asks the kernel. @throws IOException the socket has no peer, or is closed */
    public static PeerCredentials of(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long ucred = NativeAddress.allocate(arena, BYTES);
            int bytes = SocketOptions.getBytes(fd, SocketOptions.SOL_SOCKET, SocketOptions.SO_PEERCRED, ucred, BYTES);
            if (bytes < 0) {
                throw Errno.toException("getsockopt", bytes, "SO_PEERCRED");
            }
            return new PeerCredentials(NativeAddress.getInt(ucred + PID), NativeAddress.getInt(ucred + UID),
                    NativeAddress.getInt(ucred + GID));
        }
    }

    /** As Netty's class of this name has it: the one group that the kernel knows of. */
    public int[] gids() {
        return new int[] {gid};
    }
}
