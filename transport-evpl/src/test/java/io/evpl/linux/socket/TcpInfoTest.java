package io.evpl.linux.socket;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TcpInfoTest {
    /** enum in netinet/tcp.h: TCP_ESTABLISHED, TCP_LISTEN. */
    private static final int ESTABLISHED = 1;
    private static final int LISTEN = 10;
    private static final int BYTES_SENT = 1000;

    @Test
    void aLoopbackConnectionLooksEstablishedAndIdle() {
        try (Arena arena = Arena.ofConfined()) {
            long memory = NativeAddress.allocate(arena, 2048);
            int listener = socket();
            bindAndListen(listener, memory);
            int client = socket();
            assertEquals(0, Syscalls.connect(client, memory, SockAddr.IN_BYTES));
            int server = Syscalls.accept4(listener, 0, 0, SocketOptions.SOCK_CLOEXEC);
            assertTrue(server >= 0, () -> Errno.text(-server));
            assertEquals(BYTES_SENT, Syscalls.send(client, memory, BYTES_SENT, 0));
            assertEquals(BYTES_SENT, Syscalls.recv(server, memory, BYTES_SENT, SocketOptions.MSG_WAITALL));
            assertEstablished(client);
            assertListening(listener);
            for (int fd : new int[] {client, server, listener}) {
                assertEquals(0, Syscalls.close(fd));
            }
        }
    }

    private static void assertEstablished(int fd) {
        TcpInfo info = new TcpInfo();
        assertEquals(0, info.read(fd));
        assertEquals(ESTABLISHED, info.state());
        assertEquals(0, info.caState());
        assertEquals(0, info.retransmits());
        assertEquals(0, info.totalRetrans());
        assertEquals(0, info.lost());
        // The loopback device's MTU is 65536; RFC 7323 bounds the window scale by 14.
        assertEquals(65535, info.pmtu(), 1);
        assertTrue(info.sndMss() > 500 && info.sndMss() <= 65535, "sndMss " + info.sndMss());
        assertTrue(info.advmss() > 500 && info.advmss() <= 65535, "advmss " + info.advmss());
        assertTrue(info.sndWscale() <= 14 && info.rcvWscale() <= 14, info.sndWscale() + ", " + info.rcvWscale());
        assertTrue(info.rto() >= 1000, "rto in microseconds: " + info.rto());
        assertTrue(info.rtt() > 0 && info.rtt() < 1_000_000, "rtt in microseconds: " + info.rtt());
        assertTrue(info.sndCwnd() > 0 && info.sndCwnd() < 100_000, "sndCwnd " + info.sndCwnd());
        // Starts at sysctl net.ipv4.tcp_reordering, or what the kernel remembers of this destination: tcp_metrics(8).
        assertTrue(info.reordering() > 0 && info.reordering() <= 300, "reordering " + info.reordering());
    }

    /** The same object again: nothing of the first connection may be left. */
    private static void assertListening(int fd) {
        TcpInfo info = new TcpInfo();
        assertEquals(0, info.read(fd));
        assertEquals(LISTEN, info.state());
        assertTrue(info.read(-1) < 0);
        assertEquals(0, info.state());
    }

    private static int socket() {
        int fd = Syscalls.socket(SockAddr.AF_INET, SocketOptions.SOCK_STREAM | SocketOptions.SOCK_CLOEXEC, 0);
        assertTrue(fd >= 0, () -> Errno.text(-fd));
        return fd;
    }

    private static void bindAndListen(int fd, long memory) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        assertEquals(0, Syscalls.bind(fd, memory, SockAddr.write(any, false, memory)));
        assertEquals(0, Syscalls.listen(fd, 1));
        long length = memory + SockAddr.STORAGE_BYTES;
        NativeAddress.putInt(length, SockAddr.STORAGE_BYTES);
        assertEquals(0, Syscalls.getsockname(fd, memory, length));
        assertEquals(SockAddr.IN_BYTES, NativeAddress.getInt(length));
    }
}
