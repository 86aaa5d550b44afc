package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** What a message costs once everything is warm. In a JVM without leak detection, which would itself allocate. */
class SteadyStateTest {
    /**
     * FFM makes a slice of the errno segment at each call, 40 bytes that C2 removes where it inlines the whole call; from
     * a deep stack its default of 15 levels does not reach down there.
     */
    private static final int WARM_UP = 200_000;
    private static final String UNIX = "evpl.test.unix";
    /** Two loops that spin would starve each other wherever there is not a core for each. */
    private static final String ONE_LOOP = "evpl.test.oneLoop";

    @Test
    void anEchoAllocatesNothingAndEntersTheKernelAtMostOnceATurn() throws Exception {
        ChildJvm.run(Echo.class, "-Dio.evpl.spinNs=0");
    }

    @Test
    void anEchoOnASpinningLoopAllocatesNothing() throws Exception {
        ChildJvm.run(Echo.class, "-Dio.evpl.spinNs=-1", "-D" + ONE_LOOP + "=true");
    }

    @Test
    void anEchoOverAUnixSocketAllocatesNothingAndEntersTheKernelAtMostOnceATurn() throws Exception {
        ChildJvm.run(Echo.class, "-Dio.evpl.spinNs=0", "-D" + UNIX + "=true");
    }

    /** One connection, client and server each on a loop of its own unless asked otherwise. */
    static final class Echo {
        private Echo() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup servers = new EvplEventLoopGroup(1);
            EvplEventLoopGroup clients = Boolean.getBoolean(ONE_LOOP) ? servers : new EvplEventLoopGroup(1);
            boolean unix = Boolean.getBoolean(UNIX);
            Channel server = new ServerBootstrap().group(servers)
                    .channel(unix ? EvplServerDomainSocketChannel.class : EvplServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new SteadyWindows.Echoing());
                        }
                    }).bind(unix ? new DomainSocketAddress("\0evpl-" + ProcessHandle.current().pid())
                            : new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            SteadyWindows windows = new SteadyWindows((EvplEventLoop) servers.next(), WARM_UP,
                    window -> window.bytesPerMessage() < SteadyWindows.NEARLY_NOTHING);
            Channel client = new Bootstrap().group(clients)
                    .channel(unix ? EvplDomainSocketChannel.class : EvplSocketChannel.class).handler(new SteadyWindows.Pinging(windows))
                    .connect(server.localAddress()).sync().channel();
            boolean done = windows.await();
            client.close().sync();
            server.close().sync();
            clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            // epoll has no memory to look at: a spinning loop asks the kernel.
            boolean looksEnter = windows.other().backend().equals("epoll") && windows.other().spins() > 0;
            System.out.println(windows);
            if (!done || !windows.isSteady() || !looksEnter && !windows.entersAtMostOnceATurn()) {
                throw new AssertionError(windows);
            }
        }
    }
}
