package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a datagram costs once everything is warm. In a JVM without leak detection, which would itself allocate. */
class DatagramSteadyStateTest {
    /** In flight at a time: what a flush has. */
    private static final int WINDOW = 16;
    private static final int WARM_UP = 300_000;
    private static final int PACKETS = 100_000;
    /** The compilers take their time on a busy machine: steady is the state that is reached, not the one after so many packets. */
    private static final int MAX_WINDOWS = 10;
    /**
     * Netty's message is an object of 24 bytes: for each round trip one that the server gets, one that it answers with, one
     * that the client gets, one that it asks with. Nothing else.
     */
    private static final int NETTYS_OWN_BYTES = 4 * 24;
    private static final double NEARLY_NOTHING = 0.5;
    /** The counters are read from another thread, one after the other. */
    private static final int SNAPSHOT_TURNS = 10;

    @Test
    void anEchoAllocatesNettysMessagesAndNothingElseAndEntersTheKernelAtMostOnceATurn() throws Exception {
        ChildJvm.run(Echo.class, "-Dio.evpl.spinNs=0");
    }

    static final class Echo {
        private Echo() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup servers = new EvplEventLoopGroup(1);
            EvplEventLoopGroup clients = new EvplEventLoopGroup(1);
            InetSocketAddress anyPort = new InetSocketAddress("127.0.0.1", 0);
            EvplDatagramChannel server = (EvplDatagramChannel) new Bootstrap().group(servers)
                    .channel(EvplDatagramChannel.class).handler(new Echoing()).bind(anyPort).sync().channel();
            Pinging pinging = new Pinging((EvplEventLoop) servers.next(), server.localAddress());
            EvplDatagramChannel client = (EvplDatagramChannel) new Bootstrap().group(clients)
                    .channel(EvplDatagramChannel.class).handler(pinging).bind(anyPort).sync().channel();
            boolean done = pinging.done.await(45, TimeUnit.SECONDS);
            client.close().sync();
            server.close().sync();
            clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            System.out.println(pinging);
            if (!done || pinging.bytesPerPacket >= NETTYS_OWN_BYTES + NEARLY_NOTHING
                    || pinging.serverEntries > pinging.serverTurns + SNAPSHOT_TURNS) {
                throw new AssertionError(pinging);
            }
        }
    }

    private static final class Echoing extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            ctx.write(new DatagramPacket(packet.content(), packet.sender()), ctx.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    private static final class Pinging extends ChannelInboundHandlerAdapter {
        private final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final EvplEventLoop serverLoop;
        private final InetSocketAddress server;
        private final CountDownLatch done = new CountDownLatch(1);
        private int packets;
        private long allocatedBytes;
        private double bytesPerPacket;
        private long serverTurns;
        private long serverEntries;

        Pinging(EvplEventLoop serverLoop, InetSocketAddress server) {
            this.serverLoop = serverLoop;
            this.server = server;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            for (int i = 0; i < WINDOW; i++) {
                ctx.write(new DatagramPacket(PooledByteBufAllocator.DEFAULT.directBuffer(64).writeZero(64), server),
                        ctx.voidPromise());
            }
            ctx.flush();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            packets++;
            boolean windowEnds = packets > WARM_UP && (packets - WARM_UP) % PACKETS == 0;
            if (windowEnds) {
                allocatedBytes += bothLoopsAllocated();
                bytesPerPacket = (double) allocatedBytes / PACKETS;
                serverTurns += serverLoop.turns();
                serverEntries += serverLoop.kernelEntries();
            }
            boolean last = windowEnds
                    && (bytesPerPacket < NETTYS_OWN_BYTES + NEARLY_NOTHING || packets == WARM_UP + MAX_WINDOWS * PACKETS);
            if (packets == WARM_UP || windowEnds && !last) {
                serverTurns = -serverLoop.turns();
                serverEntries = -serverLoop.kernelEntries();
                allocatedBytes = -bothLoopsAllocated();
            }
            if (last) {
                done.countDown();
            }
            if (done.getCount() > 0) {
                ctx.write(new DatagramPacket(packet.content(), server), ctx.voidPromise());
            } else {
                packet.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        private long bothLoopsAllocated() {
            return threads.getCurrentThreadAllocatedBytes()
                    + threads.getThreadAllocatedBytes(serverLoop.threadProperties().id());
        }

        @Override
        public String toString() {
            return packets + " packets, " + bytesPerPacket + " bytes allocated for each, " + serverTurns + " turns, "
                    + serverEntries + " kernel entries";
        }
    }
}
