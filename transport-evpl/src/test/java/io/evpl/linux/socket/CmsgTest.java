package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CmsgTest {
    private final Arena arena = Arena.ofShared();
    private final long control = NativeAddress.allocate(arena, 256);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void anItemHasTheBytesOfItsDefinition() { // cmsg(3): size_t cmsg_len with the header, int cmsg_level, int cmsg_type
        NativeAddress.putInt(Cmsg.write(control, 1, 2, 4), 0x04030201);
        byte[] bytes = new byte[24];
        NativeAddress.copyOut(control, bytes, 0, bytes.length);
        assertArrayEquals(new byte[] {20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0}, bytes);
        assertEquals(24, Cmsg.space(4));
    }

    @Test
    void itemsAreFoundOneAfterTheOther() {
        long second = control + Cmsg.space(5);
        long third = second + Cmsg.space(0);
        long end = third + Cmsg.space(8);
        Cmsg.write(control, 1, 1, 5);
        Cmsg.write(second, 2, 3, 0);
        Cmsg.write(third, 4, 5, 8);
        long bytes = end - control;
        assertEquals(control, Cmsg.first(control, bytes));
        assertEquals(second, Cmsg.next(control, control, bytes));
        assertEquals(third, Cmsg.next(second, control, bytes));
        assertEquals(0, Cmsg.next(third, control, bytes));
        assertTrue(Cmsg.is(second, 2, 3));
        assertFalse(Cmsg.is(second, 2, 4));
        assertEquals(5, Cmsg.dataBytes(control));
        assertEquals(0, Cmsg.dataBytes(second));
        assertEquals(third + 16, Cmsg.data(third));
    }

    @Test
    void theLastItemNeedsNoPadding() { // the kernel counts none behind it: put_cmsg()
        Cmsg.write(control, 1, 1, 4);
        assertEquals(control, Cmsg.first(control, 20));
        assertEquals(0, Cmsg.next(control, control, 20));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 15, 25, 1L << 32, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void anItemThatIsNotWhollyInsideIsNone(long length) {
        Cmsg.write(control, 1, 1, 4);
        NativeAddress.putLong(control, length);
        assertEquals(0, Cmsg.first(control, 24));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 15})
    void aBufferWithoutRoomForAHeaderHasNone(long bytes) {
        Cmsg.write(control, 1, 1, 0);
        assertEquals(0, Cmsg.first(control, bytes));
    }
}
