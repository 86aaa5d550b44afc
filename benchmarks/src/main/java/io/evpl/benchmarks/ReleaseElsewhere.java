package io.evpl.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;

import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** One thread allocates, another releases, with a bounded queue between: the time for one buffer to pass. */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {NettyThreads.EXECUTOR, NettyThreads.CLASS, "-Dio.netty.leakDetection.level=disabled",
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReleaseElsewhere {
    private static final int QUEUE = 128;

    @Param
    public Peer peer;
    @Param({"64", "1024", "16384", "65536"})
    public int bytes;

    private ByteBufAllocator allocator;
    private Queue<ByteBuf> queue;

    @Setup
    public void make() {
        allocator = peer.make();
        queue = PlatformDependent.newFixedMpscQueue(QUEUE);
    }

    @TearDown
    public void releaseRest() {
        for (ByteBuf buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
            buffer.release();
        }
    }

    @Benchmark
    @Group("pass")
    public void allocate(Control control) {
        ByteBuf buffer = allocator.directBuffer(bytes);
        while (!queue.offer(buffer)) {
            if (control.stopMeasurement) {
                buffer.release();
                return;
            }
            Thread.onSpinWait();
        }
    }

    @Benchmark
    @Group("pass")
    public void release(Control control) {
        ByteBuf buffer;
        while ((buffer = queue.poll()) == null) {
            if (control.stopMeasurement) {
                return;
            }
            Thread.onSpinWait();
        }
        buffer.release();
    }
}
