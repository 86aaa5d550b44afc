package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Iovec;
import io.evpl.channel.WriteProgress.Kind;
import io.evpl.metrics.TrafficCounters;
import io.evpl.metrics.TrafficMetric;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.AbstractReferenceCounted;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WriteProgressTest {
    private static final int NO_LIMIT = 1 << 30;

    @TempDir
    private File folder;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    private final TrafficCounters traffic = new TrafficCounters();
    private final WriteProgress progress = new WriteProgress(traffic);
    private final Arena arena = Arena.ofShared();
    private final long iovecs = NativeAddress.allocate(arena, (long) WriteProgress.MAX_BUFFERS * Iovec.BYTES);
    private final List<ByteBuf> owed = new ArrayList<>();

    @AfterEach
    void everythingIsReleased() {
        progress.close();
        channel.close();
        arena.close();
        for (ByteBuf buf : owed) {
            assertEquals(0, buf.refCnt(), buf::toString);
        }
    }

    private ByteBuf buffer(String text) {
        ByteBuf buf = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, text.length()));
        buf.writeCharSequence(text, StandardCharsets.US_ASCII);
        owed.add(buf);
        return buf;
    }

    private ChannelFuture add(Object message, int bytes) {
        ChannelPromise promise = channel.newPromise();
        out.addMessage(message, bytes, promise);
        out.addFlush();
        return promise;
    }

    private ChannelFuture add(String text) {
        return add(buffer(text), text.length());
    }

    private Kind next() throws Exception {
        return progress.next(out, iovecs, WriteProgress.MAX_BUFFERS, NO_LIMIT);
    }

    private String chosen(Kind kind) {
        StringBuilder all = new StringBuilder();
        if (kind == Kind.ONE) {
            append(all, progress.address(), progress.bytes());
        }
        for (int i = 0; kind == Kind.GATHER && i < progress.buffers(); i++) {
            append(all, Iovec.address(iovecs, i), (int) Iovec.bytes(iovecs, i));
        }
        assertEquals(all.length(), kind == Kind.NOTHING ? 0 : progress.bytes());
        return all.toString();
    }

    private static void append(StringBuilder all, long address, int bytes) {
        byte[] data = new byte[bytes];
        NativeAddress.copyOut(address, data, 0, bytes);
        all.append(new String(data, StandardCharsets.ISO_8859_1));
    }

    // ---- buffers

    @Test
    void nothingIsNothing() throws Exception {
        assertEquals(Kind.NOTHING, next());
    }

    @Test
    void oneBufferGoesWithoutAVector() throws Exception {
        ChannelFuture written = add("hello");
        assertEquals(0, WriteProgress.buffersAtMost(out));
        assertEquals(Kind.ONE, next());
        assertEquals("hello", chosen(Kind.ONE));
        progress.wrote(out, 2);
        assertEquals("llo", chosen(next()));
        progress.wrote(out, 3);
        assertTrue(written.isSuccess() && out.isEmpty());
    }

    @Test
    void severalBuffersAreGathered() throws Exception {
        ChannelFuture first = add("aa");
        ChannelFuture second = add("bbbb");
        assertEquals("aabbbb", chosen(next()));
        assertEquals(2, progress.buffers());
        progress.wrote(out, 3);
        assertTrue(first.isSuccess() && !second.isDone());
        assertEquals("bbb", chosen(next()));
        progress.wrote(out, 3);
        assertTrue(second.isSuccess());
    }

    @Test
    void emptyBuffersCompleteByThemselves() throws Exception {
        ChannelFuture only = add("");
        assertEquals(Kind.NOTHING, next());
        assertTrue(only.isSuccess());
        List<ChannelFuture> futures = List.of(add(""), add("a"), add(""), add("b"), add(""));
        assertEquals("ab", chosen(next()));
        progress.wrote(out, 2);
        assertEquals(Kind.NOTHING, next());
        assertTrue(futures.stream().allMatch(ChannelFuture::isSuccess));
    }

    @Test
    void cancelledWritesAreSkipped() throws Exception {
        add("aa");
        ChannelPromise cancelled = channel.newPromise();
        out.addMessage(buffer("xx"), 2, cancelled);
        cancelled.cancel(false);
        out.addFlush();
        add("bb");
        assertEquals("aabb", chosen(next()));
        progress.wrote(out, 4);
        assertEquals(Kind.NOTHING, next());
        assertTrue(out.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {WriteProgress.MAX_BUFFERS - 1, WriteProgress.MAX_BUFFERS, WriteProgress.MAX_BUFFERS + 1, 3000})
    void noMoreBuffersAreGatheredThanTheKernelTakes(int count) throws Exception {
        List<ChannelFuture> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(add("x"));
        }
        assertTrue(WriteProgress.buffersAtMost(out) <= WriteProgress.MAX_BUFFERS);
        int done = 0;
        while (!out.isEmpty()) {
            Kind kind = next();
            int buffers = kind == Kind.GATHER ? progress.buffers() : 1;
            assertEquals(Math.min(count - done, WriteProgress.MAX_BUFFERS), buffers);
            progress.wrote(out, progress.bytes());
            done += buffers;
        }
        assertEquals(count, done);
        assertTrue(futures.stream().allMatch(ChannelFuture::isSuccess));
    }

    @Test
    void aWriteStopsAtItsLimitOfBytesWithinABufferToo() throws Exception {
        add("abcdefg");
        add("hij");
        add("k");
        List<String> writes = new ArrayList<>();
        while (!out.isEmpty()) {
            Kind kind = progress.next(out, iovecs, WriteProgress.MAX_BUFFERS, 4);
            writes.add(chosen(kind));
            assertTrue(progress.bytes() <= 4);
            progress.wrote(out, progress.bytes());
        }
        assertEquals(List.of("abcd", "efgh", "ijk"), writes);
        assertEquals(3, traffic.read(TrafficMetric.MESSAGES_OUT));
        assertEquals(11, traffic.read(TrafficMetric.BYTES_OUT));
    }

    @Test
    void aCompositeStopsAtTheLimitOfBytesWithinAPart() throws Exception {
        CompositeByteBuf composite = PooledByteBufAllocator.DEFAULT.compositeDirectBuffer();
        composite.addComponents(true, buffer("one"), buffer("two"), buffer("three"));
        add(composite, 11);
        StringBuilder all = new StringBuilder();
        for (int writes = 0; writes < 3; writes++) {
            all.append(chosen(progress.next(out, iovecs, WriteProgress.MAX_BUFFERS, 5))).append('|');
            progress.wrote(out, progress.bytes());
        }
        assertEquals("onetw|othre|e|", all.toString());
        assertTrue(out.isEmpty());
    }

    @Test
    void aHeldBufferThatIsLargerThanTheLimitIsHeldForItsPart() throws Exception {
        ByteBuf first = buffer("aaaa");
        ByteBuf second = buffer("bbbb");
        add(first, 4);
        add(second, 4);
        progress.next(out, iovecs, WriteProgress.MAX_BUFFERS, 6);
        Object held = progress.hold(out);
        assertEquals(List.of(2, 2), List.of(first.refCnt(), second.refCnt()));
        progress.wrote(out, 6);
        assertEquals(List.of(1, 2), List.of(first.refCnt(), second.refCnt()));
        WriteProgress.letGo(held);
        progress.next(out, iovecs, WriteProgress.MAX_BUFFERS, 6);
        progress.wrote(out, 2);
    }

    @Test
    void aFileStopsAtTheLimitOfBytes() throws Exception {
        byte[] content = new byte[10];
        new Random(2).nextBytes(content);
        DefaultFileRegion region = new DefaultFileRegion(file(content), 0, content.length);
        add(region, content.length);
        List<Integer> sizes = new ArrayList<>();
        while (!out.isEmpty() && progress.next(out, iovecs, WriteProgress.MAX_BUFFERS, 4) == Kind.ONE) {
            sizes.add(progress.bytes());
            progress.wrote(out, progress.bytes());
        }
        assertEquals(List.of(4, 4, 2), sizes);
    }

    @Test
    void theRoomGivenIsNotExceeded() throws Exception {
        for (int i = 0; i < 10; i++) {
            add("x");
        }
        assertEquals(Kind.GATHER, progress.next(out, iovecs, 3, NO_LIMIT));
        assertEquals(3, progress.buffers());
        progress.wrote(out, 3);
        assertEquals(7, out.size());
        progress.wrote(out, 7);
    }

    @Test
    void aCompositeIsGatheredPartByPartAndPartlyWritten() throws Exception {
        CompositeByteBuf composite = PooledByteBufAllocator.DEFAULT.compositeDirectBuffer();
        composite.addComponents(true, buffer("one"), buffer("two"), buffer("three"));
        ChannelFuture written = add(composite, 11);
        assertEquals(3, WriteProgress.buffersAtMost(out));
        assertEquals("onetwothree", chosen(next()));
        assertEquals(3, progress.buffers());
        progress.wrote(out, 4);
        assertEquals("wothree", chosen(next()));
        progress.wrote(out, 7);
        assertTrue(written.isSuccess());
    }

    @Test
    void aCompositeAmongOthersThatDoesNotFitGoesOnWithTheNextWrite() throws Exception {
        add("head ");
        CompositeByteBuf composite = PooledByteBufAllocator.DEFAULT.compositeDirectBuffer(100);
        for (int i = 0; i < 50; i++) {
            composite.addComponent(true, buffer(Integer.toString(i % 10)));
        }
        add(composite, 50);
        add(" tail");
        StringBuilder all = new StringBuilder();
        while (!out.isEmpty()) {
            int room = WriteProgress.buffersAtMost(out);
            Kind kind = progress.next(out, iovecs, room, NO_LIMIT);
            all.append(chosen(kind));
            progress.wrote(out, progress.bytes());
        }
        assertEquals("head " + "0123456789".repeat(5) + " tail", all.toString());
    }

    @Test
    void heldBuffersOutliveTheirRemoval() throws Exception {
        ByteBuf first = buffer("aa");
        ByteBuf second = buffer("bb");
        add(first, 2);
        add(second, 2);
        next();
        Object held = progress.hold(out);
        progress.wrote(out, 4);
        assertEquals(1, first.refCnt());
        assertEquals(1, second.refCnt());
        WriteProgress.letGo(held);
    }

    @Test
    void onlyWhatWasChosenIsHeld() throws Exception {
        ByteBuf first = buffer("aa");
        ByteBuf second = buffer("bb");
        add(first, 2);
        add(second, 2);
        progress.next(out, iovecs, 1, NO_LIMIT);
        Object held = progress.hold(out);
        assertEquals(2, first.refCnt());
        assertEquals(1, second.refCnt());
        WriteProgress.letGo(held);
        progress.wrote(out, 4);
    }

    // ---- files

    private File file(byte[] content) throws IOException {
        File file = new File(folder, "f");
        Files.write(file.toPath(), content);
        return file;
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(1).nextBytes(content);
        return content;
    }

    private byte[] writeAll(int atMost) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Kind kind = next(); kind != Kind.NOTHING; kind = next()) {
            assertEquals(Kind.ONE, kind);
            int bytes = Math.min(atMost, progress.bytes());
            byte[] piece = new byte[bytes];
            NativeAddress.copyOut(progress.address(), piece, 0, bytes);
            all.writeBytes(piece);
            progress.wrote(out, bytes);
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 300_001, Integer.MAX_VALUE})
    void aFileOfSeveralWindowsIsSentWholeHoweverLittleTheKernelTakes(int atMost) throws Exception {
        byte[] content = random((5 << 20) + 123);
        DefaultFileRegion region = new DefaultFileRegion(file(content), 0, content.length);
        ChannelFuture written = add(region, 0);
        assertEquals(0, WriteProgress.buffersAtMost(out));
        assertArrayEquals(content, writeAll(atMost));
        assertTrue(written.isSuccess());
        assertEquals(content.length, region.transferred());
        assertEquals(0, region.refCnt());
        assertFalse(progress.isFile());
    }

    @Test
    void aPieceOfAFileNeedNotBeginAtAPage() throws Exception {
        byte[] content = random(20_000);
        add(new DefaultFileRegion(file(content), 4097, 9001), 0);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.write(content, 4097, 9001);
        assertArrayEquals(expected.toByteArray(), writeAll(5000));
    }

    @Test
    void filesAndBuffersKeepTheirOrder() throws Exception {
        byte[] content = "file".getBytes(StandardCharsets.US_ASCII);
        add("before ");
        add(new DefaultFileRegion(file(content), 0, 4), 0);
        add(" after");
        StringBuilder all = new StringBuilder();
        for (Kind kind = next(); kind != Kind.NOTHING; kind = next()) {
            all.append(chosen(kind));
            progress.wrote(out, progress.bytes());
        }
        assertEquals("before file after", all.toString());
    }

    @Test
    void anEmptyRegionCompletesByItself() throws Exception {
        ChannelFuture written = add(new DefaultFileRegion(file(random(10)), 0, 0), 0);
        ChannelFuture after = add("after");
        assertEquals("after", chosen(next()));
        assertTrue(written.isSuccess());
        progress.wrote(out, 5);
        assertTrue(after.isSuccess());
    }

    @Test
    void aFileThatIsTooShortIsAnErrorThatSaysSo() throws Exception {
        ChannelFuture written = add(new DefaultFileRegion(file(random(100)), 50, 100), 0);
        IOException e = assertThrows(IOException.class, this::next);
        assertTrue(e.getMessage().contains("100 bytes"), e.getMessage());
        assertFalse(written.isDone());
        fail(e);
    }

    @Test
    void aFileTruncatedBetweenWindowsIsAnError() throws Exception {
        File file = file(random(5 << 20));
        add(new DefaultFileRegion(file, 0, 5 << 20), 0);
        next();
        progress.wrote(out, progress.bytes());
        try (RandomAccessFile open = new RandomAccessFile(file, "rw")) {
            open.setLength(3 << 20);
        }
        fail(assertThrows(IOException.class, this::next));
    }

    @Test
    void aHalfWrittenFileIsUnmappedAndReleasedWithItsChannel() throws Exception {
        DefaultFileRegion region = new DefaultFileRegion(file(random(1000)), 0, 1000);
        ChannelFuture written = add(region, 0);
        next();
        progress.wrote(out, 10);
        progress.close();
        fail(new ClosedChannelException());
        assertTrue(written.cause() instanceof ClosedChannelException);
        assertEquals(0, region.refCnt());
    }

    /** As a channel that closes does. */
    private void fail(Throwable cause) {
        progress.close();
        while (out.remove(cause)) {
            assertFalse(progress.isFile());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 64 << 10, 200_000})
    void anyOtherRegionWritesItselfPieceByPiece(int atMost) throws Exception {
        byte[] content = random(200_000);
        OwnRegion region = new OwnRegion(content, 7000, content.length);
        ChannelFuture written = add(region, 0);
        assertArrayEquals(content, writeAll(Math.max(atMost, 100)));
        assertTrue(written.isSuccess());
        assertEquals(0, region.refCnt());
    }

    @Test
    void aRegionThatEndsTooEarlyIsAnError() throws Exception {
        add(new OwnRegion(random(1000), 700, 2000), 0);
        IOException e = assertThrows(IOException.class, this::next);
        assertTrue(e.getMessage().contains("1000 of 2000"), e.getMessage());
        fail(e);
    }

    /** Writes at most so many bytes at a time, as a network file might. */
    private static final class OwnRegion extends AbstractReferenceCounted implements FileRegion {
        private final byte[] content;
        private final int atMost;
        private final long count;
        private long transferred;

        OwnRegion(byte[] content, int atMost, long count) {
            this.content = content;
            this.atMost = atMost;
            this.count = count;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) throws IOException {
            int from = (int) position;
            int written = target.write(ByteBuffer.wrap(content, from, Math.min(atMost, content.length - from)));
            transferred += written;
            return written;
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }

        @Override
        protected void deallocate() {
            // nothing is open
        }
    }
}
