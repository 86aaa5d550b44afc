package io.evpl.linux.socket;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

import static io.evpl.linux.socket.SocketOptions.IPPROTO_TCP;
import static io.evpl.linux.socket.SocketOptions.SOL_SOCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SocketOptionsTest {
    private static final int NO_FD = -1;

    private final Arena arena = Arena.ofShared();
    private final int fd = Syscalls.socket(SockAddr.AF_INET, SocketOptions.SOCK_STREAM | SocketOptions.SOCK_CLOEXEC, 0);

    @AfterEach
    void close() {
        assertEquals(0, Syscalls.close(fd));
        arena.close();
    }

    @Test
    void anIntOptionIsReadAsItWasSet() {
        assertEquals(0, SocketOptions.getInt(fd, IPPROTO_TCP, SocketOptions.TCP_NODELAY));
        assertEquals(0, SocketOptions.setInt(fd, IPPROTO_TCP, SocketOptions.TCP_NODELAY, 1));
        assertEquals(1, SocketOptions.getInt(fd, IPPROTO_TCP, SocketOptions.TCP_NODELAY));
        assertEquals(0, SocketOptions.setInt(fd, IPPROTO_TCP, SocketOptions.TCP_KEEPIDLE, 77));
        assertEquals(77, SocketOptions.getInt(fd, IPPROTO_TCP, SocketOptions.TCP_KEEPIDLE));
        assertEquals(SocketOptions.SOCK_STREAM, SocketOptions.getInt(fd, SOL_SOCKET, SocketOptions.SO_TYPE));
        assertEquals(SockAddr.AF_INET, SocketOptions.getInt(fd, SOL_SOCKET, SocketOptions.SO_DOMAIN));
    }

    @Test
    void aNegativeValueIsNotAnError() {
        assertEquals(0, SocketOptions.setInt(fd, IPPROTO_TCP, SocketOptions.TCP_NOTSENT_LOWAT, -1));
        long value = SocketOptions.getInt(fd, IPPROTO_TCP, SocketOptions.TCP_NOTSENT_LOWAT);
        assertEquals(0xffffffffL, value);
        assertEquals(-1, (int) value);
    }

    @Test
    void failuresAreMinusErrno() {
        assertEquals(-Errno.EBADF, SocketOptions.getInt(NO_FD, SOL_SOCKET, SocketOptions.SO_ERROR));
        assertEquals(-Errno.EBADF, SocketOptions.setInt(NO_FD, SOL_SOCKET, SocketOptions.SO_REUSEADDR, 1));
        assertEquals(-Errno.EBADF, SocketOptions.getLinger(NO_FD));
        assertEquals(-Errno.EBADF, SocketOptions.setLinger(NO_FD, 1));
        assertEquals(-Errno.EBADF, new TcpInfo().read(NO_FD));
        assertEquals(-92, SocketOptions.getInt(fd, SOL_SOCKET, 9999), "ENOPROTOOPT");
    }

    @Test
    void lingerIsOffUntilSetAndZeroSecondsIsNotOff() {
        assertEquals(-1, (int) SocketOptions.getLinger(fd));
        assertEquals(0, SocketOptions.setLinger(fd, 5));
        assertEquals(5, SocketOptions.getLinger(fd));
        assertEquals(0, SocketOptions.setLinger(fd, 0));
        assertEquals(0, SocketOptions.getLinger(fd));
        assertEquals(0, SocketOptions.setLinger(fd, -1));
        assertEquals(0xffffffffL, SocketOptions.getLinger(fd));
    }

    @Test
    void optionsOfOtherTypesGoThroughTheCallersMemory() {
        long name = NativeAddress.allocate(arena, 16);
        int bytes = SocketOptions.getBytes(fd, IPPROTO_TCP, SocketOptions.TCP_CONGESTION, name, 16);
        assertEquals(16, bytes, "TCP_CA_NAME_MAX");
        assertEquals(0, SocketOptions.setBytes(fd, IPPROTO_TCP, SocketOptions.TCP_CONGESTION, name, 16));
        byte[] first = new byte[1];
        NativeAddress.copyOut(name, first, 0, 1);
        assertTrue(Character.isLetter(new String(first, StandardCharsets.US_ASCII).charAt(0)));
    }

    @Test
    void scratchOfOneThreadIsNotAnothers() throws InterruptedException {
        assertEquals(0, SocketOptions.setInt(fd, IPPROTO_TCP, SocketOptions.TCP_KEEPCNT, 3));
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 10_000; i++) {
                SocketOptions.getInt(fd, SOL_SOCKET, SocketOptions.SO_DOMAIN);
            }
        });
        for (int i = 0; i < 10_000; i++) {
            assertEquals(3, SocketOptions.getInt(fd, IPPROTO_TCP, SocketOptions.TCP_KEEPCNT));
        }
        other.join();
    }
}
