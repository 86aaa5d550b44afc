package io.evpl.conformance;

import io.evpl.EvplEventLoop;
import io.evpl.EvplEventLoopGroup;
import io.evpl.InprocKind;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** One channel of a loop is given as much as it takes, for as long as the test lasts; the others are served all the same. */
@Timeout(60)
class FloodTest {
    private static final int FLOOD_BYTES = 8192;
    private static final int ROUNDS = 100;
    /** There and back: written, submitted, received, and the same again. */
    private static final int ROUND_TRIP_TURNS = 12;
    /** L4: a close waits for operations to be given back, not for the loop to be idle. */
    private static final int CLOSE_TURNS = 24;

    private EvplEventLoopGroup group;
    private EvplEventLoop loop;
    private volatile boolean over;

    static List<Callable<ConformanceTransport>> transports() {
        return List.of(TcpTransport::new, () -> new UnixTransport(UnixTransport.Names.PATH),
                () -> new InprocTransport(InprocKind.STREAM), () -> new InprocTransport(InprocKind.MESSAGE), UdpTransport::new);
    }

    /** Writes whenever there is room. */
    private final class Flood extends ChannelInboundHandlerAdapter {
        private final CountDownLatch running = new CountDownLatch(ROUNDS);
        private boolean pumping;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            pumpLater(ctx);
        }

        private void pumpLater(ChannelHandlerContext ctx) {
            if (!pumping && !over) {
                pumping = true;
                ctx.executor().execute(() -> pump(ctx));
            }
        }

        private void pump(ChannelHandlerContext ctx) {
            running.countDown();
            while (ctx.channel().isWritable()) {
                ctx.write(ctx.alloc().directBuffer(FLOOD_BYTES).writeZero(FLOOD_BYTES), ctx.voidPromise());
            }
            ctx.flush();
            pumping = false;
            if (ctx.channel().isWritable()) {
                pumpLater(ctx);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                pumpLater(ctx);
            }
        }
    }

    /** Passes single bytes back and lets the flood go by. */
    @ChannelHandler.Sharable
    private static final class Answering extends ChannelInboundHandlerAdapter {
        private final ConformanceTransport transport;

        Answering(ConformanceTransport transport) {
            this.transport = transport;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (transport.inbound(message).readableBytes() == 1) {
                ctx.writeAndFlush(message instanceof DatagramPacket packet
                        ? new DatagramPacket(packet.content(), packet.sender()) : message, ctx.voidPromise());
            } else {
                ReferenceCountUtil.release(message);
            }
        }
    }

    /** Sends a byte, waits for the answer, and again; then closes. */
    private final class Quiet extends ChannelInboundHandlerAdapter {
        private final List<Long> turns = new ArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private long begun;
        private long closeTurns;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ask(ctx);
        }

        private void ask(ChannelHandlerContext ctx) {
            begun = loop.turns();
            ctx.writeAndFlush(ctx.alloc().directBuffer(1).writeByte(1), ctx.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            turns.add(loop.turns() - begun);
            if (turns.size() < ROUNDS) {
                ask(ctx);
            } else {
                begun = loop.turns();
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            closeTurns = loop.turns() - begun;
            ended.countDown();
        }
    }

    @BeforeEach
    void begin() {
        group = new EvplEventLoopGroup(1);
        loop = (EvplEventLoop) group.next();
    }

    @AfterEach
    void end() {
        over = true;
        assertTrue(group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(20_000));
    }

    /** Of datagrams it is the other socket. */
    private Channel listen(ConformanceTransport transport) throws Exception {
        Answering answering = new Answering(transport);
        AbstractBootstrap<?, ?> bootstrap = transport.traits().has(Capability.CONNECTED)
                ? new ServerBootstrap().group(group).channelFactory(transport::newServerChannel).childHandler(answering)
                : new Bootstrap().group(group).channelFactory(transport::newChannel).handler(answering);
        return bootstrap.bind(transport.freeAddress()).sync().channel();
    }

    private Channel connect(ConformanceTransport transport, Channel listener, ChannelHandler handler) throws Exception {
        return new Bootstrap().group(group).channelFactory(transport::newChannel).handler(handler)
                .connect(listener.localAddress()).sync().channel();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aFloodOnOneChannelLeavesTheOthersTheirTurns_L4(Callable<ConformanceTransport> opener) throws Exception {
        try (ConformanceTransport transport = opener.call()) {
            boolean connected = transport.traits().has(Capability.CONNECTED);
            Channel listener = listen(transport);
            Channel quietListener = connected ? listener : listen(transport);
            Flood flood = new Flood();
            connect(transport, listener, flood);
            assertTrue(flood.running.await(10, TimeUnit.SECONDS), "there is no flood");
            Quiet quiet = new Quiet();
            connect(transport, quietListener, quiet); // is accepted under the flood
            assertTrue(quiet.ended.await(20, TimeUnit.SECONDS), "the quiet channel is starved");
            quiet.turns.sort(null);
            // Nearly all: the kernel may put loopback's work off to a thread of its own.
            assertTrue(quiet.turns.get(ROUNDS * 9 / 10) <= ROUND_TRIP_TURNS, quiet.turns::toString);
            assertTrue(quiet.closeTurns <= CLOSE_TURNS, () -> "closed after " + quiet.closeTurns + " turns");
            over = true;
            listener.close().sync();
            quietListener.close().sync();
        }
    }
}
