package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.Channel;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

/** What a message within the process costs once everything is warm. In a JVM without leak detection, which would allocate. */
class InprocSteadyStateTest {
    private static final int WARM_UP = 300_000;
    private static final double HARDLY_EVER = 0.1;

    @Test
    void anEchoOnOneLoopAllocatesNothingAndHardlyEntersTheKernel() throws Exception {
        ChildJvm.run(Echo.class, "-Dtest.loops=1");
    }

    @Test
    void anEchoBetweenLoopsAllocatesNothing() throws Exception {
        ChildJvm.run(Echo.class, "-Dtest.loops=2");
    }

    /** One connection. */
    static final class Echo {
        private Echo() {
        }

        public static void main(String[] args) throws Exception {
            int loops = Integer.getInteger("test.loops");
            EvplEventLoopGroup servers = new EvplEventLoopGroup(1);
            EvplEventLoopGroup clients = loops == 1 ? servers : new EvplEventLoopGroup(1);
            new ServerBootstrap().group(servers).channel(EvplServerInprocChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new SteadyWindows.Echoing());
                        }
                    }).bind(new InprocAddress("echo")).sync();
            SteadyWindows windows = new SteadyWindows((EvplEventLoop) servers.next(), WARM_UP,
                    window -> window.bytesPerMessage() < SteadyWindows.NEARLY_NOTHING
                            && (loops > 1 || window.entriesPerMessage() < HARDLY_EVER));
            new Bootstrap().group(clients).channel(EvplInprocChannel.class).handler(new SteadyWindows.Pinging(windows))
                    .connect(new InprocAddress("echo")).sync();
            boolean done = windows.await();
            clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            System.out.println(windows);
            if (!done || !windows.isSteady()) {
                throw new AssertionError(windows);
            }
        }
    }
}
