package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketsTest {
    private static final int CONNECTIONS = 5;
    private static final long NUMBER = 123_456_789_012L;

    private ByteBuf packet;

    @AfterEach
    void release() {
        packet.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {Packets.HEADER_BYTES, 64, 1400, 65_507})
    void aWholePacketSaysWhoseAndWhichItIs(int bytes) {
        packet = packet(4, NUMBER, bytes);
        assertNull(Packets.fault(packet, CONNECTIONS, bytes));
        assertEquals(bytes, packet.readableBytes());
        assertEquals(4, Packets.connectionOf(packet.getLong(0)));
        assertEquals(NUMBER, Packets.numberOf(packet.getLong(0)));
    }

    @Test
    void aFlippedByteIsNamed() {
        packet = packet(4, 7, 1400);
        packet.setByte(1399, ~packet.getByte(1399));
        assertEquals("connection 4: packet 7 arrived with byte 1399 wrong", Packets.fault(packet, CONNECTIONS, 1400));
    }

    @Test
    void aPacketCutShortIsNoPacket() {
        packet = packet(4, 7, 64);
        assertEquals("a packet of 64 bytes arrived, all sent had 1400", Packets.fault(packet, CONNECTIONS, 1400));
    }

    @Test
    void aStrangersPacketIsNoPacket() {
        packet = packet(CONNECTIONS, 7, 64);
        assertEquals("a packet of connection 5 of 5 arrived", Packets.fault(packet, CONNECTIONS, 64));
    }

    @Test
    void aHeaderThatIsNotItsPayloadsIsAFault() {
        packet = packet(4, 7, 64);
        packet.setLong(0, Packets.header(4, 8));
        assertNotEquals(null, Packets.fault(packet, CONNECTIONS, 64));
    }

    private static ByteBuf packet(int connection, long number, int bytes) {
        return Packets.packet(UnpooledByteBufAllocator.DEFAULT, connection, number, bytes);
    }
}
