package io.evpl;

import io.evpl.linux.TestFds;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whoever floods a loop, the others get their turn: counted in turns. */
class LoopFairnessTest {
    /** Within so many turns of becoming due a timer, a task, a deferral, a bell and a descriptor are served. */
    private static final long TURNS = 2;
    private static final int SAMPLES = 200;
    /** A packet on the loopback interface may wait for the softirq thread of a busy machine: all but one in ten are in time. */
    private static final long CHANNEL_TURNS = 8;
    /** What the quiet connection sends; the flood is all zeros. */
    private static final int QUIET = 1;
    private static final int GREEDY = 2;

    private EvplEventLoopGroup group;
    private EvplEventLoop loop;
    private volatile boolean over;
    private long bytesSeen;
    private volatile long mostWrittenInATurn;

    @BeforeEach
    void start() {
        group = new EvplEventLoopGroup(1, null, VirtualLoop.config());
        loop = (EvplEventLoop) group.next();
    }

    @AfterEach
    void end() {
        over = true;
        VirtualLoop.shutDown(group);
    }

    /** One of each service; each becomes due within a turn and notes how many turns later it was served. */
    private final class Probe {
        private final TestFds.Pair pipe = TestFds.pipe();
        private final List<Long> served = new ArrayList<>();
        private final LoopTimer timer = loop.newTimer(this::served);
        private final Deferral deferral = loop.newDeferral(this::served);
        private final Doorbell doorbell = loop.newDoorbell(this::served);
        private FdEvent event;
        private long begunInTurn;

        Probe() throws Exception {
            event = VirtualLoop.call(loop, () -> {
                FdEvent watched = loop.watch(pipe.reader(), new FdEvent.Handler() {
                    @Override
                    public void readable(FdEvent event) {
                        if (TestFds.read(event.fd()) > 0) {
                            served();
                        } else {
                            event.markUnreadable();
                        }
                    }
                });
                watched.wantRead(true);
                return watched;
            });
        }

        private void served() {
            served.add(loop.turns() - begunInTurn);
        }

        private void begin() {
            begunInTurn = loop.turns();
            timer.armOnce(0);
            deferral.arm();
            doorbell.ring();
            loop.execute(this::served);
            TestFds.write(pipe.writer());
        }

        /** @return how often the loop had slept by then */
        long assertServedInTime() {
            for (int i = 1; i <= SAMPLES; i++) {
                int expected = 5 * i;
                loop.execute(this::begin);
                VirtualLoop.await(() -> VirtualLoop.call(loop, served::size) == expected);
            }
            long latest = VirtualLoop.call(loop, () -> served.stream().mapToLong(turns -> turns).max().orElseThrow());
            long sleeps = VirtualLoop.call(loop, loop::sleeps);
            over = true;
            VirtualLoop.call(loop, () -> {
                event.close();
                return null;
            });
            pipe.close();
            assertTrue(latest <= TURNS, () -> "served after " + latest + " turns");
            return sleeps;
        }
    }

    @Test
    @DisplayName("L3 a deferral that arms itself again and again holds nobody up")
    void aDeferralThatArmsItselfHoldsNobodyUp_L3() throws Exception {
        Deferral[] self = new Deferral[1];
        self[0] = loop.newDeferral(() -> {
            if (!over) {
                self[0].arm();
            }
        });
        VirtualLoop.call(loop, () -> {
            self[0].arm();
            return null;
        });
        long sleeps = VirtualLoop.call(loop, loop::sleeps);
        assertEquals(sleeps, new Probe().assertServedInTime(), "an armed deferral keeps the loop awake");
    }

    @Test
    void aFloodOfTasksHoldsNobodyUp() throws Exception {
        for (int i = 0; i < 100; i++) {
            loop.execute(new Runnable() {
                @Override
                public void run() {
                    if (!over) {
                        loop.execute(this);
                    }
                }
            });
        }
        new Probe().assertServedInTime();
    }

    @Test
    void aDescriptorThatIsAlwaysReadableHoldsNobodyUp() throws Exception {
        TestFds.Pair pipe = TestFds.pipe();
        TestFds.write(pipe.writer());
        FdEvent flooding = VirtualLoop.call(loop, () -> {
            FdEvent event = loop.watch(pipe.reader(), new FdEvent.Handler() { });
            event.wantRead(true);
            return event;
        });
        new Probe().assertServedInTime();
        VirtualLoop.call(loop, () -> {
            flooding.close();
            return null;
        });
        pipe.close();
    }

    @Test
    void timersThatAreAlwaysDueHoldNobodyUp() throws Exception {
        VirtualLoop.call(loop, () -> {
            for (int i = 0; i < 100; i++) {
                LoopTimer[] self = new LoopTimer[1];
                self[0] = loop.newTimer(() -> {
                    if (!over) {
                        self[0].armOnce(0);
                    }
                });
                self[0].armOnce(0);
            }
            return null;
        });
        new Probe().assertServedInTime();
    }

