package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;

import org.junit.jupiter.api.Test;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

import static io.evpl.linux.uring.UringAbi.OP_CONNECT;
import static io.evpl.linux.uring.UringAbi.OP_RECV;
import static io.evpl.linux.uring.UringAbi.OP_SEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Connecting and closing, in each state that a connection can be in, with what the kernel may hold in it. */
class CloseOnScriptedKernelTest extends ScriptedChannelFixture {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 9);

    private void useFreshChannel() {
        useLoop(ScriptedFeatures.all());
        channel = new EvplSocketChannel();
        log = new ChannelLog();
        channel.pipeline().addLast(log);
        loop.register(channel);
    }

    private ChannelFuture connect() {
        List<ChannelFuture> future = new ArrayList<>();
        loop.run(() -> future.add(channel.connect(PEER)));
        return future.get(0);
    }

    private ChannelFuture close() {
        List<ChannelFuture> future = new ArrayList<>();
        loop.run(() -> future.add(channel.close()));
        return future.get(0);
    }

    private void complete(Submission operation, int res) {
        operation.complete(res);
        loop.turn();
    }

    private void assertGone(ChannelFuture closed) {
        assertTrue(closed.isSuccess());
        assertFalse(channel.isOpen() || channel.isActive() || channel.isRegistered());
        assertFalse(isOpen(channel.fd));
        assertEquals(0, loop.inFlight());
    }

    // ---- connecting

    @Test
    void aConnectionThatIsThereIsActiveAndReceives() {
        useFreshChannel();
        ChannelFuture connected = connect();
        assertFalse(channel.isActive());
        complete(kernel.only(OP_CONNECT), 0);
        assertTrue(connected.isSuccess() && channel.isActive());
        assertEquals(List.of("active"), log.take());
        assertEquals(1, kernel.inFlight(OP_RECV).size());
        assertEquals(PEER, channel.remoteAddress());
    }

    @Test
    void aRefusedConnectFailsItsPromise() {
        useFreshChannel();
        ChannelFuture connected = connect();
        complete(kernel.only(OP_CONNECT), -Errno.ECONNREFUSED);
        assertInstanceOf(ConnectException.class, connected.cause());
        assertTrue(connected.cause().getMessage().contains("9"), () -> "names the address: " + connected.cause());
        assertEquals(List.of(), log.take());
        assertGone(close());
    }

    @Test
    void aConnectAfterARefusedOneEitherWorksOrIsRefusedCleanly() {
        useFreshChannel();
        connect();
        complete(kernel.only(OP_CONNECT), -Errno.ECONNREFUSED);
        ChannelFuture again = connect();
        if (again.isDone()) {
            assertEquals(0, loop.inFlight(), "a refused connect is not with the kernel");
        } else {
            complete(kernel.only(OP_CONNECT), 0);
            assertTrue(again.isSuccess());
            assertEquals(List.of("active"), log.take());
        }
        assertGone(close());
    }

    @Test
    void aConnectThatTakesTooLongIsCancelled() {
        useFreshChannel();
        channel.config().setConnectTimeoutMillis(1000);
        ChannelFuture connected = connect();
        loop.advanceMs(999);
        assertFalse(connected.isDone());
        loop.advanceMs(1);
        assertInstanceOf(ConnectTimeoutException.class, connected.cause());
        assertTrue(channel.closeFuture().isDone());
        assertEquals(0, loop.inFlight());
    }

    @Test
    void whatWasFlushedWhileConnectingIsSentOnceConnected() {
        useFreshChannel();
        connect();
        loop.run(() -> channel.writeAndFlush(buffer("hello")));
        assertEquals(0, kernel.inFlight(OP_SEND).size());
        complete(kernel.only(OP_CONNECT), 0);
        assertEquals("hello", text(kernel.only(OP_SEND).payload()));
        complete(kernel.only(OP_SEND), 5);
    }

    @Test
    void aSecondConnectWhileConnectingIsRefusedAndTheFirstGoesOn() {
        useFreshChannel();
        ChannelFuture first = connect();
        ChannelFuture second = connect();
        assertTrue(second.cause() != null);
        complete(kernel.only(OP_CONNECT), 0);
        assertTrue(first.isSuccess());
    }

    // ---- closing, state by state

    @Test
    void closeInFresh() {
        useFreshChannel();
        assertGone(close());
        assertEquals(List.of(), log.take());
    }

    @Test
    void closeInConnectingCancelsTheConnect() {
        useFreshChannel();
        ChannelFuture connected = connect();
        ChannelFuture closed = close();
        assertInstanceOf(ClosedChannelException.class, connected.cause());
        assertGone(closed);
        assertEquals(List.of(), log.take());
    }

    @Test
    void closeInConnectingWinsOverAConnectThatSucceedsAfterAll() {
        useFreshChannel();
        ChannelFuture connected = connect();
        Submission connect = kernel.only(OP_CONNECT);
        connect.runUncancellably();
        ChannelFuture closed = close();
        assertFalse(closed.isDone());
        assertTrue(isOpen(channel.fd));
        complete(connect, 0);
        assertInstanceOf(ClosedChannelException.class, connected.cause());
        assertGone(closed);
        assertEquals(List.of(), log.take());
    }

    @Test
    void closeInActiveWithAReceiveInFlight() {
        useConnection(true);
        assertGone(close());
        assertEquals(List.of("inactive"), log.take());
    }

    @Test
    void closeInActiveWithNothingInFlight() {
        useConnection(true);
        channel.config().setAllowHalfClosure(true);
        complete(kernel.only(OP_RECV), 0);
        assertEquals(0, loop.inFlight());
        log.take();
        assertGone(close());
        assertEquals(List.of("inactive"), log.take());
    }

    @Test
    void closeInInputEndedWithASendInFlight() {
        useConnection(true);
        channel.config().setAllowHalfClosure(true);
        complete(kernel.only(OP_RECV), 0);
        List<ChannelFuture> written = new ArrayList<>();
        loop.run(() -> written.add(channel.writeAndFlush(buffer("hello"))));
        Submission send = kernel.only(OP_SEND);
        send.runUncancellably();
        ChannelFuture closed = close();
        assertFalse(closed.isDone());
        complete(send, 5);
        assertTrue(written.get(0).isSuccess());
        assertGone(closed);
    }

    @Test
    void closeInOutputEndedWithAReceiveInFlight() {
        useConnection(true);
        loop.run(() -> channel.shutdownOutput());
        assertTrue(channel.isOutputShutdown());
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        ChannelFuture closed = close();
        assertFalse(closed.isDone());
        complete(recv, 0);
        assertGone(closed);
        assertEquals("inactive", log.take().getLast());
    }

    @Test
    void closeInBothEnded() {
        useConnection(true);
        channel.config().setAllowHalfClosure(true);
        loop.run(() -> channel.shutdownOutput());
        complete(kernel.only(OP_RECV), 0);
        assertTrue(channel.isShutdown());
        assertGone(close());
    }

    @Test
    void closeInClosingJoinsTheFirst() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        ChannelFuture first = close();
        ChannelFuture second = close();
        assertFalse(first.isDone() || second.isDone());
        complete(recv, -Errno.ECANCELED);
        assertTrue(second.isSuccess());
        assertGone(first);
        assertEquals(List.of("inactive"), log.take());
    }

    @Test
    void closeInClosedIsDoneAtOnce() {
        useConnection(true);
        assertGone(close());
        assertGone(close());
    }

    @Test
    void closeForciblyWithOperationsInFlightWaitsForThem() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        loop.run(() -> channel.unsafe().closeForcibly());
        assertFalse(channel.isOpen());
        assertTrue(isOpen(channel.fd));
        complete(recv, -Errno.ECANCELED);
        assertFalse(isOpen(channel.fd));
        assertEquals(0, loop.inFlight());
    }

    @Test
    void aReceiveAndASendAndAWatchAllHoldTheDescriptorUntilTheLastHasCompleted() {
        useConnection(true);
        loop.run(() -> channel.writeAndFlush(buffer("hello")));
        Submission send = kernel.only(OP_SEND);
        Submission recv = kernel.only(OP_RECV);
        send.runUncancellably();
        recv.runUncancellably();
        ChannelFuture closed = close();
        complete(recv, -Errno.ECANCELED);
        assertFalse(closed.isDone());
        assertTrue(isOpen(channel.fd));
        complete(send, -Errno.ECONNRESET);
        assertGone(closed);
        assertEquals(List.of("inactive"), log.take());
    }

    @Test
    void whatIsDoneToAClosingChannelFailsAndTouchesNothing() {
        useConnection(true);
        Submission recv = kernel.only(OP_RECV);
        recv.runUncancellably();
        ChannelFuture closed = close();
        int submissions = kernel.inFlight().size();
        List<ChannelFuture> futures = new ArrayList<>();
        loop.run(() -> {
            futures.add(channel.writeAndFlush(buffer("late")));
            futures.add(channel.shutdownOutput());
            futures.add(channel.shutdownInput());
            futures.add(channel.connect(PEER));
            channel.read();
            channel.config().setAutoRead(false);
            channel.config().setAutoRead(true);
        });
        assertEquals(submissions, kernel.inFlight().size());
        for (ChannelFuture future : futures) {
            assertTrue(future.isDone() && !future.isSuccess(), futures::toString);
        }
        complete(recv, -Errno.ECANCELED);
        assertGone(closed);
    }

    @Test
    void closingALoopClosesItsChannelsAndWaitsForTheirOperations() {
        useConnection(true);
        loop.run(() -> channel.writeAndFlush(buffer("hello")));
        loop.close();
        assertFalse(channel.isOpen());
        assertFalse(isOpen(channel.fd));
        assertTrue(kernel.isClosed());
        loop = null;
    }

    @Test
    void aChannelThatLeavesItsLoopTakesItsOperationsAlong() {
        useConnection(true);
        loop.run(() -> channel.deregister());
        loop.turn();
        assertEquals(0, loop.inFlight(), "operations in flight would report to a pipeline on another thread");
        loop.run(() -> channel.unsafe().closeForcibly());
    }
}
