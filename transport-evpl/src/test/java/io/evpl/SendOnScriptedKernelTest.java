package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.evpl.uring.ScriptedTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

import static io.evpl.linux.uring.UringAbi.OP_SEND;
import static io.evpl.linux.uring.UringAbi.OP_SENDMSG;
import static io.evpl.linux.uring.UringAbi.OP_SENDMSG_ZC;
import static io.evpl.linux.uring.UringAbi.OP_SEND_ZC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SendOnScriptedKernelTest extends ScriptedChannelFixture {
    private static final int LARGE = ScriptedTransport.ZERO_COPY_BYTES;

    @BeforeEach
    void connect() {
        useConnection(true);
    }

    private ChannelFuture write(ByteBuf buf) {
        List<ChannelFuture> future = new ArrayList<>();
        loop.run(() -> future.add(channel.writeAndFlush(buf)));
        return future.get(0);
    }

    private List<ChannelFuture> writeTogether(String... texts) {
        List<ChannelFuture> futures = new ArrayList<>();
        loop.run(() -> {
            for (String text : texts) {
                futures.add(channel.write(buffer(text)));
            }
            channel.flush();
        });
        return futures;
    }

    private void complete(Submission send, int res) {
        send.complete(res);
        loop.turn();
    }

    @Test
    void aShortWriteGoesOnWhereTheKernelStopped() {
        ChannelFuture written = write(buffer("hello world"));
        complete(kernel.only(OP_SEND), 6);
        assertFalse(written.isDone());
        assertEquals("world", text(kernel.only(OP_SEND).payload()));
        complete(kernel.only(OP_SEND), 5);
        assertTrue(written.isSuccess());
        assertEquals(0, kernel.inFlight(OP_SEND).size());
    }

    /** However much is flushed, the kernel has one send of it, of no more than maxWriteBytes. */
    @Test
    void aConnectionHasOneSendOfLimitedSizeWithTheKernel() {
        int most = EvplConfig.builder().build().maxWriteBytes();
        ByteBuf large = PooledByteBufAllocator.DEFAULT.directBuffer(3 * most).writerIndex(3 * most);
        ChannelFuture written = write(large);
        for (int i = 0; i < 3; i++) {
            assertFalse(written.isDone());
            Submission send = kernel.only(OP_SEND_ZC);
            assertEquals(most, send.len());
            send.completeBeforeNotification(most);
            send.notifySent(false);
            loop.turn();
        }
        assertTrue(written.isSuccess());
        assertEquals(0, large.refCnt());
    }

    @Test
    void aShortGatheringWriteCompletesTheMessagesItTookAndSendsTheRest() {
        List<ChannelFuture> written = writeTogether("aaaa", "bbbb", "cccc");
        Submission first = kernel.only(OP_SENDMSG);
        assertEquals(3, first.buffers());
        complete(first, 6);
        assertTrue(written.get(0).isSuccess());
        assertFalse(written.get(1).isDone());
        Submission rest = kernel.only(OP_SENDMSG);
        assertEquals("bbcccc", text(rest.payload()));
        complete(rest, 6);
        assertTrue(written.get(1).isSuccess() && written.get(2).isSuccess());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINTR, Errno.EAGAIN, Errno.ECANCELED})
    void aSendThatWasInterruptedIsSentAgain(int errno) {
        ChannelFuture written = write(buffer("hello"));
        complete(kernel.only(OP_SEND), -errno);
        assertEquals("hello", text(kernel.only(OP_SEND).payload()));
        complete(kernel.only(OP_SEND), 5);
        assertTrue(written.isSuccess());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ECONNRESET, Errno.EPIPE, Errno.ETIMEDOUT})
    void aFailedSendFailsAllThatIsFlushedAndClosesTheChannel(int errno) {
        List<ChannelFuture> written = writeTogether("aaaa", "bbbb");
        complete(kernel.only(OP_SENDMSG), -errno);
        for (ChannelFuture future : written) {
            assertInstanceOf(IOException.class, future.cause());
        }
        assertFalse(channel.isOpen());
        assertEquals(0, loop.inFlight());
        assertEquals(List.of("inactive"), log.take());
    }

    @Test
    void aResetAfterAShortWriteCountsWhatWasTaken() {
        List<ChannelFuture> written = writeTogether("aaaa", "bbbb");
        complete(kernel.only(OP_SENDMSG), 4);
        complete(kernel.only(OP_SEND), -Errno.ECONNRESET);
        assertTrue(written.get(0).isSuccess());
        assertInstanceOf(IOException.class, written.get(1).cause());
    }

    @Test
    void aSendThatTookNothingIsTriedAgain() {
        ChannelFuture written = write(buffer("hello"));
        complete(kernel.only(OP_SEND), 0);
        complete(kernel.only(OP_SEND), 5);
        assertTrue(written.isSuccess());
    }

    @Test
    void oneSendAtATimeIsWithTheKernelAndTheNextTakesAllThatCameMeanwhile() {
        write(buffer("a"));
        write(buffer("b"));
        write(buffer("c"));
        complete(kernel.only(OP_SEND), 1);
        assertEquals("bc", text(kernel.only(OP_SENDMSG).payload()));
        complete(kernel.only(OP_SENDMSG), 2);
    }

    @Test
    void aListenerThatWritesWhileItsGatheringIsAccountedForSendsNothingTwice() {
        StringBuilder sent = new StringBuilder();
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> {
            written.add(channel.write(buffer("aaaa")).addListener(done -> channel.writeAndFlush(buffer("xxxx"))));
            written.add(channel.write(buffer("bbbb")));
            written.add(channel.write(buffer("cccc")));
            channel.flush();
        });
        while (!kernel.inFlight(OP_SEND).isEmpty() || !kernel.inFlight(OP_SENDMSG).isEmpty()) {
            Submission send = kernel.inFlight(OP_SEND).isEmpty() ? kernel.only(OP_SENDMSG) : kernel.only(OP_SEND);
            sent.append(text(send.payload()));
            complete(send, send.payloadBytes());
        }
        assertEquals("aaaabbbbccccxxxx", sent.toString());
        assertTrue(written.stream().allMatch(ChannelFuture::isSuccess));
    }

    @Test
    void aListenerThatClosesWhileItsGatheringIsAccountedForLosesNoneOfWhatWasSent() {
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> {
            written.add(channel.write(buffer("aaaa")).addListener(done -> channel.close()));
            written.add(channel.write(buffer("bbbb")));
            channel.flush();
        });
        complete(kernel.only(OP_SENDMSG), 8);
        assertTrue(written.get(0).isSuccess());
        assertTrue(written.get(1).isSuccess(), () -> "it was sent, but " + written.get(1).cause());
        assertFalse(channel.isOpen());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void closingInAListenerDoesNotCancelTheOperationThatTookThePlaceOfTheSend() {
        EvplSocketChannel other = connection();
        loop.register(other);
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> channel.writeAndFlush(buffer("aaaa")).addListener(done -> {
            written.add(other.writeAndFlush(buffer("other")));
            channel.close();
        }));
        complete(kernel.only(OP_SEND), 4);
        assertEquals(1, kernel.submissions(OP_SEND) - 1, "the other channel's send, submitted once");
        complete(kernel.only(OP_SEND), 5);
        assertTrue(written.get(0).isSuccess());
        loop.run(other::close);
    }

    @Test
    void aCompositeIsGatheredWithoutFlattening() {
        CompositeByteBuf composite = PooledByteBufAllocator.DEFAULT.compositeDirectBuffer();
        composite.addComponents(true, buffer("one "), buffer("two "), buffer("three"));
        ChannelFuture written = write(composite);
        Submission send = kernel.only(OP_SENDMSG);
        assertEquals(3, send.buffers());
        complete(send, 5);
        assertEquals("wo three", text(kernel.only(OP_SENDMSG).payload()));
        complete(kernel.only(OP_SENDMSG), 8);
        assertTrue(written.isSuccess());
    }

    @Test
    void anEmptyWriteCompletesWithoutTheKernel() {
        assertTrue(write(buffer("")).isSuccess());
        assertEquals(0, kernel.submissions(OP_SEND) + kernel.submissions(OP_SENDMSG));
    }

    // ---- close and half-close with a send in flight

    @Test
    void closeWhileSendInFlightKeepsItsBufferUntilTheCompletion() {
        ByteBuf buf = buffer("hello");
        ChannelFuture written = write(buf);
        Submission send = kernel.only(OP_SEND);
        send.runUncancellably();
        loop.run(channel::close);
        assertFalse(channel.isOpen());
        assertTrue(isOpen(channel.fd), "the descriptor stays until the kernel is done with it");
        assertEquals(1, buf.refCnt());
        assertEquals("hello", text(send.payload()));
        complete(send, 5);
        assertTrue(written.isSuccess(), "the kernel took it");
        assertTrue(channel.closeFuture().isDone());
        assertFalse(isOpen(channel.fd));
        assertEquals(List.of("inactive"), log.take());
    }

    @Test
    void aSendThatTheCloseCancelledFails() {
        ChannelFuture written = write(buffer("hello"));
        loop.run(channel::close);
        assertInstanceOf(ClosedChannelException.class, written.cause());
        assertTrue(channel.closeFuture().isDone());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void whatAShortSendTookWhileClosingIsWrittenAndTheRestFails() {
        List<ChannelFuture> written = writeTogether("aaaa", "bbbb", "cccc");
        Submission send = kernel.only(OP_SENDMSG);
        send.runUncancellably();
        loop.run(channel::close);
        complete(send, 6);
        assertTrue(written.get(0).isSuccess());
        assertInstanceOf(ClosedChannelException.class, written.get(1).cause());
        assertInstanceOf(ClosedChannelException.class, written.get(2).cause());
        assertEquals(0, kernel.inFlight(OP_SENDMSG).size() + kernel.inFlight(OP_SEND).size());
    }

    @Test
    void shutdownOutputWhileSendInFlightWaitsForItAndCountsWhatItTook() {
        List<ChannelFuture> futures = new ArrayList<>(writeTogether("aaaa", "bbbb"));
        Submission send = kernel.only(OP_SENDMSG);
        send.runUncancellably();
        loop.run(() -> futures.add(channel.shutdownOutput()));
        assertFalse(futures.get(2).isDone());
        complete(send, 4);
        assertTrue(futures.get(0).isSuccess());
        assertInstanceOf(IOException.class, futures.get(1).cause());
        assertTrue(futures.get(2).isSuccess());
        assertTrue(channel.isOutputShutdown() && channel.isOpen());
    }

    @Test
    void shutdownOutputWhileSendInFlightFailsWithTheConnection() {
        List<ChannelFuture> futures = new ArrayList<>(List.of(write(buffer("aaaa"))));
        Submission send = kernel.only(OP_SEND);
        send.runUncancellably();
        loop.run(() -> futures.add(channel.shutdownOutput()));
        complete(send, -Errno.ECONNRESET);
        assertTrue(futures.get(0).cause() != null && futures.get(1).cause() != null, futures::toString);
        assertFalse(channel.isOpen());
    }

    @Test
    void closeDuringShutdownOutputCompletesBoth() {
        List<ChannelFuture> futures = new ArrayList<>(List.of(write(buffer("aaaa"))));
        Submission send = kernel.only(OP_SEND);
        send.runUncancellably();
        loop.run(() -> futures.add(channel.shutdownOutput()));
        loop.run(() -> futures.add(channel.close()));
        complete(send, 4);
        assertTrue(futures.get(0).isSuccess());
        assertTrue(futures.get(1).isDone());
        assertTrue(futures.get(2).isSuccess());
    }

    // ---- zero copy

    private void completeZeroCopy(int opcode, boolean copied) {
        Submission send = kernel.only(opcode);
        send.completeBeforeNotification(send.payloadBytes());
        loop.turn();
        send.notifySent(copied);
        loop.turn();
    }

    @Test
    void aZeroCopySendKeepsItsBufferUntilTheNotification() {
        ByteBuf buf = buffer(LARGE);
        ChannelFuture written = write(buf);
        Submission send = kernel.only(OP_SEND_ZC);
        send.completeBeforeNotification(LARGE);
        loop.turn();
        assertTrue(written.isSuccess());
        assertEquals(1, buf.refCnt(), "the network card may still read it");
        send.notifySent(false);
        loop.turn();
        assertEquals(0, buf.refCnt());
    }

    @Test
    void aNotificationAfterTheChannelClosedReleasesTheBuffer() {
        ByteBuf buf = buffer(LARGE);
        write(buf);
        Submission send = kernel.only(OP_SEND_ZC);
        send.runUncancellably();
        send.completeBeforeNotification(LARGE);
        loop.turn();
        loop.run(channel::close);
        assertTrue(channel.closeFuture().isDone(), "nothing of the socket is in flight");
        assertEquals(1, buf.refCnt());
        send.notifySent(false);
        loop.turn();
        assertEquals(0, buf.refCnt());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void gatheredZeroCopyKeepsAllItsBuffers() {
        ByteBuf first = buffer(LARGE);
        ByteBuf second = buffer(LARGE);
        loop.run(() -> {
            channel.write(first);
            channel.writeAndFlush(second);
        });
        Submission send = kernel.only(OP_SENDMSG_ZC);
        send.completeBeforeNotification(2 * LARGE);
        loop.turn();
        assertEquals(1, first.refCnt());
        assertEquals(1, second.refCnt());
        send.notifySent(false);
        loop.turn();
        assertEquals(0, first.refCnt() + second.refCnt());
    }

    @Test
    void aShortZeroCopySendGoesOnWhileItsNotificationIsOutstanding() {
        ByteBuf buf = buffer(3 * LARGE);
        ChannelFuture written = write(buf);
        Submission first = kernel.only(OP_SEND_ZC);
        first.completeBeforeNotification(LARGE);
        loop.turn();
        Submission second = kernel.last(OP_SEND_ZC);
        assertEquals(2 * LARGE, second.payloadBytes());
        second.completeBeforeNotification(2 * LARGE);
        loop.turn();
        assertTrue(written.isSuccess());
        second.notifySent(false);
        loop.turn();
        assertEquals(1, buf.refCnt());
        first.notifySent(false);
        loop.turn();
        assertEquals(0, buf.refCnt());
    }

    @Test
    void aConnectionWhoseSendsAreCopiedAnywayStopsAskingForZeroCopy() {
        write(buffer(LARGE));
        completeZeroCopy(OP_SEND_ZC, true);
        write(buffer(LARGE));
        completeZeroCopy(OP_SEND_ZC, true);
        write(buffer(LARGE));
        complete(kernel.only(OP_SEND), LARGE);
        assertEquals(2, kernel.submissions(OP_SEND_ZC));
    }

    @Test
    void aConnectionWhoseSendsAreNotCopiedGoesOnWithZeroCopy() {
        for (int i = 0; i < 5; i++) {
            write(buffer(LARGE));
            completeZeroCopy(OP_SEND_ZC, i % 2 == 0);
        }
        assertEquals(5, kernel.submissions(OP_SEND_ZC));
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOMEM, Errno.EOPNOTSUPP})
    void aZeroCopySendThatIsRefusedIsSentByCopying(int errno) {
        ChannelFuture written = write(buffer(LARGE));
        complete(kernel.only(OP_SEND_ZC), -errno);
        complete(kernel.only(OP_SEND), LARGE);
        assertTrue(written.isSuccess());
        assertTrue(channel.isOpen());
    }

    @Test
    void aZeroCopySendRefusedWithANotificationIsSentByCopying() {
        ByteBuf buf = buffer(LARGE);
        ChannelFuture written = write(buf);
        Submission send = kernel.only(OP_SEND_ZC);
        send.completeBeforeNotification(-Errno.ENOMEM);
        send.notifySent(false);
        loop.turn();
        complete(kernel.only(OP_SEND), LARGE);
        assertTrue(written.isSuccess());
    }

    @Test
    void smallSendsAreNotWorthZeroCopy() {
        write(buffer(LARGE - 1));
        complete(kernel.only(OP_SEND), LARGE - 1);
        assertEquals(0, kernel.submissions(OP_SEND_ZC));
    }

    @Test
    void withoutTheFeatureNothingIsSentWithZeroCopy() {
        loop.close();
        useLoop(ScriptedFeatures.allBut(RingFeature.SEND_ZC, RingFeature.SENDMSG_ZC));
        useConnection(true);
        write(buffer(LARGE));
        complete(kernel.only(OP_SEND), LARGE);
    }
}
