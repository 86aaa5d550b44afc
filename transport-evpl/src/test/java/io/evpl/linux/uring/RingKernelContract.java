package io.evpl.linux.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.Mapping;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.SocketOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What our code relies on in a {@link RingKernel}. Runs on the kernel itself and on {@link ScriptedKernel}: a scripted
 * test can only be as true as the script is.
 */
abstract class RingKernelContract {
    private static final int GROUP = 7;
    private static final int BUFFER_BYTES = 64;
    private static final int ENXIO = 6;
    private static final int POLLIN = 1;
    private static final int POLLRDHUP = 0x2000;
    private static final int ALL = Integer.MAX_VALUE;
    private static final long TURN_NS = 100_000_000;
    private static final int TURNS = 100;

    /** The far end of a connection. */
    interface Peer {
        /** The near end's descriptor. */
        int fd();

        void sends(byte[] data);

        byte[] receives(int bytes);

        void ends();
    }

    private record Completion(long userData, int res, int flags) {
        boolean hasMore() {
            return Cqe.hasMore(flags);
        }
    }

    /** Opens the ring of this test; called by the thread that uses it. */
    abstract Ring open(int sqEntries, int cqEntries) throws IOException;

    /** Ends the test, as not run, where the kernel lacks this. */
    abstract void needs(RingFeature feature);

    abstract Peer connect();

    /** Frees what {@link #connect} and {@link #open} made. */
    abstract void close();

    private Ring ring;
    private Mapping memory;
    private Mapping bufferRing;
    private int buffersPut;
    private final List<Completion> completions = new ArrayList<>();

    private void use(int sqEntries, int cqEntries) throws IOException {
        ring = open(sqEntries, cqEntries);
        memory = Mapping.anonymous(1 << 16);
    }

    @AfterEach
    void free() {
        if (ring != null) {
            ring.close();
            memory.close();
        }
        if (bufferRing != null) {
            bufferRing.close();
        }
        close();
    }

    private void until(BooleanSupplier done) {
        for (int turn = 0; turn < TURNS && !done.getAsBoolean(); turn++) {
            ring.submitAndWait(TURN_NS);
            ring.reap(ALL, (userData, res, flags) -> completions.add(new Completion(userData, res, flags)));
        }
        assertTrue(done.getAsBoolean(), () -> "only " + completions + " of " + ring);
    }

    private List<Completion> await(int count) {
        until(() -> completions.size() >= count);
        assertEquals(count, completions.size(), completions::toString);
        List<Completion> all = List.copyOf(completions);
        completions.clear();
        return all;
    }

    private Completion awaitOne() {
        return await(1).get(0);
    }

    private static Completion of(List<Completion> completions, long userData) {
        return completions.stream().filter(one -> one.userData == userData).findFirst().orElseThrow();
    }

    private static byte[] bytes(int from, int count) {
        byte[] data = new byte[count];
        for (int i = 0; i < count; i++) {
            data[i] = (byte) (from + i);
        }
        return data;
    }

    private static byte[] at(long address, int bytes) {
        byte[] data = new byte[bytes];
        NativeAddress.copyOut(address, data, 0, bytes);
        return data;
    }

    // ---- entries and completions

    @Test
    void completionsComeInTheOrderOfSubmissionAndCarryTheUserData() throws IOException {
        use(8, 16);
        for (int i = 0; i < 8; i++) {
            Sqe.nop(ring.sqe(), 0x7fff_0000_0000_0000L + i);
        }
        assertEquals(8, ring.submit());
        List<Completion> all = await(8);
        for (int i = 0; i < 8; i++) {
            assertEquals(new Completion(0x7fff_0000_0000_0000L + i, 0, 0), all.get(i));
        }
    }

    @Test
    void aShortCompletionQueueSurvivesBeingOverrun() throws IOException {
        use(8, 8);
        for (int i = 0; i < 200; i++) {
            Sqe.nop(ring.sqe(), i);
        }
        until(() -> completions.size() >= 200);
        assertEquals(LongStream.range(0, 200).boxed().toList(), completions.stream().map(Completion::userData).toList());
        assertEquals(0, ring.dropped());
    }

    @Test
    void anOverflowShowsInTheFlagsUntilItIsFetched() throws IOException {
        use(8, 8);
        for (int i = 0; i < 24; i++) {
            Sqe.nop(ring.sqe(), i);
        }
        ring.submit();
        assertTrue(ring.wantsEnter(), ring::toString);
        await(24);
        assertFalse(ring.wantsEnter(), ring::toString);
    }

