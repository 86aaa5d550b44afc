package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.PlatformDependent;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What is held while nothing happens. In a JVM of its own, where nobody else holds anything. */
class IdleFootprintTest {
    private static final long MAX_GROUP_BYTES = 16 << 20;
    private static final int CONNECTIONS = 500;

    @Test
    void anIdleGroupOfOneLoopHoldsLittleDirectMemory() throws Exception {
        ChildJvm.run(Group.class);
    }

    @Test
    void anIdleConnectionHoldsNoReceiveBuffer() throws Exception {
        ChildJvm.run(Connections.class);
    }

    /** One loop and no connection. */
    static final class Group {
        private Group() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup group = new EvplEventLoopGroup(1);
            group.next().submit(() -> { }).sync();
            long bytes = PlatformDependent.usedDirectMemory();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            if (bytes > MAX_GROUP_BYTES) {
                throw new AssertionError(bytes + " bytes of direct memory");
            }
        }
    }

    /** Many connections, each having received and sent something, all idle now. */
    static final class Connections {
        private Connections() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup group = new EvplEventLoopGroup(1);
            Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                    .childHandler(new Discarding()).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            group.next().submit(() -> { }).sync();
            long before = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
            List<Channel> clients = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new Discarding())
                        .connect(server.localAddress()).sync().channel();
                client.writeAndFlush(client.alloc().directBuffer(1).writeByte(1)).sync();
                clients.add(client);
            }
            group.next().submit(() -> { }).sync();
            long each = (PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - before) / CONNECTIONS;
            for (Channel client : clients) {
                client.close().sync();
            }
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            if (each > 256) {
                throw new AssertionError(each + " bytes of buffers for each idle connection");
            }
        }
    }

    @ChannelHandler.Sharable
    private static final class Discarding extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
