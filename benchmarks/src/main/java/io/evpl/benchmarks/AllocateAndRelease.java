package io.evpl.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

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
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** One thread, as a loop does it: a buffer at a time, and {@value #MANY} that are held together. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {NettyThreads.EXECUTOR, NettyThreads.CLASS, "-Dio.netty.leakDetection.level=disabled",
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AllocateAndRelease {
    private static final int MANY = 32;

    @Param
    public Peer peer;
    @Param({"64", "256", "1024", "4096", "16384", "65536"})
    public int bytes;

    private ByteBufAllocator allocator;
    private final ByteBuf[] held = new ByteBuf[MANY];

    @Setup
    public void make() {
        allocator = peer.make();
    }

    @Benchmark
    public boolean one() {
        return allocator.directBuffer(bytes).release();
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void many() {
        for (int i = 0; i < MANY; i++) {
            held[i] = allocator.directBuffer(bytes);
        }
        for (int i = 0; i < MANY; i++) {
            held[i].release();
        }
    }
}
