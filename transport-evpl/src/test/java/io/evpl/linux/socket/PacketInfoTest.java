package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Golden bytes: struct in_pktinfo of ip(7), struct in6_pktinfo of RFC 3542, 6.1. */
class PacketInfoTest {
    private static final byte[] IPV4 = {7, 0, 0, 0, (byte) 192, 0, 2, 1, (byte) 192, 0, 2, 2};
    private static final byte[] IPV6 = {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0};
    private static final byte[] GLOBAL = {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0};

    private final Arena arena = Arena.ofShared();
    private final long info = NativeAddress.allocate(arena, PacketInfo.IN6_BYTES);
    private final long sockaddr = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);

    @AfterEach
    void close() {
        arena.close();
    }

    private InetSocketAddress read(byte[] bytes, boolean ipv6) {
        NativeAddress.copyIn(bytes, 0, info, bytes.length);
        return SockAddr.read(sockaddr, PacketInfo.toSockAddr(info, ipv6, 53, sockaddr));
    }

    @Test
    void theDestinationIsTheHeadersAddressAndTheSocketsPort() {
        assertEquals(new InetSocketAddress("192.0.2.2", 53), read(IPV4, false));
        assertEquals("/[fe80:0:0:0:0:0:0:1%3]:53", read(IPV6, true).toString().replaceAll("%\\w+", "%3"));
        assertEquals(new InetSocketAddress("2001:db8::1", 53), read(GLOBAL, true));
    }

    @Test
    void onlyLinkLocalAddressesHaveAScope() {
        read(IPV6, true);
        assertEquals(3, SockAddr.scopeId(sockaddr));
        read(GLOBAL, true);
        assertEquals(0, SockAddr.scopeId(sockaddr));
    }

    @Test
    void aSourceIsWrittenWithoutAnInterfaceUnlessItHasAScope() {
        SockAddr.write(new InetSocketAddress("192.0.2.9", 1), false, sockaddr);
        PacketInfo.writeSource(sockaddr, false, info);
        byte[] bytes = new byte[PacketInfo.IN_BYTES];
        NativeAddress.copyOut(info, bytes, 0, bytes.length);
        assertEquals("[0, 0, 0, 0, -64, 0, 2, 9, 0, 0, 0, 0]", Arrays.toString(bytes));
    }

    @Test
    void aControlMessageIsFoundByLevelAndTypeAndOnlyIfItIsWhole() {
        int space = Cmsg.space(4) + Cmsg.space(PacketInfo.IN_BYTES);
        long control = NativeAddress.allocate(arena, space);
        NativeAddress.putInt(Cmsg.write(control, SocketOptions.IPPROTO_UDP, SocketOptions.UDP_GRO, 4), 1400);
        long value = Cmsg.write(control + Cmsg.space(4), SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO,
                PacketInfo.IN_BYTES);
        assertEquals(value, find(control, space, SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO, PacketInfo.IN_BYTES));
        assertEquals(0, find(control, space, SocketOptions.IPPROTO_IP, SocketOptions.IP_TOS, 1));
        assertEquals(0, find(control, space, SocketOptions.IPPROTO_UDP, SocketOptions.UDP_GRO, 8), "too short");
        assertEquals(0, find(control, value + 3 - control, SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO, 12), "cut off");
        NativeAddress.putLong(control, 3);
        assertEquals(0, find(control, space, SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO, 12), "a length that ends nowhere");
    }

    private static long find(long control, long bytes, int level, int type, int valueBytes) {
        return Cmsg.find(control, bytes, level, type, valueBytes);
    }
}
