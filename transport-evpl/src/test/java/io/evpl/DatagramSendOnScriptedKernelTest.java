package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.evpl.linux.uring.UringAbi;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static io.evpl.linux.uring.UringAbi.OP_ASYNC_CANCEL;
import static io.evpl.linux.uring.UringAbi.OP_POLL_ADD;
import static io.evpl.linux.uring.UringAbi.OP_RECVMSG;
import static io.evpl.linux.uring.UringAbi.OP_SENDMSG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DatagramSendOnScriptedKernelTest extends ScriptedDatagramFixture {
    private static final int POLLOUT = 4;

    @BeforeEach
    void makeChannel() {
        useLoop(ScriptedFeatures.all());
        useChannel(true);
    }

    private static List<Boolean> done(List<ChannelFuture> written) {
        return written.stream().map(ChannelFuture::isDone).toList();
    }

    // ---- one flush, many sends

    @Test
    void allThatAFlushSendsGoesInOneKernelEntry() {
        long enters = kernel.enters();
        List<ChannelFuture> written = write(packet("a", ALICE), packet("bb", BOB), packet("ccc", ALICE));
        assertEquals(1, kernel.enters() - enters);
        assertEquals(List.of("a", "bb", "ccc"), sends().stream().map(ScriptedDatagramFixture::text).toList());
        assertEquals(List.of(ALICE, BOB, ALICE), sends().stream().map(Submission::recipient).toList());
        for (Submission send : sends()) {
            send.complete(send.payloadBytes());
        }
        loop.turn();
        assertEquals(List.of(true, true, true), done(written));
    }

    @Test
    void completionsOutOfOrderLeaveInOrder() {
        List<ChannelFuture> written = write(packet("a", ALICE), packet("bb", BOB), packet("ccc", ALICE));
        List<Submission> sends = sends();
        complete(sends.get(2), 3);
        complete(sends.get(1), 2);
        assertEquals(List.of(false, false, false), done(written));
        complete(sends.get(0), 1);
        assertEquals(List.of(true, true, true), done(written));
    }

    @Test
    void aFlushWhileSendsAreInFlightSendsOnlyWhatIsNew_S4() {
        write(packet("a", ALICE), packet("bb", BOB));
        List<Submission> first = sends();
        complete(first.get(1), 2);
        write(packet("ccc", ALICE));
        assertEquals(3, kernel.submissions(OP_SENDMSG));
        assertEquals("ccc", text(kernel.last(OP_SENDMSG)));
        complete(first.get(0), 1);
        complete(kernel.only(OP_SENDMSG), 3);
        assertEquals(3, kernel.submissions(OP_SENDMSG));
    }

    @Test
    void moreThanTheKernelMayHaveAtATimeWaits() {
        List<ChannelFuture> written = write(IntStream.range(0, 300)
                .mapToObj(i -> packet("x".repeat(1 + i % 2), i % 2 == 0 ? ALICE : BOB)).toArray(DatagramPacket[]::new));
        assertEquals(256, sends().size());
        while (!sends().isEmpty()) {
            for (Submission send : sends()) {
                send.complete(send.payloadBytes());
            }
            loop.turn();
        }
        assertEquals(300, kernel.submissions(OP_SENDMSG));
        assertTrue(written.stream().allMatch(ChannelFuture::isSuccess));
    }

    @Test
    void aWriteCancelledBeforeItsFlushIsNotSentAndNoOtherTakesItsPlace() {
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> {
            ChannelPromise cancelled = channel.newPromise();
            channel.write(packet("cancelled", ALICE), cancelled);
            written.add(channel.write(packet("a", ALICE)));
            ChannelPromise alsoCancelled = channel.newPromise();
            channel.write(packet("cancelled too", ALICE), alsoCancelled);
            written.add(channel.write(packet("bb", BOB)));
            cancelled.cancel(false);
            alsoCancelled.cancel(false);
            channel.flush();
        });
        List<Submission> sends = sends();
        assertEquals(List.of("a", "bb"), sends.stream().map(ScriptedDatagramFixture::text).toList());
        complete(sends.get(0), 1);
        assertEquals(List.of(true, false), done(written));
        complete(sends.get(1), 2);
        assertEquals(List.of(true, true), done(written));
        assertEquals(2, kernel.submissions(OP_SENDMSG));
    }

    @Test
    void anEmptyDatagramIsSentAsOne() {
        List<ChannelFuture> written = write(new DatagramPacket(Unpooled.EMPTY_BUFFER, ALICE), packet("a", ALICE));
        List<Submission> sends = sends();
        assertEquals(List.of("", "a"), sends.stream().map(ScriptedDatagramFixture::text).toList());
        complete(sends.get(0), 0);
        assertEquals(List.of(true, false), done(written));
        complete(sends.get(1), 1);
        assertEquals(List.of(true, true), done(written));
    }

    // ---- errors are each datagram's own

    @ParameterizedTest
    @ValueSource(ints = {Errno.EMSGSIZE, Errno.EPERM, Errno.ENETUNREACH, Errno.ECONNREFUSED, Errno.ENOBUFS, Errno.EINVAL})
    void aRefusedDatagramFailsItsOwnWriteAndNoOther_L11(int errno) {
        List<ChannelFuture> written = write(packet("a", ALICE), packet("bb", BOB), packet("ccc", ALICE));
        List<Submission> sends = sends();
        complete(sends.get(0), 1);
        complete(sends.get(1), -errno);
        complete(sends.get(2), 3);
        assertTrue(written.get(0).isSuccess());
        assertTrue(written.get(1).cause().getMessage().startsWith("sendmsg(..) failed: " + Errno.text(errno)),
                () -> written.get(1).cause().toString());
        assertTrue(written.get(2).isSuccess());
        assertTrue(channel.isOpen());
    }

    @Test
    void anInterruptedSendIsTriedAgain() {
        List<ChannelFuture> written = write(packet("a", ALICE));
        complete(kernel.only(OP_SENDMSG), -Errno.EINTR);
        assertEquals("a", text(kernel.only(OP_SENDMSG)));
        complete(kernel.only(OP_SENDMSG), 1);
        assertTrue(written.get(0).isSuccess());
    }

    /** The kernel must not wait with a send: what it has copied by then it would not copy again. */
    @Test
    void aSendWithoutRoomWaitsForItAndThoseBehindItStayBehind() {
        List<ChannelFuture> written = write(packet("a", ALICE), packet("bb", BOB));
        List<Submission> sends = sends();
        assertTrue((sends.get(0).opFlags() & SocketOptions.MSG_DONTWAIT) != 0);
        sends.get(0).complete(-Errno.EAGAIN);
        complete(sends.get(1), -Errno.EAGAIN);
        assertEquals(List.of(), sends());
        Submission room = kernel.inFlight(OP_POLL_ADD).stream().filter(poll -> poll.fd() == channel.fd).findFirst().orElseThrow();
        write(packet("ccc", ALICE));
        assertEquals(List.of(), sends(), "no overtaking");
        room.complete(POLLOUT, UringAbi.CQE_F_MORE);
        loop.turn();
        assertEquals("a", text(kernel.only(OP_SENDMSG)));
        complete(kernel.only(OP_SENDMSG), -Errno.EAGAIN);
        room.complete(POLLOUT, UringAbi.CQE_F_MORE);
        loop.turn();
        complete(sends().get(0), 1);
        assertTrue(written.get(0).isSuccess());
        while (!sends().isEmpty()) {
            complete(sends().get(0), sends().get(0).payloadBytes());
        }
        assertEquals("ccc", text(kernel.last(OP_SENDMSG)));
        assertTrue(written.get(1).isSuccess());
        assertFalse(room.isInFlight(), "taken back when nothing waits");
    }

    @Test
    void closingWhileASendWaitsForRoomFailsIt() {
        List<ChannelFuture> written = write(packet("a", ALICE));
        complete(kernel.only(OP_SENDMSG), -Errno.EAGAIN);
        loop.run(channel::close);
        assertInstanceOf(ClosedChannelException.class, written.get(0).cause());
        assertTrue(channel.closeFuture().isDone());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void withoutRecipientAndConnectionTheWriteFailsAndSaysHowToMendIt() {
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> written.add(channel.writeAndFlush(packet("a", ALICE).content())));
        assertNull(kernel.only(OP_SENDMSG).recipient());
        complete(kernel.only(OP_SENDMSG), -Errno.EDESTADDRREQ);
        assertInstanceOf(NotYetConnectedException.class, written.get(0).cause());
        assertTrue(written.get(0).cause().getCause().getMessage().contains("write a DatagramPacket with one, or connect"));
    }

    // ---- segments

    @Test
    void datagramsAlikeInARowAreSegmentsOfOneMessage() {
        List<ChannelFuture> written = write(packet("aaa", ALICE), packet("bbb", ALICE), packet("cc", ALICE),
                packet("ddd", ALICE), packet("eee", BOB), packet("fffff", BOB));
        List<Submission> sends = sends();
        assertEquals(List.of("aaabbbcc", "ddd", "eee", "fffff"), sends.stream().map(ScriptedDatagramFixture::text).toList());
        assertEquals(List.of(3, 0, 0, 0), sends.stream().map(Submission::segmentBytes).toList());
        complete(sends.get(0), 8);
        assertEquals(List.of(true, true, true, false, false, false), done(written));
        for (Submission send : sends()) {
            complete(send, send.payloadBytes());
        }
    }

    @Test
    void aMessageHasNoMoreSegmentsThanTheKernelTakes() {
        write(IntStream.range(0, 70).mapToObj(i -> packet("xyz", ALICE)).toArray(DatagramPacket[]::new));
        assertEquals(List.of(64 * 3, 6 * 3), sends().stream().map(Submission::payloadBytes).toList());
        for (Submission send : sends()) {
            complete(send, send.payloadBytes());
        }
    }

    @Test
    void whoDoesNotWantSegmentsGetsNone() {
        channel.config().setOption(EvplChannelOption.UDP_GSO, false);
        write(packet("aaa", ALICE), packet("bbb", ALICE));
        assertEquals(List.of(0, 0), sends().stream().map(Submission::segmentBytes).toList());
        for (Submission send : sends()) {
            complete(send, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EMSGSIZE, Errno.EINVAL, Errno.EIO, Errno.EOPNOTSUPP})
    void segmentsThatTheKernelRefusesAreSentSinglyAndFailSingly(int errno) {
        List<ChannelFuture> written = write(packet("aaa", ALICE), packet("bbb", ALICE), packet("ccc", ALICE),
                packet("later", BOB));
        List<Submission> sends = sends();
        complete(sends.get(1), 5);
        complete(sends.get(0), -errno);
        assertEquals("aaa", text(kernel.only(OP_SENDMSG)));
        complete(kernel.only(OP_SENDMSG), 3);
        assertEquals("bbb", text(kernel.only(OP_SENDMSG)));
        complete(kernel.only(OP_SENDMSG), -Errno.EMSGSIZE);
        assertEquals("ccc", text(kernel.only(OP_SENDMSG)));
        assertEquals(List.of(true, true, false, false), done(written));
        complete(kernel.only(OP_SENDMSG), 3);
        assertEquals(List.of(true, false, true, true), written.stream().map(ChannelFuture::isSuccess).toList());
        write(packet("aaa", ALICE), packet("bbb", ALICE));
        assertEquals(List.of(0, 0), sends().stream().map(Submission::segmentBytes).toList(), "not tried again");
        for (Submission send : sends()) {
            complete(send, 3);
        }
    }

    @Test
    void anErrorFromBeforeTakesTheFirstSegmentOnly() {
        List<ChannelFuture> written = write(packet("aaa", ALICE), packet("bbb", ALICE), packet("ccc", ALICE));
        complete(kernel.only(OP_SENDMSG), -Errno.ECONNREFUSED);
        assertEquals("bbb", text(kernel.only(OP_SENDMSG)));
        complete(kernel.only(OP_SENDMSG), 3);
        complete(kernel.only(OP_SENDMSG), 3);
        assertEquals(List.of(false, true, true), written.stream().map(ChannelFuture::isSuccess).toList());
    }

    @Test
    void aSegmentedPacketGoesAsItsWriterWantsIt() {
        DatagramPacket whole = packet("aaabbbcc", ALICE);
        List<ChannelFuture> written = write(new SegmentedDatagramPacket(whole.content(), 3, ALICE));
        assertEquals(3, kernel.only(OP_SENDMSG).segmentBytes());
        complete(kernel.only(OP_SENDMSG), -Errno.EMSGSIZE);
        assertFalse(written.get(0).isSuccess());
        write(new SegmentedDatagramPacket(packet("aa", ALICE).content(), 3, ALICE));
        assertEquals(0, kernel.only(OP_SENDMSG).segmentBytes(), "one segment is a datagram");
        complete(kernel.only(OP_SENDMSG), 2);
    }

    // ---- closing

    @Test
    void closeWhileSendsAreInFlightReleasesBuffersAfterCompletion() {
        DatagramPacket first = packet("a", ALICE);
        DatagramPacket second = packet("bb", BOB);
        kernel.on(OP_ASYNC_CANCEL, operation -> operation.complete(-Errno.EALREADY));
        List<ChannelFuture> written = write(first, second);
        List<Submission> sends = sends();
        loop.run(channel::close);
        assertFalse(channel.isOpen());
        assertEquals(List.of(1, 1), List.of(first.refCnt(), second.refCnt()));
        complete(sends.get(1), 2);
        assertEquals(1, second.refCnt(), "behind one that is in flight");
        complete(sends.get(0), 1);
        loop.kernel().inFlight(OP_RECVMSG).forEach(recv -> complete(recv, -Errno.ECANCELED));
        assertTrue(channel.closeFuture().isDone());
        assertEquals(List.of(true, true), written.stream().map(ChannelFuture::isSuccess).toList(), "the kernel had taken both");
    }

    @Test
    void whatTheCloseTookBackFails() {
        List<ChannelFuture> written = write(packet("a", ALICE), packet("bb", BOB));
        Submission sent = sends().get(1);
        sent.complete(2);
        loop.run(channel::close);
        assertTrue(channel.closeFuture().isDone());
        assertFalse(written.get(0).isSuccess());
        assertTrue(written.get(1).isSuccess(), "it was sent");
    }

    @Test
    void allThatTheCloseTookBackFailsAsClosed() {
        List<ChannelFuture> written = write(packet("a", ALICE), packet("bb", BOB));
        loop.run(channel::close);
        written.forEach(one -> assertInstanceOf(ClosedChannelException.class, one.cause()));
    }

    @Test
    void aListenerThatClosesLosesNothingThatWasSent() {
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> {
            written.add(channel.write(packet("aaa", ALICE)).addListener(done -> channel.close()));
            written.add(channel.write(packet("bbb", ALICE)));
            channel.flush();
        });
        complete(kernel.only(OP_SENDMSG), 6);
        assertEquals(List.of(true, true), written.stream().map(ChannelFuture::isSuccess).toList());
        assertTrue(channel.closeFuture().isDone());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void aListenerThatWritesSendsNothingTwice() {
        loop.run(() -> {
            channel.write(packet("aaa", ALICE)).addListener(done -> channel.writeAndFlush(packet("more", BOB)));
            channel.write(packet("bbb", ALICE));
            channel.flush();
        });
        complete(kernel.only(OP_SENDMSG), 6);
        assertEquals("more", text(kernel.only(OP_SENDMSG)));
        complete(kernel.only(OP_SENDMSG), 4);
        assertEquals(2, kernel.submissions(OP_SENDMSG));
    }
}