    @Test
    void aWaitEndsWithItsTime() throws IOException {
        use(8, 8);
        assertEquals(0, ring.submitAndWait(1_000_000));
    }

    @Test
    void aWaitThatAlsoSubmittedReturnsWhatItSubmittedWhenItsTimeEnds() throws IOException {
        use(8, 8);
        Peer peer = connect();
        Sqe.recv(ring.sqe(), peer.fd(), 0, memory.address(), 10, 1);
        assertEquals(1, ring.submitAndWait(1_000_000));
        assertEquals(0, ring.unsubmitted());
    }

    @Test
    void aCompletionFromOutsideShowsInMemory() throws IOException {
        needs(RingFeature.TASKRUN_FLAG);
        use(8, 8);
        Peer peer = connect();
        Sqe.recv(ring.sqe(), peer.fd(), 0, memory.address(), 10, 1);
        ring.submit();
        assertFalse(ring.hasWork());
        peer.sends(bytes(0, 3));
        long deadline = System.nanoTime() + TURN_NS * TURNS;
        while (!ring.hasWork() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertTrue(ring.hasWork(), ring::toString);
        ring.submit();
        assertTrue(ring.hasCompletions(), ring::toString);
    }

    // ---- sockets

    @Test
    void aReceiveCompletesOnceWithWhatIsThere() throws IOException {
        use(8, 8);
        Peer peer = connect();
        Sqe.recv(ring.sqe(), peer.fd(), 0, memory.address(), 100, 42);
        ring.submit();
        peer.sends(bytes(1, 10));
        Completion recv = awaitOne();
        assertEquals(42, recv.userData);
        assertEquals(10, recv.res);
        assertFalse(recv.hasMore() || Cqe.hasBuffer(recv.flags));
        assertArrayEquals(bytes(1, 10), at(memory.address(), 10));
    }

    @Test
    void theEndOfTheStreamIsZero() throws IOException {
        use(8, 8);
        Peer peer = connect();
        peer.ends();
        Sqe.recv(ring.sqe(), peer.fd(), 0, memory.address(), 100, 42);
        assertEquals(0, awaitOne().res);
    }

    @Test
    void aSendArrives() throws IOException {
        use(8, 8);
        Peer peer = connect();
        NativeAddress.copyIn(bytes(5, 20), 0, memory.address(), 20);
        Sqe.send(ring.sqe(), peer.fd(), memory.address(), 20, SocketOptions.MSG_NOSIGNAL, 1);
        Completion send = awaitOne();
        assertEquals(20, send.res);
        assertEquals(0, send.flags);
        assertArrayEquals(bytes(5, 20), peer.receives(20));
    }

    @Test
    void aGatheredSendsHeaderIsTheCallersAgainOnceSubmitted() throws IOException {
        use(8, 8);
        Peer peer = connect();
        long data = memory.address();
        long message = data + 4096;
        long iovecs = message + MsgHdr.BYTES;
        NativeAddress.copyIn(bytes(0, 30), 0, data, 30);
        Iovec.write(iovecs, 0, data + 20, 10);
        Iovec.write(iovecs, 1, data, 5);
        MsgHdr.write(message, 0, 0, iovecs, 2, 0, 0, 0);
        Sqe.sendmsg(ring.sqe(), peer.fd(), message, SocketOptions.MSG_NOSIGNAL, 1);
        ring.submit();
        NativeAddress.fill(message, 200, (byte) -1);
        assertEquals(15, awaitOne().res);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(bytes(20, 10));
        expected.writeBytes(bytes(0, 5));
        assertArrayEquals(expected.toByteArray(), peer.receives(15));
    }

    @Test
    void aZeroCopySendCompletesTwice() throws IOException {
        needs(RingFeature.SEND_ZC);
        use(8, 8);
        Peer peer = connect();
        NativeAddress.copyIn(bytes(5, 20), 0, memory.address(), 20);
        Sqe.sendZc(ring.sqe(), peer.fd(), memory.address(), 20, SocketOptions.MSG_NOSIGNAL,
                UringAbi.SEND_ZC_REPORT_USAGE, 9);
        List<Completion> both = await(2);
        assertEquals(new Completion(9, 20, UringAbi.CQE_F_MORE), both.get(0));
        assertEquals(UringAbi.CQE_F_NOTIF, both.get(1).flags);
        assertEquals(UringAbi.NOTIF_USAGE_ZC_COPIED, both.get(1).res, "the loopback interface copies");
        assertArrayEquals(bytes(5, 20), peer.receives(20));
    }

    // ---- fixed buffers

    @Test
    void aFixedBufferIsSentFromWhileItHasItsPlace() throws IOException {
        needs(RingFeature.FIXED_BUFFERS);
        needs(RingFeature.SEND_ZC);
        use(8, 8);
        Peer peer = connect();
        BufferTable table = new BufferTable(ring.kernel());
        assertEquals(0, table.register(4));
        assertEquals(0, table.put(2, memory.address(), 8192));
        NativeAddress.copyIn(bytes(5, 20), 0, memory.address() + 100, 20);
        sendFixed(peer, 100, 2);
        List<Completion> both = await(2);
        assertEquals(new Completion(9, 20, UringAbi.CQE_F_MORE), both.get(0));
        assertEquals(UringAbi.CQE_F_NOTIF, both.get(1).flags);
        assertArrayEquals(bytes(5, 20), peer.receives(20));
        for (int place : new int[] {1, 3, 4}) {
            assertRefused(peer, 100, place);
        }
        assertRefused(peer, 8180, 2);
        assertEquals(0, table.clear(2));
        assertRefused(peer, 100, 2);
        assertEquals(0, table.unregister());
        assertRefused(peer, 100, 2);
    }

    private void sendFixed(Peer peer, int offset, int place) {
        Sqe.sendZcFixed(ring.sqe(), peer.fd(), memory.address() + offset, 20, SocketOptions.MSG_NOSIGNAL,
                UringAbi.SEND_ZC_REPORT_USAGE, place, 9);
    }

    /** With or without a notification, which depends on where the kernel looks. */
    private void assertRefused(Peer peer, int offset, int place) {
        sendFixed(peer, offset, place);
        until(() -> !completions.isEmpty() && !completions.getLast().hasMore());
        assertEquals(-Errno.EFAULT, completions.getFirst().res);
        completions.clear();
    }

    @Test
    void aRingHasOneTableOfFixedBuffersWhosePlacesAreThoseItWasMadeWith() throws IOException {
        needs(RingFeature.FIXED_BUFFERS);
        use(8, 8);
        BufferTable table = new BufferTable(ring.kernel());
        assertEquals(-ENXIO, table.put(0, memory.address(), 4096));
        assertEquals(-ENXIO, table.unregister());
        assertEquals(0, table.register(2));
        assertEquals(-Errno.EBUSY, table.register(2));
        assertEquals(0, table.put(1, memory.address(), 4096));
        assertEquals(0, table.put(1, memory.address() + 4096, 4096), "in place of the former");
        assertEquals(-Errno.EINVAL, table.put(2, memory.address(), 4096));
        assertEquals(0, table.clear(0), "which is empty");
        assertEquals(0, table.unregister());
        assertEquals(0, table.register(1));
    }

    // ---- lent buffers

    private void lend(int count, boolean incremental) throws IOException {
        needs(RingFeature.BUFFER_RING);
        if (incremental) {
            needs(RingFeature.INCREMENTAL_BUFFERS);
        }
        bufferRing = Mapping.anonymous(4096);
        long registration = memory.address() + 8192;
        NativeAddress.putLong(registration + UringAbi.BUF_REG_RING_ADDR, bufferRing.address());
        NativeAddress.putInt(registration + UringAbi.BUF_REG_RING_ENTRIES, count);
        NativeAddress.putShort(registration + UringAbi.BUF_REG_BGID, (short) GROUP);
        NativeAddress.putShort(registration + UringAbi.BUF_REG_FLAGS, (short) (incremental ? UringAbi.PBUF_RING_INC : 0));
        assertEquals(0, ring.kernel().register(UringAbi.REGISTER_PBUF_RING, registration, 1));
        for (int id = 0; id < count; id++) {
            put(id, count);
        }
    }

    private void put(int id, int count) {
        long entry = bufferRing.address() + (long) (buffersPut & count - 1) * UringAbi.BUF_BYTES;
        NativeAddress.putLong(entry + UringAbi.BUF_ADDR, buffer(id));
        NativeAddress.putInt(entry + UringAbi.BUF_LEN, BUFFER_BYTES);
        NativeAddress.putShort(entry + UringAbi.BUF_BID, (short) id);
        buffersPut++;
        NativeAddress.putShortRelease(bufferRing.address() + UringAbi.BUF_RING_TAIL, (short) buffersPut);
    }

    private void receiveMultishot(Peer peer, long userData) {
        needs(RingFeature.MULTISHOT_RECV);
        Sqe.recvSelect(ring.sqe(), peer.fd(), UringAbi.RECV_MULTISHOT, GROUP, userData);
    }

    private long buffer(int id) {
        return memory.address() + (long) id * BUFFER_BYTES;
    }

    @Test
    void aMultishotReceiveTakesBufferAfterBuffer() throws IOException {
        use(8, 8);
        lend(4, false);
        Peer peer = connect();
        receiveMultishot(peer, 1);
        ring.submit();
        for (int id = 0; id < 3; id++) {
            peer.sends(bytes(id, 10));
            Completion recv = awaitOne();
            assertEquals(10, recv.res);
            assertTrue(recv.hasMore() && Cqe.hasBuffer(recv.flags), () -> "flags " + recv.flags);
            assertEquals(0, recv.flags & UringAbi.CQE_F_BUF_MORE);
            assertEquals(id, Cqe.bufferId(recv.flags));
            assertArrayEquals(bytes(id, 10), at(buffer(id), 10));
        }
    }

    @Test
    void anIncrementalBufferIsTakenPieceByPieceAndItsEntryMovesOn() throws IOException {
        use(8, 8);
        lend(2, true);
        Peer peer = connect();
        receiveMultishot(peer, 1);
        ring.submit();
        for (int piece = 0; piece < 3; piece++) {
            peer.sends(bytes(piece, 20));
            Completion recv = awaitOne();
            assertEquals(20, recv.res);
            assertEquals(0, Cqe.bufferId(recv.flags));
            assertTrue((recv.flags & UringAbi.CQE_F_BUF_MORE) != 0);
            assertArrayEquals(bytes(piece, 20), at(buffer(0) + piece * 20L, 20));
            assertEquals(buffer(0) + (piece + 1) * 20L, NativeAddress.getLong(bufferRing.address()));
        }
        peer.sends(bytes(9, 10));
        List<Completion> both = await(2);
        assertEquals(4, both.get(0).res, "the rest of the first buffer");
        assertEquals(0, both.get(0).flags & UringAbi.CQE_F_BUF_MORE, "is used up");
        assertEquals(6, both.get(1).res);
        assertEquals(1, Cqe.bufferId(both.get(1).flags));
    }

    @Test
    void aReceiveThatFindsNoBufferEndsAndCanBeArmedAgain() throws IOException {
        use(8, 16);
        lend(2, false);
        Peer peer = connect();
        receiveMultishot(peer, 1);
        ring.submit();
        peer.sends(bytes(0, 3 * BUFFER_BYTES));
        List<Completion> all = await(3);
        assertEquals(BUFFER_BYTES, all.get(0).res);
        assertEquals(BUFFER_BYTES, all.get(1).res);
        assertEquals(-Errno.ENOBUFS, all.get(2).res);
        assertFalse(all.get(2).hasMore() || Cqe.hasBuffer(all.get(2).flags));
        // Two, because Linux 6.1 takes the next buffer before it looks whether there is anything to put into it.
        put(0, 2);
        put(1, 2);
        receiveMultishot(peer, 2);
        assertEquals(BUFFER_BYTES, awaitOne().res);
        assertArrayEquals(bytes(2 * BUFFER_BYTES, BUFFER_BYTES), at(buffer(0), BUFFER_BYTES));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theEndOfTheStreamEndsAMultishotAndTakesNoBuffer(boolean incremental) throws IOException {
        use(8, 8);
        lend(2, incremental);
        Peer peer = connect();
        receiveMultishot(peer, 1);
        ring.submit();
        peer.sends(bytes(0, 5));
        awaitOne();
        peer.ends();
        Completion end = awaitOne();
        assertEquals(0, end.res);
        assertFalse(end.hasMore() || Cqe.hasBuffer(end.flags), () -> "flags " + end.flags);
    }

    @Test
    void aSingleReceiveSelectsOneBuffer() throws IOException {
        use(8, 8);
        lend(2, false);
        Peer peer = connect();
        Sqe.recvSelect(ring.sqe(), peer.fd(), 0, GROUP, 1);
        ring.submit();
        peer.sends(bytes(0, 100));
        Completion recv = awaitOne();
        assertEquals(BUFFER_BYTES, recv.res);
        assertFalse(recv.hasMore());
        assertTrue(Cqe.hasBuffer(recv.flags));
    }

    @Test
    void aMultishotReceiveLosesNothingWhenCompletionsOverflow() throws IOException {
        use(8, 8);
        lend(32, false);
        Peer peer = connect();
        receiveMultishot(peer, 1);
        ring.submit();
        peer.sends(bytes(0, 20 * BUFFER_BYTES));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        until(() -> {
            for (Completion one : completions) {
                received.writeBytes(one.res > 0 ? at(buffer(Cqe.bufferId(one.flags)), one.res) : new byte[0]);
                if (!one.hasMore() && received.size() < 20 * BUFFER_BYTES) {
                    receiveMultishot(peer, 1);
                }
            }
            completions.clear();
            return received.size() == 20 * BUFFER_BYTES;
        });
        assertArrayEquals(bytes(0, 20 * BUFFER_BYTES), received.toByteArray());
    }

    // ---- cancelling and polling

    @Test
    void aCancelledOperationCompletesAndSoDoesItsCancellation() throws IOException {
        use(8, 8);
        Peer peer = connect();
        Sqe.recv(ring.sqe(), peer.fd(), 0, memory.address(), 100, 5);
        ring.submit();
        Sqe.cancel(ring.sqe(), 5, 6);
        List<Completion> both = await(2);
        assertEquals(new Completion(5, -Errno.ECANCELED, 0), of(both, 5));
        assertEquals(0, of(both, 6).res);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCancelledMultishotEnds(boolean incremental) throws IOException {
        use(8, 8);
        lend(2, incremental);
        Peer peer = connect();
        receiveMultishot(peer, 5);
        ring.submit();
        Sqe.cancel(ring.sqe(), 5, 6);
        Completion recv = of(await(2), 5);
        assertEquals(-Errno.ECANCELED, recv.res);
        assertFalse(recv.hasMore() || Cqe.hasBuffer(recv.flags));
    }

    @Test
    void anOperationAndItsCancellationCanBeSubmittedTogether() throws IOException {
        use(8, 8);
        Peer peer = connect();
        Sqe.recv(ring.sqe(), peer.fd(), 0, memory.address(), 100, 5);
        Sqe.cancel(ring.sqe(), 5, 6);
        List<Completion> both = await(2);
        assertEquals(-Errno.ECANCELED, of(both, 5).res);
        assertEquals(0, of(both, 6).res);
    }

    @Test
    void cancellingWhatIsNotThereSaysSo() throws IOException {
        use(8, 8);
        Sqe.cancel(ring.sqe(), 5, 6);
        assertEquals(new Completion(6, -Errno.ENOENT, 0), awaitOne());
    }

    @Test
    void cancellingADescriptorTakesAllOfItsOperations() throws IOException {
        use(8, 8);
        Peer peer = connect();
        Peer other = connect();
        Sqe.recv(ring.sqe(), peer.fd(), 0, memory.address(), 100, 1);
        Sqe.poll(ring.sqe(), peer.fd(), POLLRDHUP, 2);
        Sqe.recv(ring.sqe(), other.fd(), 0, memory.address() + 100, 100, 3);
        ring.submit();
        Sqe.cancelFd(ring.sqe(), peer.fd(), 4);
        List<Completion> three = await(3);
        assertEquals(-Errno.ECANCELED, of(three, 1).res);
        assertEquals(-Errno.ECANCELED, of(three, 2).res);
        assertEquals(2, of(three, 4).res, "how many");
        other.sends(bytes(0, 1));
        assertEquals(new Completion(3, 1, 0), awaitOne());
    }

    @Test
    void aPollCompletesWhenThePeerEnds() throws IOException {
        use(8, 8);
        Peer peer = connect();
        Sqe.poll(ring.sqe(), peer.fd(), POLLRDHUP, 1);
        ring.submit();
        peer.sends(bytes(0, 1));
        ring.submit();
        assertFalse(ring.hasCompletions(), "data is not what was asked for");
        peer.ends();
        Completion poll = awaitOne();
        assertEquals(POLLRDHUP, poll.res & POLLRDHUP);
        assertFalse(poll.hasMore());
    }

    @Test
    void aMultishotPollGoesOn() throws IOException {
        needs(RingFeature.MULTISHOT_POLL);
        use(8, 8);
        Peer peer = connect();
        Sqe.pollMultishot(ring.sqe(), peer.fd(), POLLIN | 1 << 31, 1);
        ring.submit();
        for (int i = 0; i < 3; i++) {
            peer.sends(bytes(0, 1));
            Completion poll = awaitOne();
            assertEquals(POLLIN, poll.res & POLLIN);
            assertTrue(poll.hasMore());
        }
    }
}
