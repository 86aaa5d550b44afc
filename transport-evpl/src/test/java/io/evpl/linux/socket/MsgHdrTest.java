package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;

import static org.junit.jupiter.api.Assertions.assertEquals;

class MsgHdrTest {
    @Test
    void everyFieldIsWrittenAndNothingBehind() {
        try (Arena arena = Arena.ofConfined()) {
            long msghdr = NativeAddress.allocate(arena, 64);
            NativeAddress.fill(msghdr, 64, (byte) 0xee);
            MsgHdr.write(msghdr, 0x1111, 28, 0x2222, 3, 0x4444, 5, 0x80000006);
            long[] words = {0x1111, 28, 0x2222, 3, 0x4444, 5, 0x80000006L, 0xeeeeeeeeeeeeeeeeL};
            for (int i = 0; i < words.length; i++) {
                assertEquals(words[i], NativeAddress.getLong(msghdr + i * 8L), "word " + i);
            }
            assertEquals(28, MsgHdr.nameBytes(msghdr));
            assertEquals(5, MsgHdr.controlBytes(msghdr));
            assertEquals(0x80000006, MsgHdr.flags(msghdr));
        }
    }

    @Test
    void vectorsLieBehindEachOther() {
        try (Arena arena = Arena.ofConfined()) {
            long iov = NativeAddress.allocate(arena, 3 * Iovec.BYTES);
            Iovec.write(iov, 0, 1, 2);
            Iovec.write(iov, 2, 5, 6);
            Iovec.write(iov, 1, 3, 4);
            for (int i = 0; i < 3; i++) {
                assertEquals(2 * i + 1, Iovec.address(iov, i));
                assertEquals(2 * i + 2, Iovec.bytes(iov, i));
            }
        }
    }
}
