package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.FileCalls;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.Cmsg;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static io.evpl.linux.socket.SocketOptions.SCM_PIDFD;
import static io.evpl.linux.socket.SocketOptions.SCM_RIGHTS;
import static io.evpl.linux.uring.UringAbi.OP_RECV;
import static io.evpl.linux.uring.UringAbi.OP_RECVMSG;
import static io.evpl.linux.uring.UringAbi.OP_SEND;
import static io.evpl.linux.uring.UringAbi.OP_SENDMSG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Messages with descriptors when everything goes wrong: none stays open. */
class DescriptorsOnScriptedKernelTest extends ScriptedChannelFixture {
    // struct msghdr
    private static final int CONTROL = 32;
    private static final int CONTROLLEN = 40;
    private static final int FLAGS = 48;

    private EvplDomainSocketChannel unix;
    private int far;
    private int model;
    private final List<Integer> passed = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private Runnable onRead = () -> { };

    private void connect(boolean autoRead) {
        useLoop(ScriptedFeatures.all());
        try (Arena arena = Arena.ofConfined()) {
            long pair = NativeAddress.allocate(arena, 8);
            assertEquals(0, Syscalls.socketpair(SockAddr.AF_UNIX, SocketOptions.SOCK_STREAM
                    | SocketOptions.SOCK_NONBLOCK | SocketOptions.SOCK_CLOEXEC, 0, pair));
            unix = new EvplDomainSocketChannel(null, NativeAddress.getInt(pair));
            far = NativeAddress.getInt(pair + 4);
            model = far;
        }
        unix.config().setAutoRead(autoRead).setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
        unix.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
                EvplFileDescriptor descriptor = assertInstanceOf(EvplFileDescriptor.class, message);
                passed.add(descriptor.intValue());
                descriptor.close();
                onRead.run();
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failures.add(cause.getMessage());
            }
        });
        loop.register(unix);
    }

    @AfterEach
    void closeFarEnd() {
        Syscalls.close(far);
    }

    private int[] open(int count) {
        int[] fds = new int[count];
        for (int i = 0; i < count; i++) {
            fds[i] = FileCalls.duplicate(model);
            assertTrue(fds[i] >= 0);
        }
        return fds;
    }

    private static void assertClosed(int... fds) {
        for (int fd : fds) {
            assertFalse(isOpen(fd), () -> "still open: " + fd);
        }
    }

    /** The kernel's part of a receive: the control buffer, how much of it is used, and the flags. */
    private static int deliver(long message, int controlBytes, int type, int flags, int... fds) {
        long cmsg = NativeAddress.getLong(message + CONTROL) + controlBytes;
        long data = Cmsg.write(cmsg, SocketOptions.SOL_SOCKET, type, fds.length * Integer.BYTES);
        for (int i = 0; i < fds.length; i++) {
            NativeAddress.putInt(data + (long) i * Integer.BYTES, fds[i]);
        }
        int used = controlBytes + Cmsg.space(fds.length * Integer.BYTES);
        NativeAddress.putLong(message + CONTROLLEN, used);
        NativeAddress.putInt(message + FLAGS, flags);
        return used;
    }

    private void complete(Submission operation, int res) {
        operation.complete(res);
        loop.turn();
    }

    // ---- receiving

    @Test
    void whatArrivesIsCloseOnExecAndOneByteAtATime() {
        connect(true);
        Submission recv = kernel.only(OP_RECVMSG);
        assertEquals(SocketOptions.MSG_CMSG_CLOEXEC, recv.opFlags());
        assertEquals(1, NativeAddress.getLong(NativeAddress.getLong(recv.addr() + 16) + 8));
    }

    @Test
    void manyDescriptorsOfOneMessageArePassedOnOneByOne() {
        connect(true);
        int[] fds = open(253);
        Submission recv = kernel.only(OP_RECVMSG);
        deliver(recv.addr(), 0, SCM_RIGHTS, 0, fds);
        complete(recv, 1);
        assertEquals(Arrays.stream(fds).boxed().toList(), passed);
        assertClosed(fds);
        assertEquals(1, kernel.inFlight(OP_RECVMSG).size(), "the next is received");
    }

    @Test
    void aMessageThatWasCutShortIsReportedAndWhatCameOfItIsClosed() {
        connect(true);
        int[] fds = open(3);
        Submission recv = kernel.only(OP_RECVMSG);
        deliver(recv.addr(), 0, SCM_RIGHTS, SocketOptions.MSG_CTRUNC, fds);
        complete(recv, 1);
        assertEquals(List.of(), passed);
        assertEquals(1, failures.size());
        assertTrue(failures.getFirst().contains("MSG_CTRUNC") && failures.getFirst().contains("ulimit -n"), failures::toString);
        assertClosed(fds);
        assertTrue(unix.isOpen());
    }

    @Test
    void aPidfdThatSomeOptionAddedIsClosed() {
        connect(true);
        int[] wanted = open(2);
        int[] pidfd = open(1);
        Submission recv = kernel.only(OP_RECVMSG);
        int used = deliver(recv.addr(), 0, SCM_PIDFD, 0, pidfd);
        deliver(recv.addr(), used, SCM_RIGHTS, 0, wanted);
        complete(recv, 1);
        assertEquals(List.of(wanted[0], wanted[1]), passed);
        assertClosed(pidfd);
    }

    @Test
    void aControlBufferThatMakesNoSenseIsNotFollowed() {
        connect(true);
        for (long length : new long[] {0, 15, 17L << 32, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Submission recv = kernel.only(OP_RECVMSG);
            deliver(recv.addr(), 0, SCM_RIGHTS, 0, 12345);
            NativeAddress.putLong(NativeAddress.getLong(recv.addr() + CONTROL), length);
            complete(recv, 1);
        }
        Submission recv = kernel.only(OP_RECVMSG);
        deliver(recv.addr(), 0, SCM_RIGHTS, 0, 12345);
        NativeAddress.putLong(recv.addr() + CONTROLLEN, 8);
        complete(recv, 1);
        assertEquals(List.of(), passed);
        assertEquals(7, failures.size());
        assertTrue(failures.getFirst().contains("without a descriptor"), failures::toString);
    }

    @Test
    void aHandlerThatClosesInTheMiddleGetsNoMoreAndTheRestIsClosed() {
        connect(true);
        int[] fds = open(5);
        onRead = () -> {
            if (passed.size() == 2) {
                unix.close();
            }
        };
        Submission recv = kernel.only(OP_RECVMSG);
        deliver(recv.addr(), 0, SCM_RIGHTS, 0, fds);
        complete(recv, 1);
        assertEquals(2, passed.size());
        assertClosed(fds);
    }

    @Test
    void aMessageThatComesWhileTheChannelClosesIsClosed() {
        connect(true);
        Submission recv = kernel.only(OP_RECVMSG);
        recv.runUncancellably();
        loop.run(unix::close);
        int[] fds = open(3);
        deliver(recv.addr(), 0, SCM_RIGHTS, 0, fds); // its memory is there as long as the kernel has the receive
        complete(recv, 1);
        assertEquals(List.of(), passed);
        assertClosed(fds);
        assertTrue(unix.closeFuture().isSuccess());
    }

    @Test
    void aMessageThatNobodyAskedForWaitsAndIsClosedWithTheChannel() {
        connect(true);
        Submission recv = kernel.only(OP_RECVMSG);
        recv.runUncancellably();
        loop.run(() -> unix.config().setAutoRead(false));
        int[] fds = open(2);
        deliver(recv.addr(), 0, SCM_RIGHTS, 0, fds);
        complete(recv, 1);
        assertEquals(List.of(), passed);
        assertTrue(isOpen(fds[0]) && isOpen(fds[1]));
        loop.run(unix::close);
        assertClosed(fds);
    }

    @Test
    void aMessageThatWaitedIsPassedOnWithTheNextRead() {
        connect(true);
        Submission recv = kernel.only(OP_RECVMSG);
        recv.runUncancellably();
        loop.run(() -> unix.config().setAutoRead(false));
        int[] fds = open(2);
        deliver(recv.addr(), 0, SCM_RIGHTS, 0, fds);
        complete(recv, 1);
        loop.run(unix::read);
        assertEquals(List.of(fds[0], fds[1]), passed);
        assertClosed(fds);
    }

    @Test
    void aChangeOfModeTakesTheReceiveBackAndArmsTheOther() {
        connect(true);
        assertEquals(0, kernel.inFlight(OP_RECV).size());
        loop.run(() -> unix.config().setReadMode(DomainSocketReadMode.BYTES));
        assertEquals(0, kernel.inFlight(OP_RECVMSG).size());
        assertTrue(kernel.only(OP_RECV).isMultishot());
        loop.run(() -> unix.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS));
        assertEquals(0, kernel.inFlight(OP_RECV).size());
        kernel.only(OP_RECVMSG);
    }

    @Test
    void theEndOfThePeerIsTheEnd() {
        connect(true);
        complete(kernel.only(OP_RECVMSG), 0);
        assertFalse(unix.isOpen());
        assertEquals(List.of(), failures);
    }

    // ---- sending

    private ChannelFuture write() {
        List<ChannelFuture> future = new ArrayList<>();
        loop.run(() -> future.add(unix.writeAndFlush(new FileDescriptor(model))));
        return future.getFirst();
    }

    /** The descriptor in a message being sent, read as late as the kernel may read it. */
    private static int sent(Submission send) {
        long cmsg = NativeAddress.getLong(send.addr() + CONTROL);
        assertEquals(Cmsg.space(Integer.BYTES), NativeAddress.getLong(send.addr() + CONTROLLEN));
        assertTrue(Cmsg.is(cmsg, SocketOptions.SOL_SOCKET, SCM_RIGHTS));
        return NativeAddress.getInt(Cmsg.data(cmsg));
    }

    @Test
    void aDescriptorIsSentAsACopyThatIsClosedWhenTheKernelHasIt() {
        connect(true);
        ChannelFuture written = write();
        Submission send = kernel.only(OP_SENDMSG);
        int copy = sent(send);
        assertTrue(copy != model && isOpen(copy));
        complete(send, 1);
        assertTrue(written.isSuccess());
        assertClosed(copy);
        assertTrue(isOpen(model), "the writer's own stays open");
    }

    @Test
    void aSendThatWasInterruptedIsSentAgain() {
        connect(true);
        ChannelFuture written = write();
        complete(kernel.only(OP_SENDMSG), -Errno.EAGAIN);
        Submission again = kernel.only(OP_SENDMSG);
        assertTrue(isOpen(sent(again)));
        complete(again, 1);
        assertTrue(written.isSuccess());
    }

    @Test
    void aFailedSendClosesTheCopies() {
        connect(true);
        ChannelFuture first = write();
        ChannelFuture second = write();
        Submission send = kernel.only(OP_SENDMSG);
        int copy = sent(send);
        complete(send, -Errno.EPIPE);
        assertInstanceOf(IOException.class, first.cause());
        assertFalse(second.isSuccess());
        assertClosed(copy);
    }

    @Test
    void aCloseWhileASendIsInFlightClosesTheCopyAfterTheCompletion() {
        connect(true);
        write();
        Submission send = kernel.only(OP_SENDMSG);
        send.runUncancellably();
        loop.run(unix::close);
        int copy = sent(send);
        assertTrue(isOpen(copy), "the kernel may still look at it");
        complete(send, 1);
        assertClosed(copy);
    }

    @Test
    void bytesAndDescriptorsKeepTheirOrder() {
        connect(true);
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> {
            written.add(unix.write(buffer("a")));
            written.add(unix.write(buffer("b")));
            written.add(unix.write(new FileDescriptor(model)));
            written.add(unix.write(buffer("c")));
            unix.flush();
        });
        Submission bytes = kernel.only(OP_SENDMSG);
        assertEquals("ab", text(bytes.payload()));
        complete(bytes, 2);
        Submission descriptor = kernel.only(OP_SENDMSG);
        assertTrue(isOpen(sent(descriptor)));
        complete(descriptor, 1);
        complete(kernel.only(OP_SEND), 1);
        assertTrue(written.stream().allMatch(ChannelFuture::isSuccess));
    }
}