    @Test
    void aFloodOnOneChannelLeavesOthersAndServicesTheirTurn() throws Exception {
        List<Long> arrivals = new ArrayList<>();
        Semaphore arrived = new Semaphore(0);
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Reading(arrivals, arrived));
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        try (Socket flood = new Socket("127.0.0.1", port); Socket quiet = new Socket("127.0.0.1", port)) {
            quiet.setTcpNoDelay(true);
            Thread flooder = Thread.ofPlatform().start(() -> flood(flood));
            List<Long> turns = new ArrayList<>();
            for (int i = 0; i < SAMPLES; i++) {
                quiet.getOutputStream().write(QUIET);
                long written = loop.turns();
                assertTrue(arrived.tryAcquire(10, TimeUnit.SECONDS), () -> "the quiet channel is starved after " + turns.size()
                        + ": " + (loop.turns() - written) + " turns, asleep " + loop.isAsleep());
                int number = i;
                turns.add(VirtualLoop.call(loop, () -> arrivals.get(number)) - written);
            }
            turns.sort(null);
            long nearlyAll = turns.get(SAMPLES * 9 / 10);
            assertTrue(nearlyAll <= CHANNEL_TURNS, turns::toString);
            new Probe().assertServedInTime();
            flooder.join();
        }
        server.close().sync();
    }

    /** A peer that takes all it can get, from a handler that always has more: one limited write a turn, and the others too. */
    @Test
    void aChannelThatAlwaysHasMoreToWriteLeavesOthersAndServicesTheirTurn() throws Exception {
        List<Long> arrivals = new ArrayList<>();
        Semaphore arrived = new Semaphore(0);
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Writing(), new Reading(arrivals, arrived));
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        try (Socket greedy = new Socket("127.0.0.1", port); Socket quiet = new Socket("127.0.0.1", port)) {
            quiet.setTcpNoDelay(true);
            greedy.getOutputStream().write(GREEDY);
            Thread taker = Thread.ofPlatform().start(() -> take(greedy));
            List<Long> turns = new ArrayList<>();
            for (int i = 0; i < SAMPLES; i++) {
                quiet.getOutputStream().write(QUIET);
                long written = loop.turns();
                assertTrue(arrived.tryAcquire(10, TimeUnit.SECONDS), () -> "the quiet channel is starved after " + turns.size());
                int number = i;
                turns.add(VirtualLoop.call(loop, () -> arrivals.get(number)) - written);
            }
            turns.sort(null);
            long nearlyAll = turns.get(SAMPLES * 9 / 10);
            assertTrue(nearlyAll <= CHANNEL_TURNS, turns::toString);
            new Probe().assertServedInTime();
            assertTrue(mostWrittenInATurn <= loop.channels().maxWriteBytes(), () -> mostWrittenInATurn + " bytes in a turn");
            assertTrue(mostWrittenInATurn > 0);
            taker.join();
        }
        server.close().sync();
    }

    private void take(Socket socket) {
        byte[] much = new byte[1 << 20];
        try {
            while (!over && socket.getInputStream().read(much) > 0) {
                // and more
            }
        } catch (IOException e) {
            assertTrue(over, e::toString);
        }
    }

    /** Asked once, writes for ever: whatever has gone is replaced. */
    private final class Writing extends ChannelInboundHandlerAdapter {
        private static final int PIECE_BYTES = 4 << 20;
        private long lastTurn;
        private long bytesBefore;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (bytes.getByte(bytes.readerIndex()) == GREEDY) {
                bytes.release();
                writeOn(ctx);
                writeOn(ctx);
            } else {
                ctx.fireChannelRead(message);
            }
        }

        private void writeOn(ChannelHandlerContext ctx) {
            if (!over && ctx.channel().isActive()) {
                ChannelProgressivePromise promise = ctx.newProgressivePromise();
                promise.addListener(new ChannelProgressiveFutureListener() {
                    @Override
                    public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
                        noteTurn();
                    }

                    @Override
                    public void operationComplete(ChannelProgressiveFuture future) {
                        noteTurn();
                        writeOn(ctx);
                    }
                });
                ctx.writeAndFlush(ctx.alloc().directBuffer(PIECE_BYTES).writeZero(PIECE_BYTES), promise);
            }
        }

        /** All that was sent since this turn began is this turn's. */
        private void noteTurn() {
            long bytes = loop.traffic(Protocol.TCP).read(TrafficMetric.BYTES_OUT);
            if (lastTurn != loop.turns()) {
                lastTurn = loop.turns();
                bytesBefore = bytesSeen;
            }
            bytesSeen = bytes;
            mostWrittenInATurn = Math.max(mostWrittenInATurn, bytes - bytesBefore);
        }
    }

    private void flood(Socket socket) {
        byte[] much = new byte[64 << 10];
        try {
            while (!over) {
                socket.getOutputStream().write(much);
            }
        } catch (IOException e) {
            assertTrue(over, e::toString);
        }
    }

    /** Notes the turn of each byte that comes from the quiet side, whose first byte says who it is. */
    private final class Reading extends ChannelInboundHandlerAdapter {
        private final List<Long> arrivals;
        private final Semaphore arrived;
        private boolean quiet;

        Reading(List<Long> arrivals, Semaphore arrived) {
            this.arrivals = arrivals;
            this.arrived = arrived;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            quiet |= bytes.getByte(bytes.readerIndex()) == QUIET;
            for (int i = 0; quiet && i < bytes.readableBytes(); i++) {
                arrivals.add(loop.turns());
                arrived.release();
            }
            ReferenceCountUtil.release(message);
        }
    }
}
