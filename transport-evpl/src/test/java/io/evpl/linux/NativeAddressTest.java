package io.evpl.linux;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class NativeAddressTest {
    private static final int BYTES = 64;

    private final Arena arena = Arena.ofShared();
    private final long memory = NativeAddress.allocate(arena, BYTES);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void allocatedMemoryIsAlignedAndZero() {
        assertEquals(0, memory % 64);
        assertArrayEquals(new byte[BYTES], bytes());
    }

    @Test
    void storesAreLittleEndianAndNeedNoAlignment() {
        NativeAddress.putByte(memory, (byte) 0x81);
        NativeAddress.putShort(memory + 1, (short) 0x8382);
        NativeAddress.putInt(memory + 3, 0x87868584);
        NativeAddress.putLong(memory + 7, 0x8f8e8d8c8b8a8988L);
        for (int i = 0; i < 15; i++) {
            assertEquals((byte) (0x81 + i), NativeAddress.getByte(memory + i), "byte " + i);
        }
        assertEquals((short) 0x8382, NativeAddress.getShort(memory + 1));
        assertEquals(0x87868584, NativeAddress.getInt(memory + 3));
        assertEquals(0x8f8e8d8c8b8a8988L, NativeAddress.getLong(memory + 7));
    }

    @Test
    void aStoreTouchesOnlyItsOwnBytes() {
        NativeAddress.fill(memory, BYTES, (byte) -1);
        NativeAddress.putShortRelease(memory + 14, (short) 0);
        NativeAddress.putIntRelease(memory + 20, 0);
        NativeAddress.putLongAligned(memory + 32, 0);
        byte[] expected = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            boolean stored = i >= 14 && i < 16 || i >= 20 && i < 24 || i >= 32 && i < 40;
            expected[i] = (byte) (stored ? 0 : -1);
        }
        assertArrayEquals(expected, bytes());
    }

    @Test
    void orderedAndPlainAccessSeeTheSameWord() {
        NativeAddress.putIntRelease(memory + 4, -2);
        assertEquals(-2, NativeAddress.getInt(memory + 4));
        NativeAddress.putInt(memory + 8, -3);
        assertEquals(-3, NativeAddress.getIntAcquire(memory + 8));
    }

    @Test
    void orderedAccessToAnUnalignedWordIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> NativeAddress.getIntAcquire(memory + 2));
    }

    @Test
    void copiesGoBothWaysBetweenArraysAndMemory() {
        byte[] in = {9, 1, 2, 3, 9};
        NativeAddress.copyIn(in, 1, memory + 5, 3);
        NativeAddress.copy(memory + 5, memory + 32, 3);
        byte[] out = new byte[5];
        NativeAddress.copyOut(memory + 32, out, 2, 3);
        assertArrayEquals(new byte[] {0, 0, 1, 2, 3}, out);
        assertEquals(0, NativeAddress.getByte(memory + 35));
    }

    @Test
    void theAddressOfABufferIsThatOfItsPosition() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8);
        long start = NativeAddress.of(buffer);
        buffer.put((byte) 7).put((byte) 8);
        assertEquals(start + 2, NativeAddress.of(buffer));
        assertEquals(7, NativeAddress.getByte(start));
        assertThrows(AssertionError.class, () -> NativeAddress.of(ByteBuffer.allocate(8)));
    }

    private byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        NativeAddress.copyOut(memory, bytes, 0, BYTES);
        return bytes;
    }
}
