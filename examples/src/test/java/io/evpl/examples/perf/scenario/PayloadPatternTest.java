package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadPatternTest {
    /** Below and above the size from which whole vectors are compared, and above the longest contiguous run. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 255, 256, 4097, 200_000})
    void anyFlippedByteIsFoundWhereItIs(int bytes) {
        long position = 123_456_789_012L;
        ByteBuf received = pattern(position, bytes);
        assertEquals(-1, PayloadPattern.mismatch(received, position));
        for (int wrong : new int[] {0, bytes / 2, bytes - 1}) {
            received.setByte(wrong, received.getByte(wrong) ^ 0x10);
            assertEquals(wrong, PayloadPattern.mismatch(received, position));
            received.setByte(wrong, received.getByte(wrong) ^ 0x10);
        }
        received.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 64, 4096, 65_536, 1 << 20})
    void lostOrRepeatedDataShows(int shiftBytes) {
        ByteBuf received = pattern(1000, 64);
        assertNotEquals(-1, PayloadPattern.mismatch(received, 1000 + shiftBytes));
        received.release();
    }

    @Test
    void anotherConnectionsDataShows() {
        ByteBuf received = pattern(PayloadPattern.keyOf(3), 64);
        assertEquals(-1, PayloadPattern.mismatch(received, PayloadPattern.keyOf(3)));
        assertNotEquals(-1, PayloadPattern.mismatch(received, PayloadPattern.keyOf(4)));
        received.release();
    }

    @Test
    void keysOfTheMostConnectionsThereMayBeDiffer() {
        assertEquals(20_000, java.util.stream.IntStream.range(0, 20_000).mapToLong(PayloadPattern::keyOf).distinct().count());
    }

    @Test
    void readerIndexIsWhereComparingBegins() {
        ByteBuf received = Unpooled.buffer().writeZero(5).writeBytes(pattern(77, 300)).skipBytes(5);
        assertEquals(-1, PayloadPattern.mismatch(received, 77));
        assertEquals(5, received.readerIndex());
    }

    private static ByteBuf pattern(long position, int bytes) {
        ByteBuf copy = Unpooled.directBuffer(bytes);
        for (int done = 0; done < bytes; ) {
            int run = Math.min(bytes - done, PayloadPattern.MAX_RUN_BYTES);
            ByteBuf slice = PayloadPattern.slice(position + done, run);
            copy.writeBytes(slice);
            slice.release();
            done += run;
        }
        return copy;
    }
}
