package io.evpl.examples.perf.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.memory.MemoryReading;
import io.evpl.examples.perf.scenario.PayloadPattern;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class PatternReaderTest {
    private static final long KEY = 12_345;
    private static final int BYTES = 10_000;

    private static ByteBuf pattern(int from, int bytes) {
        ByteBuf buffer = Unpooled.buffer(bytes);
        PayloadPattern.write(buffer, KEY + from, bytes);
        return buffer;
    }

    @Test
    void aFlippedByteIsNamedByItsPlace() {
        PatternReader reader = new PatternReader(KEY, BYTES, false);
        assertNull(reader.read(pattern(0, 100), 0));
        ByteBuf flipped = pattern(100, 50);
        flipped.setByte(7, ~flipped.getByte(7));
        assertEquals("byte 107 is wrong", reader.read(flipped, 0));
    }

    @Test
    void aRepeatedPieceIsWrong() {
        PatternReader reader = new PatternReader(KEY, BYTES, false);
        assertNull(reader.read(pattern(0, 100), 0));
        assertTrue(reader.read(pattern(0, 100), 0).endsWith(" is wrong"));
    }

    @Test
    void moreThanWasSentIsTold() {
        PatternReader reader = new PatternReader(KEY, BYTES, false);
        assertNull(reader.read(pattern(0, BYTES), 0));
        assertTrue(reader.done());
        assertTrue(reader.read(pattern(BYTES, 1), 0).contains("more than were sent"));
    }

    @Test
    void joinedMessagesAreNotWhatWasWritten() {
        int first = new WriteSizes(KEY).next(BYTES);
        assertNull(new PatternReader(KEY, BYTES, true).read(pattern(0, first), 0));
        assertEquals("a message of " + first + " bytes arrived as one of " + (first + 1),
                new PatternReader(KEY, BYTES, true).read(pattern(0, first + 1), 0));
    }

    @Test
    void memoryThatGrewBeyondItsLimitIsNamed() {
        MemoryReading baseline = new MemoryReading(100 << 20, 10 << 20, 64 << 20, 0, 0, 50);
        assertNull(new Flatness(baseline, baseline).fault());
        assertEquals("descriptors grew by 65, more than 64",
                new Flatness(baseline, new MemoryReading(100 << 20, 10 << 20, 64 << 20, 0, 0, 115)).fault());
        assertEquals("direct buffers grew by 33.0 MiB, more than 32.0 MiB",
                new Flatness(baseline, new MemoryReading(100 << 20, 10 << 20, 64 << 20, 33 << 20, 0, 50)).fault());
    }
}
