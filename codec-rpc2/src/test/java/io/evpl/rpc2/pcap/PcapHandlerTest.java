package io.evpl.rpc2.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packets of a capture are those that a network would have carried. */
class PcapHandlerTest {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 2049);
    private static final InetSocketAddress REMOTE = new InetSocketAddress("127.0.0.2", 700);

    @TempDir
    Path folder;

    /** A channel with addresses. */
    private static final class Addressed extends EmbeddedChannel {
        private final SocketAddress local;
        private final SocketAddress remote;

        Addressed(SocketAddress local, SocketAddress remote) {
            this.local = local;
            this.remote = remote;
        }

        @Override
        protected SocketAddress localAddress0() {
            return local;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return remote;
        }
    }

    private interface Traffic {
        void pass(EmbeddedChannel channel);
    }

    private List<ByteBuffer> capture(SocketAddress local, SocketAddress remote, Traffic traffic) throws IOException {
        Path path = folder.resolve("t.pcap");
        try (PcapFile file = new PcapFile(path, Clock.fixed(Instant.ofEpochSecond(1_000_000, 42), ZoneOffset.UTC))) {
            EmbeddedChannel channel = new Addressed(local, remote);
            channel.pipeline().addLast(new PcapHandler(file));
            traffic.pass(channel);
            channel.finishAndReleaseAll();
        }
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(path));
        assertEquals(0xA1B23C4D, all.getInt());
        assertEquals(2, all.getShort());
        assertEquals(4, all.getShort());
        all.position(20);
        assertEquals(101, all.getInt());
        List<ByteBuffer> packets = new ArrayList<>();
        while (all.hasRemaining()) {
            assertEquals(1_000_000, all.getInt());
            assertEquals(42, all.getInt());
            int bytes = all.getInt();
            assertEquals(bytes, all.getInt());
            packets.add(all.slice(all.position(), bytes));
            all.position(all.position() + bytes);
        }
        return packets;
    }

    /** With its pseudo header, RFC 9293 section 3.1, the sum of all words is all ones. */
    private static void assertChecksums(ByteBuffer packet) {
        boolean four = packet.get(0) >> 4 == 4;
        int header = four ? 20 : 40;
        int addressesAt = four ? 12 : 8;
        if (four) {
            assertEquals(0xFFFF, ones(packet, 0, header, 0));
            assertEquals(packet.capacity(), packet.getShort(2) & 0xFFFF);
        } else {
            assertEquals(packet.capacity() - header, packet.getShort(4) & 0xFFFF);
        }
        int protocol = packet.get(four ? 9 : 6);
        long pseudo = protocol + packet.capacity() - header + words(packet, addressesAt, header - addressesAt);
        assertEquals(0xFFFF, ones(packet, header, packet.capacity() - header, pseudo));
    }

    private static long words(ByteBuffer packet, int from, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (packet.get(from + i) & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static long ones(ByteBuffer packet, int from, int count, long start) {
        long sum = start + words(packet, from, count);
        while (sum >> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return sum;
    }

    private static int flags(ByteBuffer packet) {
        return packet.get(20 + 13);
    }

    @Test
    void aStreamHasItsHandshakeItsBytesAndItsEnd() throws IOException {
        List<ByteBuffer> packets = capture(LOCAL, REMOTE, channel -> {
            channel.writeInbound(Unpooled.copiedBuffer(new byte[] {1, 2, 3}));
            channel.writeOutbound(Unpooled.copiedBuffer(new byte[] {4, 5}));
        });
        packets.forEach(PcapHandlerTest::assertChecksums);
        assertEquals(List.of(IpPacket.SYN, IpPacket.SYN | IpPacket.ACK, IpPacket.ACK, IpPacket.PUSH | IpPacket.ACK, IpPacket.PUSH | IpPacket.ACK,
                IpPacket.FIN | IpPacket.ACK, IpPacket.FIN | IpPacket.ACK), packets.stream().map(PcapHandlerTest::flags).toList());
        assertEquals(2049, packets.get(0).getShort(20), "this side connected");
        byte[] payload = new byte[3];
        packets.get(3).get(40, payload);
        assertArrayEquals(new byte[] {1, 2, 3}, payload);
    }

    @Test
    void sequenceNumbersCountTheBytesOfEachDirection() throws IOException {
        List<ByteBuffer> packets = capture(LOCAL, REMOTE, channel -> {
            channel.writeOutbound(Unpooled.wrappedBuffer(new byte[200_000]));
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[7]));
            channel.writeOutbound(Unpooled.wrappedBuffer(new byte[1]));
        });
        int next = packets.get(0).getInt(24) + 1;
        int received = packets.get(1).getInt(24) + 1;
        int outward = 0;
        for (ByteBuffer packet : packets.subList(3, packets.size())) {
            assertTrue(packet.capacity() <= 1_500);
            assertChecksums(packet);
            int payload = packet.capacity() - 40;
            int fin = flags(packet) & IpPacket.FIN;
            if (packet.getShort(20) == 2049) {
                assertEquals(next, packet.getInt(24));
                assertEquals(received, packet.getInt(28), "acknowledged");
                next += payload + fin;
                outward += payload;
            } else {
                assertEquals(received, packet.getInt(24));
                received += payload + fin;
            }
        }
        assertEquals(200_001, outward);
    }

    @Test
    void addressesOfVersion6AreKept() throws IOException {
        InetSocketAddress six = new InetSocketAddress(InetAddress.getByName("::1"), 111);
        List<ByteBuffer> packets = capture(six, new InetSocketAddress(InetAddress.getByName("fe80::5"), 7),
                channel -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {9})));
        packets.forEach(PcapHandlerTest::assertChecksums);
        assertEquals(6, packets.get(0).get(0) >> 4);
    }

    @Test
    void channelsWithoutInternetAddressesArePortsOfLoopback() throws IOException {
        List<ByteBuffer> packets = capture(new io.netty.channel.local.LocalAddress("here"), new io.netty.channel.local.LocalAddress("there"),
                channel -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {9})));
        packets.forEach(PcapHandlerTest::assertChecksums);
        assertEquals(0x7F000001, packets.get(3).getInt(12));
    }

    @Test
    void datagramsAreUdp() throws IOException {
        List<ByteBuffer> packets = capture(LOCAL, null, channel -> {
            channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5}), LOCAL, REMOTE));
            channel.writeOutbound(new DatagramPacket(Unpooled.wrappedBuffer(new byte[] {6}), REMOTE));
        });
        assertEquals(2, packets.size());
        packets.forEach(PcapHandlerTest::assertChecksums);
        assertEquals(13, packets.get(0).getShort(24));
        assertEquals(2049, packets.get(1).getShort(20));
    }

    @Test
    void theBuffersGoOnUntouched() throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        capture(LOCAL, REMOTE, channel -> {
            channel.writeOutbound(Unpooled.copiedBuffer(new byte[] {1, 2}));
            ByteBuf out = channel.readOutbound();
            assertEquals(1, out.refCnt());
            while (out.isReadable()) {
                seen.write(out.readByte());
            }
            out.release();
        });
        assertArrayEquals(new byte[] {1, 2}, seen.toByteArray());
    }
}
