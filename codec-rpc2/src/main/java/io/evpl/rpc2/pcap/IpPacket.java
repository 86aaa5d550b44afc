package io.evpl.rpc2.pcap;

import io.netty.buffer.ByteBuf;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** TCP segments and UDP datagrams in IPv4 and IPv6, with right checksums. RFC 791, 8200, 9293, 768. */
final class IpPacket {
    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int PUSH = 0x08;
    static final int ACK = 0x10;

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_HEADER_BYTES = 20;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int IPV4_HEADER_BYTES = 20;
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int HOP_LIMIT = 64;
    /** What TCP can say without options. */
    private static final int WINDOW_BYTES = 65_535;

    private IpPacket() {
    }

    /** @param index of the payload within {@code data}; nothing moves */
    static byte[] tcp(InetSocketAddress from, InetSocketAddress to, int sequence, int acknowledged, int flags, ByteBuf data, int index,
            int payloadBytes) {
        ByteBuffer packet = ip(from, to, TCP, TCP_HEADER_BYTES + payloadBytes);
        int at = packet.position();
        packet.putShort((short) from.getPort()).putShort((short) to.getPort()).putInt(sequence).putInt(acknowledged)
                .putShort((short) (TCP_HEADER_BYTES / 4 << 12 | flags)).putShort((short) WINDOW_BYTES).putInt(0);
        return finished(packet, at, at + 16, TCP, from, to, data, index, payloadBytes);
    }

    static byte[] udp(InetSocketAddress from, InetSocketAddress to, ByteBuf data, int index, int payloadBytes) {
        int bytes = UDP_HEADER_BYTES + payloadBytes;
        ByteBuffer packet = ip(from, to, UDP, bytes);
        int at = packet.position();
        packet.putShort((short) from.getPort()).putShort((short) to.getPort()).putShort((short) bytes).putShort((short) 0);
        return finished(packet, at, at + 6, UDP, from, to, data, index, payloadBytes);
    }

    private static ByteBuffer ip(InetSocketAddress from, InetSocketAddress to, int protocol, int payloadBytes) {
        if (from.getAddress() instanceof Inet4Address) {
            ByteBuffer packet = ByteBuffer.allocate(IPV4_HEADER_BYTES + payloadBytes);
            packet.put((byte) (4 << 4 | IPV4_HEADER_BYTES / 4)).put((byte) 0).putShort((short) packet.capacity()).putInt(0)
                    .put((byte) HOP_LIMIT).put((byte) protocol).putShort((short) 0)
                    .put(from.getAddress().getAddress()).put(to.getAddress().getAddress());
            packet.putShort(10, checksum(sum(packet, 0, IPV4_HEADER_BYTES)));
            return packet;
        }
        return ByteBuffer.allocate(IPV6_HEADER_BYTES + payloadBytes).putInt(6 << 28).putShort((short) payloadBytes).put((byte) protocol)
                .put((byte) HOP_LIMIT).put(from.getAddress().getAddress()).put(to.getAddress().getAddress());
    }

    private static byte[] finished(ByteBuffer packet, int at, int checksumAt, int protocol, InetSocketAddress from, InetSocketAddress to,
            ByteBuf data, int index, int payloadBytes) {
        if (payloadBytes > 0) {
            data.getBytes(index, packet.array(), packet.position(), payloadBytes);
        }
        int bytes = packet.capacity() - at;
        long sum = sum(packet, at, bytes) + protocol + bytes;
        sum += sum(ByteBuffer.wrap(from.getAddress().getAddress()), 0, from.getAddress().getAddress().length);
        sum += sum(ByteBuffer.wrap(to.getAddress().getAddress()), 0, to.getAddress().getAddress().length);
        short checksum = checksum(sum);
        // RFC 768: a UDP checksum of zero would say that there is none.
        packet.putShort(checksumAt, checksum == 0 && protocol == UDP ? (short) 0xFFFF : checksum);
        return packet.array();
    }

    private static long sum(ByteBuffer bytes, int from, int count) {
        long sum = 0;
        for (int i = from; i < from + count - 1; i += 2) {
            sum += bytes.getShort(i) & 0xFFFF;
        }
        return count % 2 == 0 ? sum : sum + ((bytes.get(from + count - 1) & 0xFF) << 8);
    }

    private static short checksum(long sum) {
        long folded = sum;
        while (folded >> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >> 16);
        }
        return (short) ~folded;
    }
}
