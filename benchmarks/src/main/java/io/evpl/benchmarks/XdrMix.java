package io.evpl.benchmarks;

import io.evpl.benchmarks.directory.Directory_entry;
import io.evpl.benchmarks.directory.Directory_page;
import io.evpl.benchmarks.directory.File_attributes;
import io.evpl.benchmarks.directory.File_device;
import io.evpl.benchmarks.directory.File_time;
import io.evpl.benchmarks.directory.File_type;
import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dcache.oncrpc4j.xdr.Xdr;
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

/**
 * A page of a directory to bytes and back: generated code beside oncrpc4j's Xdr. Ours makes a new direct buffer of each page and reads
 * one, as a transport has them; oncrpc4j reads from an array.
 * {@code src/main/c/mix.c} has libtirpc do the same.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {NettyThreads.EXECUTOR, NettyThreads.CLASS, "-Dio.netty.leakDetection.level=disabled",
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class XdrMix {
    private static final int BUFFER_BYTES = 1 << 20;

    @Param({"1", "16", "128"})
    public int entries;

    private final XdrEncoder out = new XdrEncoder();
    private final XdrDecoder in = new XdrDecoder();
    private final Oncrpc4jPage page = new Oncrpc4jPage();
    private final Oncrpc4jPage read = new Oncrpc4jPage();
    private final Xdr written = new Xdr(new byte[BUFFER_BYTES]);
    private Xdr received;
    private ByteBuf message;

    @Setup
    public void make() throws Exception {
        List<Directory_entry> list = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            list.add(new Directory_entry(100_000 + i, "file-number-" + (1000 + i) + ".txt", i,
                    new File_attributes(File_type.FILE_REGULAR, 0644, 1, 1000, 1000, 4096L * i, 4096L * i, new File_device(0, 0), 77,
                            100_000 + i, new File_time(1_700_000_000, 1), new File_time(1_700_000_001, 2), new File_time(1_700_000_002, 3)),
                    new byte[32]));
        }
        page.page = new Directory_page(new byte[8], list, true);
        message = encoded();
        byte[] bytes = new byte[message.readableBytes()];
        message.getBytes(message.readerIndex(), bytes);
        received = new Xdr(bytes);
        if (!decode().equals(page.page) || !decodeOncrpc4j().equals(page.page) || encodeOncrpc4j() != bytes.length) {
            throw new IllegalStateException("the two do not agree");
        }
    }

    @TearDown
    public void release() {
        message.release();
    }

    private ByteBuf encoded() {
        out.start(PooledByteBufAllocator.DEFAULT);
        Directory_page.CODEC.encode(out, page.page);
        return out.finish();
    }

    @Benchmark
    public int encode() {
        ByteBuf buffer = encoded();
        int bytes = buffer.readableBytes();
        buffer.release();
        return bytes;
    }

    /** With a buffer of its own for each message, as oncrpc4j's client has it and as ours always is. */
    @Benchmark
    public int encodeOncrpc4j() throws Exception {
        try (Xdr fresh = new Xdr(Xdr.INITIAL_XDR_SIZE)) {
            fresh.beginEncoding();
            page.xdrEncode(fresh);
            fresh.endEncoding();
            return fresh.asBuffer().remaining();
        }
    }

    /** Into the same array again and again, which is large enough. */
    @Benchmark
    public int encodeOncrpc4jSameArray() throws Exception {
        written.beginEncoding();
        page.xdrEncode(written);
        written.endEncoding();
        return written.asBuffer().remaining();
    }

    @Benchmark
    public Directory_page decode() {
        in.start(message);
        Directory_page decoded = Directory_page.CODEC.decode(in);
        in.end();
        return decoded;
    }

    @Benchmark
    public Directory_page decodeOncrpc4j() throws Exception {
        received.beginDecoding();
        read.xdrDecode(received);
        return read.page;
    }
}
