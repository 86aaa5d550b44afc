package io.evpl.linux;

import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SyscallsTest {
    private static final int NO_FD = -1;
    private static final int PAGE_BYTES = 4096;
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    private final Arena arena = Arena.ofShared();
    private final long memory = NativeAddress.allocate(arena, 4096);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void whatOneEndOfASocketpairSendsTheOtherReceives() {
        int[] pair = socketpair();
        NativeAddress.copyIn(HELLO, 0, memory, HELLO.length);
        assertEquals(HELLO.length, Syscalls.send(pair[0], memory, HELLO.length, SocketOptions.MSG_NOSIGNAL));
        assertReceived(pair[1]);
        assertEquals(0, Syscalls.shutdown(pair[0], SocketOptions.SHUT_WR));
        assertEquals(0, Syscalls.recv(pair[1], memory, 16, 0), "end of the stream");
        close(pair);
    }

    @Test
    void sendmsgGathersItsVectors() {
        int[] pair = socketpair();
        NativeAddress.copyIn(HELLO, 0, memory, HELLO.length);
        long iov = memory + 64;
        Iovec.write(iov, 0, memory, 2);
        Iovec.write(iov, 1, memory + 2, HELLO.length - 2);
        long msghdr = memory + 128;
        MsgHdr.write(msghdr, 0, 0, iov, 2, 0, 0, 0);
        assertEquals(HELLO.length, Syscalls.sendmsg(pair[0], msghdr, SocketOptions.MSG_NOSIGNAL));
        assertReceived(pair[1]);
        close(pair);
    }

    @Test
    void anEmptySocketAnswersEagainAndAVanishedPeerEpipe() {
        int[] pair = socketpair();
        assertEquals(-Errno.EAGAIN, Syscalls.recv(pair[0], memory, 16, SocketOptions.MSG_DONTWAIT));
        assertEquals(0, Syscalls.close(pair[1]));
        assertEquals(-Errno.EPIPE, Syscalls.send(pair[0], memory, 1, SocketOptions.MSG_NOSIGNAL));
        assertEquals(0, Syscalls.close(pair[0]));
    }

    @Test
    void everyCallReturnsMinusErrnoForABadDescriptor() {
        int bad = -Errno.EBADF;
        assertEquals(bad, Syscalls.bind(NO_FD, memory, 16));
        assertEquals(bad, Syscalls.listen(NO_FD, 1));
        assertEquals(bad, Syscalls.accept4(NO_FD, 0, 0, 0));
        assertEquals(bad, Syscalls.connect(NO_FD, memory, 16));
        assertEquals(bad, Syscalls.shutdown(NO_FD, SocketOptions.SHUT_WR));
        assertEquals(bad, Syscalls.getsockname(NO_FD, memory, memory + 128));
        assertEquals(bad, Syscalls.getpeername(NO_FD, memory, memory + 128));
        assertEquals(bad, Syscalls.getsockopt(NO_FD, 1, 4, memory, memory + 128));
        assertEquals(bad, Syscalls.setsockopt(NO_FD, 1, 2, memory, 4));
        assertEquals(bad, Syscalls.recv(NO_FD, memory, 1, 0));
        assertEquals(bad, Syscalls.send(NO_FD, memory, 1, 0));
        assertEquals(bad, Syscalls.sendmsg(NO_FD, memory, 0));
        assertEquals(bad, Syscalls.read(NO_FD, memory, 1));
        assertEquals(bad, Syscalls.write(NO_FD, memory, 1));
        assertEquals(bad, Syscalls.close(NO_FD));
        assertEquals(bad, Syscalls.epollCtl(NO_FD, 1, 0, memory));
        assertEquals(bad, Syscalls.epollWait(NO_FD, memory, 1, 0));
        assertEquals(bad, Syscalls.epollPwait2(NO_FD, memory, 1, memory + 128));
        assertEquals(bad, Syscalls.timerfdSettime(NO_FD, 0, memory, 0));
        assertEquals(bad, Syscalls.mmap(0, PAGE_BYTES, Mapping.PROT_READ, Mapping.MAP_SHARED, NO_FD, 0));
    }

    @Test
    void aFailedCallLeavesNoDescriptorBehind() throws IOException {
        Syscalls.close(NO_FD);   // links what is needed
        int[] blocker = boundListener();
        SockAddr.write(new InetSocketAddress(InetAddress.getLoopbackAddress(), blocker[1]), false, memory);
        Set<String> before = OpenFds.now();
        assertEquals(-Errno.EAFNOSUPPORT, Syscalls.socket(9999, SocketOptions.SOCK_STREAM, 0));
        assertEquals(-Errno.EINVAL, Syscalls.epollCreate1(1));
        assertEquals(-Errno.EINVAL, Syscalls.eventfd(0, 1 << 30));
        assertEquals(-Errno.EINVAL, Syscalls.timerfdCreate(9999, 0));
        assertEquals(-Errno.EOPNOTSUPP, Syscalls.socketpair(SockAddr.AF_INET, SocketOptions.SOCK_STREAM, 0, memory + 256));
        assertEquals(-Errno.EINVAL, Syscalls.accept4(blocker[0], 0, 0, 1 << 30));
        assertTrue(Syscalls.ioUringSetup(0, memory + 256) < 0);
        int second = socket();
        assertEquals(-Errno.EADDRINUSE, Syscalls.bind(second, memory, SockAddr.IN_BYTES));
        assertEquals(0, Syscalls.close(second));
        assertThrows(IOException.class, () -> Mapping.shared(NO_FD, 0, PAGE_BYTES));
        Set<String> left = OpenFds.now();
        left.removeAll(before);
        assertEquals(Set.of(), left);
        assertEquals(0, Syscalls.close(blocker[0]));
    }

    @Test
    void errnoOfOneThreadIsNotAnothers() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        try (var threads = Executors.newFixedThreadPool(2)) {
            Future<?> badFd = threads.submit(failing(together, -Errno.EBADF, () -> Syscalls.close(NO_FD)));
            Future<?> invalid = threads.submit(failing(together, -Errno.EINVAL, () -> Syscalls.epollCreate1(1)));
            badFd.get();
            invalid.get();
        }
    }

    private static Callable<Void> failing(CyclicBarrier together, int expected, Callable<Integer> call) {
        return () -> {
            for (int round = 0; round < 50; round++) {
                together.await();
                for (int i = 0; i < 500; i++) {
                    assertEquals(expected, call.call().intValue());
                }
            }
            return null;
        };
    }

    @Test
    void mappedMemoryIsZeroWritableAndReturned() throws IOException {
        Mapping mapping = Mapping.anonymous(PAGE_BYTES);
        assertEquals(PAGE_BYTES, mapping.bytes());
        assertEquals(0, NativeAddress.getLong(mapping.address() + PAGE_BYTES - 8));
        NativeAddress.putLong(mapping.address(), 42);
        assertEquals(42, NativeAddress.getLong(mapping.address()));
        mapping.close();
        mapping.close();
        assertThrows(AssertionError.class, mapping::address);
    }

    @Test
    void aMappingOfNothingFailsWithItsSize() {
        IOException e = assertThrows(LinuxException.class, () -> Mapping.anonymous(0));
        assertEquals("mmap(..) failed: EINVAL, invalid argument: 0 bytes", e.getMessage());
    }

    @Test
    void theKernelNamesThreadAndItself() {
        assertTrue(Syscalls.gettid() > 0);
        assertEquals(0, Syscalls.uname(memory));
        byte[] system = new byte[5];
        NativeAddress.copyOut(memory, system, 0, 5);
        assertEquals("Linux", new String(system, StandardCharsets.US_ASCII));
    }

    private int[] socketpair() {
        int result = Syscalls.socketpair(SockAddr.AF_UNIX, SocketOptions.SOCK_STREAM, 0, memory);
        assertEquals(0, result);
        return new int[] {NativeAddress.getInt(memory), NativeAddress.getInt(memory + 4)};
    }

    private static int socket() {
        int fd = Syscalls.socket(SockAddr.AF_INET, SocketOptions.SOCK_STREAM | SocketOptions.SOCK_CLOEXEC, 0);
        assertTrue(fd >= 0, () -> Errno.text(-fd));
        return fd;
    }

    /** @return descriptor and port */
    private int[] boundListener() {
        int fd = socket();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        assertEquals(0, Syscalls.bind(fd, memory, SockAddr.write(any, false, memory)));
        assertEquals(0, Syscalls.listen(fd, 1));
        NativeAddress.putInt(memory + SockAddr.STORAGE_BYTES, SockAddr.STORAGE_BYTES);
        assertEquals(0, Syscalls.getsockname(fd, memory, memory + SockAddr.STORAGE_BYTES));
        int bytes = NativeAddress.getInt(memory + SockAddr.STORAGE_BYTES);
        return new int[] {fd, SockAddr.read(memory, bytes).getPort()};
    }

    private void assertReceived(int fd) {
        assertEquals(HELLO.length, Syscalls.recv(fd, memory + 512, 16, 0));
        byte[] received = new byte[HELLO.length];
        NativeAddress.copyOut(memory + 512, received, 0, HELLO.length);
        assertArrayEquals(HELLO, received);
    }

    private static void close(int[] pair) {
        assertEquals(0, Syscalls.close(pair[0]));
        assertEquals(0, Syscalls.close(pair[1]));
    }
}
