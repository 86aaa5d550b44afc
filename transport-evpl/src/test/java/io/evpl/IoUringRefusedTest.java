package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.Seccomp;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Promise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Containers refuse io_uring: the same JVM start, under a filter such as theirs. */
class IoUringRefusedTest {
    /** Refuses io_uring_setup with the given errno, then uses the transport, or says why it cannot. */
    static final class UnderFilter {
        private UnderFilter() {
        }

        public static void main(String[] args) throws Throwable {
            Seccomp.refuse(Seccomp.IO_URING_SETUP, Integer.getInteger("refuse.errno"));
            if (!Evpl.isAvailable()) {
                System.out.println("refused: " + Evpl.unavailabilityCause().getMessage());
                try {
                    new EvplEventLoopGroup(1);
                } catch (IllegalStateException e) {
                    System.out.println("group: " + e.getMessage());
                }
                return;
            }
            EvplEventLoopGroup group = new EvplEventLoopGroup(1);
            System.out.println(((EvplEventLoop) group.next()).backend() + ": " + echo(group));
            System.out.println(Evpl.describe());
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }

        private static String echo(EvplEventLoopGroup group) throws InterruptedException {
            @ChannelHandler.Sharable
            class Echo extends ChannelInboundHandlerAdapter {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    context.writeAndFlush(message);
                }
            }
            Promise<String> answer = group.next().newPromise();
            Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                    .childHandler(new Echo()).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class)
                    .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
                            answer.trySuccess(message.toString(java.nio.charset.StandardCharsets.US_ASCII));
                        }
                    }).connect(server.localAddress()).sync().channel();
            client.writeAndFlush(Unpooled.copiedBuffer("hello", java.nio.charset.StandardCharsets.US_ASCII));
            String text = answer.sync().getNow();
            client.close().sync();
            server.close().sync();
            return text;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM, Errno.ENOMEM})
    void loopsUseEpollWhereIoUringIsRefused(int errno) throws Exception {
        String printed = ChildJvm.run(UnderFilter.class, "-Dio.evpl.backend=auto", "-Drefuse.errno=" + errno);

        assertTrue(printed.contains("epoll: hello"), printed);
        assertTrue(printed.contains("not io_uring: io_uring_setup"), printed);
    }

    @Test
    void anIoUringThatIsDemandedAndRefusedIsOneClearLine() throws Exception {
        String printed = ChildJvm.run(UnderFilter.class, "-Dio.evpl.backend=io_uring", "-Drefuse.errno=" + Errno.EPERM);

        String[] lines = printed.lines().filter(line -> line.contains("io_uring_disabled")).toArray(String[]::new);
        assertEquals(2, lines.length, printed);
        assertTrue(lines[0].startsWith("refused: -Dio.evpl.backend=io_uring, but io_uring_setup(..) failed: EPERM"), printed);
        assertTrue(lines[1].startsWith("group: evpl is unavailable: "), printed);
    }
}
