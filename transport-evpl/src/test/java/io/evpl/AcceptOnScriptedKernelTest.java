package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.ScriptedFeatures;
import io.evpl.linux.uring.Submission;
import io.evpl.linux.uring.TcpPair;
import io.evpl.linux.uring.UringAbi;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import static io.evpl.linux.uring.UringAbi.OP_ACCEPT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AcceptOnScriptedKernelTest extends ScriptedChannelFixture {
    private final List<TcpPair> pairs = new ArrayList<>();
    private final List<Channel> accepted = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private EvplServerSocketChannel server;

    private void listen(boolean autoRead) {
        if (loop == null) {
            useLoop(ScriptedFeatures.all());
        }
        server = new EvplServerSocketChannel();
        server.config().setAutoRead(autoRead);
        server.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                accepted.add((Channel) message);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failures.add(cause);
            }
        });
        loop.register(server);
        loop.run(() -> server.bind(new InetSocketAddress("127.0.0.1", 0)));
    }

    @AfterEach
    void closeAccepted() {
        accepted.forEach(channel -> channel.unsafe().closeForcibly());
        pairs.forEach(TcpPair::close);
    }

    private void addFirst(ChannelHandler handler) {
        loop.run(() -> server.pipeline().addFirst(handler));
    }

    private int arriving() {
        TcpPair pair = TcpPair.open();
        pairs.add(pair);
        return pair.giveNear();
    }

    private long counted(TrafficMetric metric) {
        return loop.loop().traffic(Protocol.TCP).read(metric);
    }

    private void accept(int fd) {
        Submission accept = kernel.only(OP_ACCEPT);
        accept.complete(fd, accept.isMultishot() ? UringAbi.CQE_F_MORE : 0);
    }

    private ChannelFuture close() {
        List<ChannelFuture> future = new ArrayList<>();
        loop.run(() -> future.add(server.close()));
        return future.get(0);
    }

    @Test
    void oneMultishotAcceptTakesAllConnections() {
        listen(true);
        for (int i = 0; i < 20; i++) {
            accept(arriving());
        }
        loop.turn();
        assertEquals(20, accepted.size());
        assertEquals(1, kernel.submissions(OP_ACCEPT));
    }

    @Test
    void withoutMultishotEachAcceptIsArmedAgain() {
        useLoop(ScriptedFeatures.allBut(RingFeature.MULTISHOT_ACCEPT));
        listen(true);
        for (int i = 1; i <= 3; i++) {
            accept(arriving());
            loop.turn();
            assertEquals(i, accepted.size());
        }
        assertEquals(4, kernel.submissions(OP_ACCEPT));
    }

    @Test
    void withoutAutoReadOneReadAcceptsOne() {
        listen(false);
        assertEquals(0, kernel.inFlight(OP_ACCEPT).size());
        loop.run(server::read);
        assertFalse(kernel.only(OP_ACCEPT).isMultishot());
        accept(arriving());
        loop.turn();
        assertEquals(1, accepted.size());
        assertEquals(0, kernel.inFlight(OP_ACCEPT).size());
    }

    @Test
    void whatIsAcceptedAfterAutoReadWentOffWaitsForTheNextRead() {
        listen(true);
        Submission accept = kernel.only(OP_ACCEPT);
        accept.runUncancellably();
        loop.run(() -> server.config().setAutoRead(false));
        accept(arriving());
        accept(arriving());
        accept.complete(-Errno.ECANCELED);
        loop.turn();
        assertEquals(0, accepted.size());
        loop.run(server::read);
        loop.run(server::read);
        assertEquals(2, accepted.size());
    }

    @Test
    void surplusConnectionsAreClosedWithTheListener() {
        listen(true);
        Submission accept = kernel.only(OP_ACCEPT);
        accept.runUncancellably();
        loop.run(() -> server.config().setAutoRead(false));
        int first = arriving();
        int second = arriving();
        accept(first);
        loop.turn();
        ChannelFuture closed = close();
        assertFalse(closed.isDone());
        accept(second);
        loop.turn();
        assertFalse(closed.isDone(), "the kernel still accepts");
        accept.complete(-Errno.ECANCELED);
        loop.turn();
        assertTrue(closed.isSuccess());
        assertFalse(isOpen(first) || isOpen(second) || isOpen(server.fd));
        assertEquals(0, accepted.size());
        assertEquals(2, counted(TrafficMetric.ACCEPTS_DROPPED));
        assertEquals(0, loop.inFlight());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM})
    void anAcceptThatFailsIsAnExceptionAndTheListenerGoesOn(int errno) {
        listen(true);
        kernel.only(OP_ACCEPT).complete(-errno);
        loop.turn();
        assertEquals(1, failures.size());
        assertEquals(1, counted(TrafficMetric.ACCEPTS_FAILED));
        assertTrue(server.isActive());
        accept(arriving());
        loop.turn();
        assertEquals(1, accepted.size());
    }

    @Test
    void aUserWhoPausesAfterEmfileIsNotAskedAgain() {
        listen(true);
        addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.channel().config().setAutoRead(false); // as ServerBootstrap does, for a second
            }
        });
        kernel.only(OP_ACCEPT).complete(-Errno.EMFILE);
        loop.turn();
        assertEquals(0, kernel.inFlight(OP_ACCEPT).size());
        loop.run(() -> server.config().setAutoRead(true));
        assertEquals(1, kernel.inFlight(OP_ACCEPT).size());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ECONNABORTED, Errno.EINTR, Errno.EAGAIN, Errno.ECANCELED})
    void aConnectionThatIsGoneBeforeItIsAcceptedIsNobodysBusiness(int errno) {
        listen(true);
        kernel.only(OP_ACCEPT).complete(-errno);
        loop.turn();
        assertEquals(List.of(), failures);
        assertEquals(0, counted(TrafficMetric.ACCEPTS_FAILED));
        assertEquals(1, kernel.inFlight(OP_ACCEPT).size());
    }

    @Test
    void closeCancelsTheAccept() {
        listen(true);
        assertTrue(close().isSuccess());
        assertFalse(isOpen(server.fd));
        assertEquals(0, loop.inFlight());
    }

    @Test
    void closeInChannelReadClosesTheConnectionsBehindIt() {
        listen(true);
        addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.fireChannelRead(message);
                ctx.close();
            }
        });
        int first = arriving();
        int second = arriving();
        accept(first);
        accept(second);
        loop.turn();
        assertEquals(1, accepted.size());
        assertTrue(isOpen(first));
        assertFalse(isOpen(second) || isOpen(server.fd));
        assertEquals(1, counted(TrafficMetric.ACCEPTS_DROPPED));
    }
}
