package io.evpl.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.DefaultThreadFactory;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One thread allocates {@value #MANY} buffers, then another releases them, in turns. Each buffer bears its part of the two
 * hand-overs, which {@code handOver} measures alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {NettyThreads.EXECUTOR, NettyThreads.CLASS, "-Dio.netty.leakDetection.level=disabled",
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReleaseElsewhere {
    private static final int MANY = 256;

    @Param
    public Peer peer;
    @Param({"64", "1024", "16384", "65536"})
    public int bytes;

    private final ByteBuf[] held = new ByteBuf[MANY];
    private final Runnable releasing = this::release;
    private final Runnable nothing = () -> { };
    private ByteBufAllocator allocator;
    private ExecutorService other;

    @Setup
    public void make() {
        allocator = peer.make();
        other = Executors.newSingleThreadExecutor(new DefaultThreadFactory("other"));
    }

    @TearDown
    public void end() {
        other.shutdown();
    }

    private void release() {
        for (int i = 0; i < MANY; i++) {
            held[i].release();
        }
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void allocateAndHandOver() throws Exception {
        for (int i = 0; i < MANY; i++) {
            held[i] = allocator.directBuffer(bytes);
        }
        other.submit(releasing).get();
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void handOver() throws Exception {
        other.submit(nothing).get();
    }
}
