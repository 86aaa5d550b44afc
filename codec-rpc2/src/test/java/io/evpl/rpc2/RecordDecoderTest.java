package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordDecoderTest {
    private static final RpcLimits LIMITS = RpcLimits.DEFAULT.withMaxRecordBytes(2 << 20);

    private final EmbeddedChannel channel = new EmbeddedChannel(new RecordDecoder(LIMITS));

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
    }

    private static ByteBuf direct(byte[] bytes) {
        return Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    }

    private byte[] next() {
        ByteBuf record = channel.readInbound();
        try {
            return ByteBufUtil.getBytes(record);
        } finally {
            record.release();
        }
    }

    // ---- no copy ------------------------------------------------------------------------------------------------------

    @Test
    void aRecordAloneInItsBufferIsThatBuffer() {
        ByteBuf in = direct(Wire.record(Wire.pattern(100)));
        channel.writeInbound(in);
        ByteBuf record = channel.readInbound();
        assertSame(in, record);
        assertArrayEquals(Wire.pattern(100), next(record));
    }

    private static byte[] next(ByteBuf record) {
        byte[] bytes = ByteBufUtil.getBytes(record);
        record.release();
        return bytes;
    }

    @Test
    void recordsInOneBufferAreSlicesOfIt() {
        ByteBuf in = direct(Wire.concat(Wire.record(Wire.pattern(10)), Wire.record(Wire.pattern(20)), Wire.record(Wire.pattern(30))));
        long address = in.memoryAddress();
        channel.writeInbound(in);
        int at = 4;
        for (int bytes : new int[] {10, 20, 30}) {
            ByteBuf record = channel.readInbound();
            assertEquals(address + at, record.memoryAddress() + record.readerIndex());
            assertArrayEquals(Wire.pattern(bytes), next(record));
            at += bytes + 4;
        }
        assertEquals(0, in.refCnt());
    }

    @Test
    void largePiecesOfARecordAreHeldAndNotCopied() {
        byte[] stream = Wire.record(Wire.pattern(100_000));
        ByteBuf first = direct(Arrays.copyOf(stream, 50_000));
        ByteBuf second = direct(Arrays.copyOfRange(stream, 50_000, stream.length));
        long address = first.memoryAddress();
        long next = second.memoryAddress();
        channel.writeInbound(first, second);
        CompositeByteBuf record = channel.readInbound();
        assertEquals(2, record.numComponents());
        assertEquals(address + 4, record.internalComponent(0).memoryAddress());
        assertEquals(next, record.internalComponent(1).memoryAddress());
        assertArrayEquals(Wire.pattern(100_000), next((ByteBuf) record));
    }

    // ---- fragments ----------------------------------------------------------------------------------------------------

    @Test
    void aMebibyteInFragmentsOf2KibIsOneRecordOfFewParts() {
        byte[] message = Wire.pattern(1 << 20 | 100);
        channel.writeInbound(direct(Wire.record(message, 513)));
        ByteBuf record = channel.readInbound();
        assertTrue(((CompositeByteBuf) record).numComponents() < 16, record::toString);
        assertArrayEquals(message, next(record));
    }

    @Test
    void neverMorePartsThanTheLimitPlusCopies() {
        byte[] message = Wire.pattern(2 << 20);
        channel.writeInbound(direct(Wire.record(message, 512)));
        ByteBuf record = channel.readInbound();
        assertTrue(((CompositeByteBuf) record).numComponents() < RecordAssembly.MAX_PARTS + 32, record::toString);
        assertArrayEquals(message, next(record));
    }

    @Test
    void randomFragmentsInRandomPiecesAreTheirRecords() {
        Random random = new Random(4711);
        for (int round = 0; round < 200; round++) {
            byte[] a = Wire.pattern(1 + random.nextInt(round % 10 == 0 ? 70_000 : 300));
            byte[] b = Wire.pattern(1 + random.nextInt(300));
            byte[] stream = Wire.concat(Wire.record(a, 1 + random.nextInt(20)), Wire.record(b, 1 + random.nextInt(300)),
                    Wire.record(a, 1));
            for (int at = 0; at < stream.length; ) {
                int bytes = Math.min(stream.length - at, 1 + random.nextInt(round % 2 == 0 ? 40 : 20_000));
                channel.writeInbound(direct(Arrays.copyOfRange(stream, at, at + bytes)));
                at += bytes;
            }
            assertArrayEquals(a, next());
            assertArrayEquals(b, next());
            assertArrayEquals(a, next());
        }
    }

    @Test
    void moreFragmentsThanAllowedEndTheChannelEvenIfTheyAreEmpty() {
        ByteBuf flood = Unpooled.directBuffer().writeZero(4 * LIMITS.maxFragments());
        channel.writeInbound(flood);
        assertTrue(channel.isOpen());
        ended(Wire.of(0).bytes());
    }

    private void ended(byte[] stream) {
        assertThrows(BadRecordException.class, () -> channel.writeInbound(direct(stream)));
        assertFalse(channel.isOpen());
        assertNull(channel.readInbound());
    }

    @Test
    void whatIsBeyondTheLimitIsRefusedAtTheMark() {
        channel.writeInbound(direct(Wire.of(1 << 20).raw(Wire.pattern(1 << 20)).bytes()));
        channel.writeInbound(direct(Wire.of(1 << 20).bytes()));
        ended(Wire.concat(Wire.pattern(1 << 20), Wire.of(0x8000_0001).bytes()));
    }

    /** The mark of 2 MiB is lawful, and believed only as far as bytes come. */
    @Test
    void memoryIsTakenAsBytesComeAndNotAsMarksSay() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        EmbeddedChannel slow = new EmbeddedChannel();
        slow.config().setAllocator(allocator);
        slow.pipeline().addLast(new RecordDecoder(LIMITS));
        slow.writeInbound(direct(Wire.of(0x8000_0000 | 2 << 20, 1).bytes()));
        assertTrue(allocator.metric().usedDirectMemory() <= 4096, () -> allocator.metric().toString());
        slow.finishAndReleaseAll();
        assertEquals(0, allocator.metric().usedDirectMemory());
    }

    // ---- flow ---------------------------------------------------------------------------------------------------------

    @Test
    void withoutAutoReadEachReadPassesOneRecordOn() {
        channel.config().setAutoRead(false);
        channel.writeInbound(direct(Wire.concat(Wire.record(Wire.pattern(4)), Wire.record(Wire.pattern(5)), Wire.record(Wire.pattern(6)),
                Wire.record(Wire.pattern(7)))));
        assertEquals(List.of(4), lengths()); // who had read before it was switched off gets it
        channel.read();
        assertEquals(List.of(5), lengths());
        channel.read();
        assertEquals(List.of(6), lengths());
        channel.config().setAutoRead(true);
        assertEquals(List.of(7), lengths());
    }

    private List<Integer> lengths() {
        return channel.inboundMessages().isEmpty() ? List.of() : List.of(next().length);
    }

    @Test
    void aRecordThatDoesNotBecomeWholeEndsTheChannel() {
        channel.writeInbound(direct(Wire.of(0x8000_0010, 1).bytes()));
        channel.advanceTimeBy(2 * LIMITS.recordTimeoutNs(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
        assertInstanceOf(BadRecordException.class, assertThrows(BadRecordException.class, channel::checkException));
    }

    @Test
    void slowFragmentsDoNotKeepARecordAlive() {
        channel.writeInbound(direct(Wire.of(4, 1).bytes()));
        for (int i = 0; i < 4 && channel.isOpen(); i++) {
            channel.advanceTimeBy(LIMITS.recordTimeoutNs() / 2 + 1, TimeUnit.NANOSECONDS);
            channel.runScheduledPendingTasks();
            if (channel.isOpen()) {
                channel.writeInbound(direct(Wire.of(4, 1).bytes()));
            }
        }
        assertFalse(channel.isOpen());
        assertThrows(BadRecordException.class, channel::checkException);
    }

    @Test
    void recordsOneAfterTheOtherMayTakeAsLongAsTheyLike() {
        channel.writeInbound(direct(Wire.of(0x8000_0004).bytes()));
        for (int i = 0; i < 10; i++) {
            channel.advanceTimeBy(LIMITS.recordTimeoutNs() * 3 / 4, TimeUnit.NANOSECONDS);
            channel.runScheduledPendingTasks();
            channel.writeInbound(direct(Wire.of(i, 0x8000_0004).bytes()));
            assertArrayEquals(Wire.of(i).bytes(), next());
        }
        channel.finishAndReleaseAll();
    }

    @Test
    void removedItPassesOnWhatItHasNotLookedAt() {
        channel.config().setAutoRead(false);
        channel.writeInbound(direct(Wire.concat(Wire.record(Wire.pattern(4)), new byte[] {1, 2, 3})));
        assertArrayEquals(Wire.pattern(4), next());
        channel.pipeline().remove(RecordDecoder.class);
        assertArrayEquals(new byte[] {1, 2, 3}, next());
    }

    @Test
    void whatIsHeldIsReleasedWhenTheChannelEnds() {
        ByteBuf large = direct(Wire.of(0x8000_0000 | 100_000).raw(Wire.pattern(50_000)).bytes());
        ByteBuf small = direct(Wire.pattern(10));
        channel.writeInbound(large, small);
        channel.finishAndReleaseAll();
        assertEquals(0, large.refCnt());
        assertEquals(0, small.refCnt());
    }
}
