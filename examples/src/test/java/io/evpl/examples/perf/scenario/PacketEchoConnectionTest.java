package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The load's end of a datagram echo, with a network that the test plays. */
class PacketEchoConnectionTest {
    private static final int PAYLOAD_BYTES = 100;
    private static final int DEPTH = 3;
    private static final int INDEX = 1;
    private static final InetSocketAddress ANY = new InetSocketAddress(0);

    private final LoadTally tally = new LoadTally();
    private final PacketEchoConnection connection =
            new PacketEchoConnection(Scenario.packetEcho(2, PAYLOAD_BYTES, DEPTH), tally, INDEX);
    private final EmbeddedChannel channel = new EmbeddedChannel(connection);
    private final Deque<ByteBuf> network = new ArrayDeque<>();

    @BeforeEach
    void start() {
        connection.start();
        carry();
        assertEquals(DEPTH, network.size());
    }

    @AfterEach
    void release() {
        connection.stop();
        carry();
        network.forEach(ByteBuf::release);
    }

    private void carry() {
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            network.add(sent);
        }
    }

    private void deliver(ByteBuf packet) {
        channel.writeInbound(new DatagramPacket(packet, ANY, ANY));
        carry();
    }

    private long lastNumber() {
        return Packets.numberOf(network.getLast().getLong(0));
    }

    private static long muchLater() {
        return System.nanoTime() + PacketConnection.LOSS_TIMEOUT_NS + 1;
    }

    @Test
    void anEchoIsReplacedInItsLaneWhateverItsOrder() {
        network.addFirst(network.removeLast());
        deliver(network.removeFirst());
        assertEquals(2 + DEPTH, lastNumber());
        deliver(network.removeFirst());
        assertEquals(DEPTH, lastNumber());
        assertNull(tally.fault());
        tally.shutWindow(1);
        assertEquals(2, tally.window().messages());
        assertEquals(0, tally.window().lostMessages());
    }

    @Test
    void aLostPacketIsCountedAndItsLaneGoesOn() {
        network.removeFirst().release();
        connection.sweep(System.nanoTime());
        assertEquals(0, tally.lostMessages(), "not yet");
        deliver(network.removeFirst());
        deliver(network.removeFirst());
        connection.sweep(muchLater());
        carry();
        assertEquals(DEPTH, tally.lostMessages(), "by that time those sent since are overdue too");
        assertEquals(2 * DEPTH + 2, lastNumber());
        assertNull(tally.fault());
    }

    @Test
    void whatComesAfterItWasGivenUpIsNeitherLostNorTimed() {
        connection.sweep(muchLater());
        carry();
        assertEquals(DEPTH, tally.lostMessages());
        for (int i = 0; i < DEPTH; i++) {
            deliver(network.removeFirst());
        }
        assertNull(tally.fault());
        tally.shutWindow(1);
        assertEquals(0, tally.window().messages());
        assertEquals(0, tally.window().lostMessages());
    }

    @Test
    void anEchoThatComesTwiceIsAFault() {
        ByteBuf again = network.getFirst().copy();
        deliver(network.removeFirst());
        deliver(again);
        assertEquals("connection 1: packet 0 came back twice", tally.fault());
    }

    @Test
    void whatWasNeverSentIsAFault() {
        deliver(Packets.packet(channel.alloc(), INDEX, DEPTH, PAYLOAD_BYTES));
        assertEquals("connection 1: packet 3 of connection 1 came back and was never sent", tally.fault());
    }

    @Test
    void anothersEchoIsAFault() {
        deliver(Packets.packet(channel.alloc(), 0, 0, PAYLOAD_BYTES));
        assertEquals("connection 1: packet 0 of connection 0 came back and was never sent", tally.fault());
    }

    @Test
    void aFlippedByteIsAFaultAndEndsTheSending() {
        ByteBuf packet = network.removeFirst();
        packet.setByte(50, ~packet.getByte(50));
        int before = network.size();
        deliver(packet);
        assertEquals("connection 1: packet 0 arrived with byte 50 wrong", tally.fault());
        assertEquals(before, network.size());
    }

    @Test
    void afterStopNothingIsOwedForLong() {
        connection.stop();
        deliver(network.removeFirst());
        assertTrue(connection.owed());
        connection.sweep(muchLater());
        assertFalse(connection.owed());
        assertNull(channel.readOutbound());
        assertEquals(DEPTH - 1, tally.lostMessages());
        assertNull(tally.fault());
    }
}
