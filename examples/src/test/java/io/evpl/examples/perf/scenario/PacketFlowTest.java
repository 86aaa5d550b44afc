package io.evpl.examples.perf.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both ends of a flow of datagrams, with a network that the test plays. */
class PacketFlowTest {
    private static final int PAYLOAD_BYTES = 100;
    private static final int CONNECTIONS = 2;
    private static final int INDEX = 1;
    private static final InetSocketAddress SINK = new InetSocketAddress(4711);
    private static final InetSocketAddress SOURCE = new InetSocketAddress(42);

    private final Tally tally = new Tally();
    private final LoadTally loadTally = new LoadTally();

    @Test
    void theServerCountsGapsAndVerifiesTheRest() {
        EmbeddedChannel server = new EmbeddedChannel(new PacketSinkHandler(scenario(Direction.IN), tally));
        for (long number : new long[] {0, 3, 4, 2}) {
            server.writeInbound(packet(server, number));
        }
        assertNull(tally.fault());
        assertEquals(1, tally.lostMessages());
        assertEquals(4 * PAYLOAD_BYTES, tally.receivedBytes());
        server.writeInbound(packet(server, 3));
        assertEquals("connection 1: packet 3 arrived twice", tally.fault());
    }

    @Test
    void theServerSendsWhatIsGrantedAndNoMore() {
        EmbeddedChannel server = new EmbeddedChannel(new PacketSourceHandler(scenario(Direction.OUT), tally));
        assertEquals(List.of(0L, 1L, 2L), granted(server, 3));
        assertEquals(List.of(), granted(server, 3), "the same grant again");
        assertEquals(List.of(3L), granted(server, 4));
        assertEquals(List.of(), granted(server, 2), "an earlier grant, overtaken");
        assertNull(tally.fault());
        assertEquals(4 * PAYLOAD_BYTES, tally.sentBytes());
    }

    @Test
    void whatIsNoGrantIsAFault() {
        EmbeddedChannel server = new EmbeddedChannel(new PacketSourceHandler(scenario(Direction.OUT), tally));
        server.writeInbound(new DatagramPacket(server.alloc().buffer().writeInt(1), SOURCE, SINK));
        assertEquals("what a sink sent is no grant", tally.fault());
    }

    @Test
    void theLoadGrantsAheadAndGoesOnAfterALoss() {
        PacketSinkConnection sink = new PacketSinkConnection(scenario(Direction.OUT), loadTally, INDEX);
        EmbeddedChannel load = new EmbeddedChannel(sink);
        sink.start();
        assertEquals(PacketSinkConnection.MIN_WINDOW_PACKETS, grant(load));
        load.writeInbound(packet(load, 0));
        assertEquals(1 + PacketSinkConnection.MIN_WINDOW_PACKETS, grant(load), "half of the window is used up");
        sink.sweep(System.nanoTime());
        assertNull(load.readOutbound());
        sink.sweep(System.nanoTime() + PacketConnection.LOSS_TIMEOUT_NS + 1);
        assertEquals(1 + 2 * PacketSinkConnection.MIN_WINDOW_PACKETS, grant(load), "silence: the rest of the window was lost");
        load.writeInbound(packet(load, 3));
        assertEquals(2, loadTally.lostMessages());
        assertNull(loadTally.fault());
        sink.stop();
    }

    @Test
    void whatWasNotGrantedIsAFault() {
        PacketSinkConnection sink = new PacketSinkConnection(scenario(Direction.OUT), loadTally, INDEX);
        EmbeddedChannel load = new EmbeddedChannel(sink);
        sink.start();
        load.writeInbound(packet(load, PacketSinkConnection.MIN_WINDOW_PACKETS));
        assertEquals("connection 1: packet 2 of connection 1 was not granted", loadTally.fault());
        load.releaseOutbound();
    }

    @Test
    void aWindowIsWhatASocketBufferHolds() {
        assertEquals(55, PacketSinkConnection.windowPackets(212_992, 1400));
        assertEquals(184, PacketSinkConnection.windowPackets(212_992, 64));
        assertEquals(256, PacketSinkConnection.windowPackets(8 << 20, 64));
        assertEquals(2, PacketSinkConnection.windowPackets(2048, 60_000));
    }

    private static Scenario scenario(Direction direction) {
        return Scenario.packetFlow(CONNECTIONS, PAYLOAD_BYTES, direction);
    }

    private static DatagramPacket packet(EmbeddedChannel channel, long number) {
        return new DatagramPacket(Packets.packet(channel.alloc(), INDEX, number, PAYLOAD_BYTES), SOURCE, SINK);
    }

    private static long grant(EmbeddedChannel load) {
        ByteBuf grant = load.readOutbound();
        long header = grant.readLong();
        grant.release();
        assertEquals(INDEX, Packets.connectionOf(header));
        return Packets.numberOf(header);
    }

    /** @return the numbers of the packets that a grant brings */
    private static List<Long> granted(EmbeddedChannel server, long packets) {
        server.writeInbound(new DatagramPacket(server.alloc().buffer().writeLong(Packets.header(INDEX, packets)), SOURCE, SINK));
        List<Long> numbers = new ArrayList<>();
        for (DatagramPacket sent = server.readOutbound(); sent != null; sent = server.readOutbound()) {
            assertNull(Packets.fault(sent.content(), CONNECTIONS, PAYLOAD_BYTES));
            assertEquals(SINK, sent.recipient());
            numbers.add(Packets.numberOf(sent.content().getLong(0)));
            sent.release();
        }
        return numbers;
    }
}
