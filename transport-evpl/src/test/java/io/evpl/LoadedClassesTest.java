package io.evpl;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a process does not use, it does not load: by the JVM's own account of a TCP server and a connection of it. */
class LoadedClassesTest {
    private static final Pattern LOADED = Pattern.compile("\\[class,load\\s*\\] (\\S+) source:");

    @Test
    void aTcpServerLoadsNoneOfTheEventsDatagramsAndSettingsThatItDoesNotUse() throws Exception {
        Matcher matcher = LOADED.matcher(ChildJvm.run(Server.class, "-Xlog:class+load"));
        List<String> loaded = matcher.results().map(found -> found.group(1)).toList();
        assertTrue(loaded.contains("io.evpl.EvplSocketChannel"), () -> "no account: " + loaded.size());

        List<String> events = loaded.stream().filter(name -> name.startsWith("jdk.jfr.") || name.startsWith("io.evpl.jfr.")).toList();
        assertEquals(List.of("io.evpl.jfr.LoopEvents", "jdk.jfr.FlightRecorder"), events.stream().sorted().toList());
        assertEquals(List.of(), loaded.stream().filter(name -> name.startsWith("io.evpl.tls.") || name.startsWith("io.evpl.name.")
                || name.startsWith("io.evpl.foreign.Idle")).toList());

        boolean ring = loaded.contains("io.evpl.uring.UringStreamIo");
        List<String> linked = loaded.stream().filter(name -> name.startsWith("io.evpl.linux.Syscalls$")).toList();
        assertEquals(ring ? List.of() : List.of("io.evpl.linux.Syscalls$Readiness"), linked);
    }

    /** In the child. */
    static final class Server {
        private Server() {
        }

        public static void main(String[] arguments) throws Exception {
            EvplEventLoopGroup group = new EvplEventLoopGroup(1);
            Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class).childHandler(new Echo())
                    .bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
            Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new ClosingHandler())
                    .connect(server.localAddress()).sync().channel();
            client.writeAndFlush(Unpooled.directBuffer().writeLong(1)).sync();
            client.closeFuture().sync();
            server.close().sync();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }
    }

    private static final class ClosingHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }
}
