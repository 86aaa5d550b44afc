package io.evpl;

import io.evpl.linux.OpenFds;
import io.evpl.linux.CpuAffinity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.PlatformDependent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The loop on the running kernel, on the backend that the build chose. */
class EvplEventLoopBehaviourTest {
    private static final long WINDOW_MS = 300;

    private EvplEventLoopGroup group;
    private EvplEventLoop loop;

    private void start(String... settings) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("io.evpl.backend", System.getProperty("io.evpl.backend", "auto"));
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty("io.evpl." + settings[i], settings[i + 1]);
        }
        group = new EvplEventLoopGroup(1, null, EvplConfig.from(properties));
        loop = (EvplEventLoop) group.next();
        onLoop(() -> null);
    }

    @AfterEach
    void stop() {
        if (group != null) {
            shutDown(group);
        }
    }

    private static void shutDown(EventLoopGroup group) {
        assertTrue(group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(20_000), "ends");
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(10, TimeUnit.SECONDS);
    }

    /** Time passes: nothing will count this latch down. */
    private static void letPass(long ms) throws InterruptedException {
        assertFalse(new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS));
    }

    // ---- sleeping and waking

    @Test
    void anIdleLoopSleeps() throws Exception {
        start();
        VirtualLoop.awaitStill(WINDOW_MS, () -> List.of(loop.turns(), loop.kernelEntries()), counts -> loop.isAsleep());
    }

    @Test
    void aLoopThatWasWokenSleepsAgain() throws Exception {
        start();
        for (int i = 0; i < 100; i++) {
            onLoop(() -> null);
        }
        VirtualLoop.awaitStill(WINDOW_MS, loop);
    }

    @Test
    void aLoopWithAListenerAndNoTrafficSleeps() throws Exception {
        start();
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter()).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        VirtualLoop.awaitStill(WINDOW_MS, loop);
        server.close().sync();
    }

    @Test
    void executeOnAnAwakeLoopCostsNoKernelEntry() throws Exception {
        start("spinNs", "0");
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1000);
        AtomicLong before = new AtomicLong();
        AtomicLong after = new AtomicLong();
        loop.execute(() -> {
            before.set(loop.sleeps());
            awaitUninterruptibly(busy);
        });
        for (int i = 0; i < 1000; i++) {
            loop.execute(done::countDown);
        }
        busy.countDown();
        assertTrue(done.await(10, TimeUnit.SECONDS));
        after.set(onLoop(loop::sleeps));
        assertTrue(after.get() - before.get() <= 1, "slept " + (after.get() - before.get()) + " times between");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFarTimerFromAnotherThreadWakesNobody() throws Exception {
        start("spinNs", "0");
        Future<?> near = loop.schedule(() -> { }, 1, TimeUnit.HOURS);
        onLoop(() -> null); // it knows of the nearer
        VirtualLoop.awaitSleep(loop);
        long wakeups = loop.wakeups();
        List<Future<?>> far = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            far.add(loop.schedule(() -> { }, 2, TimeUnit.HOURS));
        }
        letPass(50);
        assertEquals(0, loop.wakeups() - wakeups, "rings for timers later than the next");
        near.cancel(false);
        far.forEach(one -> one.cancel(false));
    }

    @Test
    void aNearerTimerFromAnotherThreadIsKept() throws Exception {
        start();
        Future<?> far = loop.schedule(() -> { }, 1, TimeUnit.HOURS);
        letPass(20);
        assertTrue(loop.schedule(() -> { }, 20, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS));
        far.cancel(false);
    }

    @Test
    void timersAreNeverEarly() throws Exception {
        start();
        int count = 10_000;
        Random random = new Random(42);
        CountDownLatch done = new CountDownLatch(count);
        AtomicLong earliestNs = new AtomicLong(Long.MAX_VALUE);
        for (int i = 0; i < count; i++) {
            long delayNs = random.nextInt(500_000_000);
            long dueNs = System.nanoTime() + delayNs;
            loop.schedule(() -> {
                earliestNs.accumulateAndGet(System.nanoTime() - dueNs, Math::min);
                done.countDown();
            }, delayNs, TimeUnit.NANOSECONDS);
        }
        assertTrue(done.await(20, TimeUnit.SECONDS), () -> done.getCount() + " timers are missing");
        assertTrue(earliestNs.get() >= 0, () -> "early by ns: " + -earliestNs.get());
    }

    @Test
    void timersOfOneTimeRunInTheirOrder() throws Exception {
        start();
        List<Integer> order = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                int number = i;
                loop.schedule(() -> order.add(number), 1, TimeUnit.MILLISECONDS);
            }
            return null;
        });
        loop.schedule(() -> { }, 50, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS);
        for (int i = 0; i < 100; i++) {
            assertEquals(i, order.get(i));
        }
    }

    @Test
    void aLoopWithoutMultishotPollSleepsAfterItWasWoken() throws Exception {
        if (!Evpl.describe().startsWith("io_uring")) {
            return; // the feature is io_uring's
        }
        ChildJvm.run(IdleAfterWake.class, "-Dio.evpl.uring.multishotPoll=false");
    }

    /** In a JVM of its own, because the features are probed once. */
    static final class IdleAfterWake {
        private IdleAfterWake() {
        }

        public static void main(String[] args) throws Exception {
            EvplEventLoopGroup group = new EvplEventLoopGroup(1);
            EvplEventLoop loop = (EvplEventLoop) group.next();
            for (int i = 0; i < 3; i++) {
                loop.submit(() -> { }).sync();
                letPass(50);
            }
            long turns = loop.turns();
            letPass(WINDOW_MS);
            turns = loop.turns() - turns;
            shutDown(group);
            if (turns > 0) {
                throw new AssertionError(turns + " turns while idle");
            }
        }
    }

    // ---- exceptions

    @Test
    void anExceptionInATaskOrATimerDoesNotEndTheLoop() throws Exception {
        start();
        loop.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        loop.execute(() -> {
            throw new Error("on purpose");
        });
        loop.schedule(() -> {
            throw new IllegalStateException("on purpose");
        }, 1, TimeUnit.MILLISECONDS);
        loop.schedule(() -> { }, 10, TimeUnit.MILLISECONDS).sync();
        assertEquals(7, onLoop(() -> 7));
    }

    @Test
    void anExceptionInAHandlerDoesNotEndTheLoop() throws Exception {
        start();
        AtomicReference<Throwable> caught = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ReferenceCountUtil.release(message);
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        caught.set(cause);
                        ctx.close().addListener(done -> closed.countDown());
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        try (Socket socket = new Socket()) {
            socket.connect(server.localAddress());
            socket.getOutputStream().write(1);
            assertTrue(closed.await(5, TimeUnit.SECONDS));
        }
        assertEquals("on purpose", caught.get().getMessage());
        assertEquals(7, onLoop(() -> 7));
        server.close().sync();
    }

    // ---- ending

    @Test
    void shutdownRunsWhatIsQueuedClosesTheChannelsAndRejectsWhatComesAfter() throws Exception {
        start();
        Channel server = new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter()).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            loop.execute(ran::incrementAndGet);
        }
        shutDown(group);
        assertEquals(100, ran.get());
        assertFalse(server.isOpen());
        assertTrue(server.closeFuture().isDone());
        assertTrue(loop.isShutdown() && loop.isTerminated());
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> { }));
    }

    @Test
    void tasksThatComeInTheQuietPeriodRunAndProlongIt() throws Exception {
        start();
        Future<?> end = group.shutdownGracefully(200, 5000, TimeUnit.MILLISECONDS);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            letPass(100);
            loop.execute(ran::incrementAndGet);
        }
        assertFalse(end.isDone());
        assertTrue(end.await(5, TimeUnit.SECONDS));
        assertEquals(3, ran.get());
    }

    @Test
    void theTimeoutEndsAShutdownThatTasksProlong() throws Exception {
        start();
        long beginNs = System.nanoTime();
        long lastNs = beginNs;
        long longestPauseNs = 0;
        Future<?> end = group.shutdownGracefully(200, 600, TimeUnit.MILLISECONDS);
        int tasks = 0;
        boolean accepted = true;
        while (accepted && tasks < 200) {
            boolean ended = end.await(20);
            longestPauseNs = Math.max(longestPauseNs, System.nanoTime() - lastNs);
            lastNs = System.nanoTime();
            accepted = !ended && accepts(loop);
            tasks += accepted ? 1 : 0;
        }
        long tookMs = TimeUnit.NANOSECONDS.toMillis(lastNs - beginNs);
        assertTrue(end.await(5, TimeUnit.SECONDS));
        assertTrue(tasks < 200, "the timeout ends it");
        // On a busy machine this thread may pause for as long as the quiet period; then that is what ended it.
        assertTrue(tookMs >= 600 || longestPauseNs >= 200_000_000, tasks + " tasks prolong it, and it took ms: " + tookMs);
    }

    private static boolean accepts(EventLoop loop) {
        try {
            loop.execute(() -> { });
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Test
    void aLoopThatNeverRanShutsDown() {
        EvplEventLoopGroup unused = new EvplEventLoopGroup(4);
        shutDown(unused);
    }

    // ---- threads

    @Test
    void threadsBearTheNameOfTheirFactory() throws Exception {
        EvplEventLoopGroup named = new EvplEventLoopGroup(2, new DefaultThreadFactory("front"));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            names.add(named.next().submit(() -> Thread.currentThread().getName()).get(5, TimeUnit.SECONDS));
        }
        shutDown(named);
        assertTrue(names.get(0).startsWith("front-") && !names.get(0).equals(names.get(1)), names::toString);
    }

    @Test
    void allTasksOfALoopRunOnOneThreadThatKnowsIt() throws Exception {
        start();
        Thread thread = onLoop(Thread::currentThread);
        assertSame(thread, onLoop(Thread::currentThread));
        assertEquals(true, onLoop(loop::inEventLoop));
        assertFalse(loop.inEventLoop());
    }

    @Test
    void loopsArePinnedToTheCpusOfTheConfigurationInTurn() throws Exception {
        Properties properties = new Properties();
        int cpu = CpuAffinity.ofThread().nextSetBit(0);
        properties.setProperty("io.evpl.cpus", Integer.toString(cpu));
        EvplEventLoopGroup pinned = new EvplEventLoopGroup(2, null, EvplConfig.from(properties));
        for (EventLoop one : List.of(pinned.next(), pinned.next())) {
            assertEquals("{" + cpu + "}", one.submit(() -> CpuAffinity.ofThread().toString()).get(5, TimeUnit.SECONDS));
        }
        shutDown(pinned);
    }

    @Test
    void aCpuThatIsNotThereIsAWarningAndTheLoopRuns() throws Exception {
        start("cpus", "8000");
        assertEquals(7, onLoop(() -> 7));
    }

    // ---- what a group leaves behind

    @Test
    void aGroupLeavesNoDescriptorBehind() throws Exception {
        shutDown(new EvplEventLoopGroup(1)); // what is opened once
        long before = OpenFds.count();
        for (int i = 0; i < 20; i++) {
            start();
            shutDown(group);
        }
        assertEquals(before, OpenFds.count(), () -> OpenFds.list().toString());
    }

    @Test
    @Timeout(120)
    void manyLargeGroupsLeaveNeitherDescriptorsNorMemoryBehind() throws Exception {
        runLargeGroup(64);
        runLargeGroup(64); // arenas of the allocator have grown to what such a group needs
        long fds = OpenFds.count();
        long memoryBytes = PlatformDependent.usedDirectMemory();
        for (int i = 0; i < 48; i++) {
            runLargeGroup(64);
        }
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
        assertTrue(PlatformDependent.usedDirectMemory() <= memoryBytes + (32 << 20),
                () -> "direct memory: " + memoryBytes + " -> " + PlatformDependent.usedDirectMemory());
    }

    private static void runLargeGroup(int loops) throws Exception {
        EvplEventLoopGroup large = new EvplEventLoopGroup(loops);
        CountDownLatch started = new CountDownLatch(loops);
        for (int i = 0; i < loops; i++) {
            large.next().execute(started::countDown);
        }
        assertTrue(started.await(20, TimeUnit.SECONDS));
        shutDown(large);
    }
}
