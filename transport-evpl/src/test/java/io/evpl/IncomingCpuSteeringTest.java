package io.evpl;

import io.evpl.linux.CpuAffinity;
import io.evpl.linux.NumaNodes;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Nearness of loops to the CPU on which packets arrive. One loop is pinned to a CPU that this process has. */
class IncomingCpuSteeringTest {
    private final int cpu = CpuAffinity.ofThread().nextSetBit(0);
    private final EvplEventLoopGroup pinned = new EvplEventLoopGroup(1, null, pinnedTo(cpu));
    private final EvplEventLoopGroup free = new EvplEventLoopGroup(2);
    private final AttachedLoop near = attached((EvplEventLoop) pinned.next());
    private final AttachedLoop far = attached((EvplEventLoop) free.next());
    private final AttachedLoop farther = attached((EvplEventLoop) free.next());
    private final List<AttachedLoop> loops = List.of(far, near, farther);
    @TempDir
    private Path sys;

    private static EvplConfig pinnedTo(int cpu) {
        Properties properties = new Properties();
        properties.setProperty("io.evpl.cpus", Integer.toString(cpu));
        properties.setProperty("io.evpl.backend", EvplConfig.fromSystemProperties().backend());
        return EvplConfig.from(properties);
    }

    private static AttachedLoop attached(EvplEventLoop loop) {
        return new AttachedLoop(loop, () -> { });
    }

    @AfterEach
    void stop() throws InterruptedException {
        assertTrue(pinned.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
        assertTrue(free.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
    }

    private AttachedLoop choose(int incomingCpu) throws Exception {
        Channel child = new EmbeddedChannel();
        try {
            return new IncomingCpuSteering(any -> incomingCpu, NumaNodes.of(sys)).choose(child, loops);
        } finally {
            child.close();
        }
    }

    @Test
    void theLoopOnTheVeryCpuServes() throws Exception {
        near.connectionAdded();
        assertSame(near, choose(cpu));
    }

    @Test
    void elseOneOnTheSameNodeServes() throws Exception {
        Files.createDirectory(sys.resolve("node0"));
        Files.writeString(sys.resolve("node0/cpulist"), cpu + "," + (cpu + 1000));
        near.connectionAdded();
        assertSame(near, choose(cpu + 1000));
        assertSame(far, choose(cpu + 1001));
    }

    @Test
    void elseTheOneWithTheFewestConnectionsServes() throws Exception {
        far.connectionAdded();
        near.connectionAdded();
        assertSame(farther, choose(cpu + 1));
        farther.connectionAdded();
        assertSame(far, choose(-1), "the CPU is not known before the first packet");
    }

    @Test
    void aChannelThatIsNoSocketHasNoCpu() {
        EmbeddedChannel child = new EmbeddedChannel();
        assertEquals(-1, IncomingCpuSteering.incomingCpu(child));
        child.close();
    }

    @Test
    void aLoopKnowsItsCpu() throws Exception {
        EvplEventLoop loop = near.loop();
        loop.submit(() -> null).get(10, TimeUnit.SECONDS);
        assertEquals(cpu, loop.cpu());
        assertEquals(-1, far.loop().cpu());
    }

    @Test
    void aLoopThatCouldNotBePinnedHasNone() throws Exception {
        EvplEventLoopGroup group = new EvplEventLoopGroup(1, null, pinnedTo(8191));
        EvplEventLoop loop = (EvplEventLoop) group.next();
        loop.submit(() -> null).get(10, TimeUnit.SECONDS);
        assertEquals(-1, loop.cpu());
        assertTrue(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10_000));
    }
}
