package io.evpl;

import io.evpl.linux.Syscalls;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** An idle group costs nothing: by the kernel's own account of its threads, no instruction and so no system call. */
class IdleGroupTest {
    private static final int LOOPS = 8;
    private static final long WINDOW_SECONDS = 10;
    private static final long SETTLE_MS = 200;

    @Test
    void idleLoopsWithAListenerAndAConnectionDoNotRunAtAllForTenSeconds() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(LOOPS);
        List<Integer> threads = new ArrayList<>();
        for (EventExecutor loop : group) {
            threads.add(loop.submit(Syscalls::gettid).get());
        }
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter()).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        Channel client = new Bootstrap().group(group).channel(EvplSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter()).connect(server.localAddress()).sync().channel();
        letPass(SETTLE_MS);

        List<String> before = account(threads);
        letPass(TimeUnit.SECONDS.toMillis(WINDOW_SECONDS));
        List<String> after = account(threads);

        assertEquals(before, after);
        client.close().sync();
        server.close().sync();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    /** For each thread: nanoseconds on a CPU and times it was put on one. proc(5), schedstat. */
    private static List<String> account(List<Integer> threads) throws IOException {
        List<String> account = new ArrayList<>();
        for (int thread : threads) {
            String[] fields = Files.readString(Path.of("/proc/self/task/" + thread + "/schedstat")).trim().split(" ");
            account.add(thread + ": " + fields[0] + " ns, " + fields[2] + " slices");
        }
        return account;
    }

    /** Time passes: nothing will count this latch down. */
    private static void letPass(long ms) throws InterruptedException {
        assertFalse(new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS));
    }
}
