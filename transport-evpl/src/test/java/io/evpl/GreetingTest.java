package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Servers that speak first, while the client's loop is busy: connection, data and end are there at once. */
class GreetingTest {
    private final EvplEventLoopGroup group = new EvplEventLoopGroup(1);
    private final LinkedBlockingQueue<String> words = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        assertTrue(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000));
    }

    private final class Words extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf buf = (ByteBuf) message;
            words.add(buf.toString(StandardCharsets.US_ASCII));
            buf.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            words.add("inactive");
        }
    }

    private Channel connectWhileTheLoopIsBusy(boolean serverCloses) throws Exception {
        CountDownLatch greeted = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ChannelFuture[] connected = new ChannelFuture[1];
            CountDownLatch begun = new CountDownLatch(1);
            group.next().execute(() -> {
                connected[0] = new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new Words())
                        .connect(server.getLocalSocketAddress());
                // Registration is a task of its own; the connect follows it.
                connected[0].channel().eventLoop().execute(() -> group.next().execute(() -> {
                    begun.countDown();
                    try {
                        greeted.await(5, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
            });
            assertTrue(begun.await(5, TimeUnit.SECONDS));
            server.setSoTimeout(300);
            Socket socket;
            try {
                socket = server.accept();
            } catch (SocketTimeoutException e) {
                greeted.countDown(); // io_uring: the connect goes to the kernel at the end of the turn
                server.setSoTimeout(5000);
                socket = server.accept();
            }
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            if (serverCloses) {
                socket.close();
            }
            greeted.countDown();
            Channel channel = connected[0].sync().channel();
            assertEquals("hello", words.poll(5, TimeUnit.SECONDS));
            if (serverCloses) {
                assertEquals("inactive", words.poll(5, TimeUnit.SECONDS));
            }
            socket.close();
            return channel;
        }
    }

    @Test
    void aGreetingThatArrivesWithTheConnectionIsRead() throws Exception {
        connectWhileTheLoopIsBusy(false).close().sync();
    }

    @Test
    void aGreetingAndTheEndThatArriveWithTheConnectionAreRead() throws Exception {
        connectWhileTheLoopIsBusy(true).close().sync();
    }
}
