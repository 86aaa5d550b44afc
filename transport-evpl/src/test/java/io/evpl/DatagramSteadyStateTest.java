package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** What a datagram costs once everything is warm. In a JVM without leak detection, which would itself allocate. */
class DatagramSteadyStateTest {
    /** In flight at a time: what a flush has. */
    private static final int WINDOW = 16;
    private static final int WARM_UP = 300_000;
    /**
     * Netty's message is an object of 24 bytes: for each round trip one that the server gets, one that it answers with, one
     * that the client gets, one that it asks with. Nothing else.
     */
    private static final int NETTYS_OWN_BYTES = 4 * 24;
    /** On epoll: with three calls of a turn hot, HotSpot may leave one of them its 40 bytes, or for a while more. Decision 11. */
    private static final int BYTES_OF_CALLS = 40;

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
            SteadyWindows windows = new SteadyWindows((EvplEventLoop) servers.next(), WARM_UP,
                    window -> window.bytesPerMessage() < mostBytes(window.other()) + SteadyWindows.NEARLY_NOTHING);
            EvplDatagramChannel client = (EvplDatagramChannel) new Bootstrap().group(clients)
                    .channel(EvplDatagramChannel.class).handler(new Pinging(windows, server.localAddress())).bind(anyPort).sync().channel();
            boolean done = windows.await();
            client.close().sync();
            server.close().sync();
            clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            System.out.println(windows);
            if (!done || !windows.isSteady() || !windows.entersAtMostOnceATurn()) {
                throw new AssertionError(windows);
            }
        }
    }

    private static int mostBytes(EvplEventLoop loop) {
        return loop.backend().equals("epoll") ? NETTYS_OWN_BYTES + BYTES_OF_CALLS : NETTYS_OWN_BYTES;
    }

    private static final class Echoing extends SteadyWindows.Echoing {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            super.channelRead(ctx, new DatagramPacket(packet.content(), packet.sender()));
        }
    }

    private static final class Pinging extends ChannelInboundHandlerAdapter {
        private final SteadyWindows windows;
        private final InetSocketAddress server;

        Pinging(SteadyWindows windows, InetSocketAddress server) {
            this.windows = windows;
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
            if (windows.goesOn()) {
                ctx.write(new DatagramPacket(packet.content(), server), ctx.voidPromise());
            } else {
                packet.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }
}
