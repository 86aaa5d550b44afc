package io.evpl;

import io.evpl.linux.TestFds;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
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

    private EvplEventLoopGroup group;
    private EvplEventLoop loop;
    private volatile boolean over;

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
