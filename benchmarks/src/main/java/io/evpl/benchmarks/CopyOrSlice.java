package io.evpl.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** A received message passed on from a ring's buffer, and released: by a slice of the buffer, or by a copy. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {NettyThreads.EXECUTOR, NettyThreads.CLASS, "-Dio.netty.leakDetection.level=disabled",
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CopyOrSlice {
    private static final int RING_BUFFER = 65536;

    @Param({"64", "256", "512", "1024", "2048", "4096"})
    public int bytes;

    private final ByteBufAllocator evpl = Peer.EVPL.make();
    private ByteBuf lent;
    private int start;

    @Setup
    public void make() {
        lent = PooledByteBufAllocator.DEFAULT.directBuffer(RING_BUFFER).writeZero(RING_BUFFER);
    }

    @TearDown
    public void release() {
        lent.release();
    }

    /** As the kernel fills it, one message behind the other. */
    private int next() {
        start += bytes;
        if (start + bytes > RING_BUFFER) {
            start = 0;
        }
        return start;
    }

    @Benchmark
    public long slice() {
        ByteBuf slice = lent.retainedSlice(next(), bytes);
        long first = slice.getLong(0);
        slice.release();
        return first;
    }

    @Benchmark
    public long copy() {
        ByteBuf copy = evpl.directBuffer(bytes).writeBytes(lent, next(), bytes);
        long first = copy.getLong(0);
        copy.release();
        return first;
    }

    @Benchmark
    public long copyToNettysPool() {
        ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writeBytes(lent, next(), bytes);
        long first = copy.getLong(0);
        copy.release();
        return first;
    }
}
