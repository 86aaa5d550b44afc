package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Golden bytes are those of ip(7) and ipv6(7): family in host order, port and addresses in network order. */
class SockAddrTest {
    private static final boolean IPV4 = false;
    private static final boolean IPV6 = true;

    private final Arena arena = Arena.ofShared();
    private final long memory = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);

    /** Whatever was there before must not show. */
    @BeforeEach
    void soil() {
        NativeAddress.fill(memory, SockAddr.STORAGE_BYTES, (byte) 0xee);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void ipv4AddressOnAnIpv4Socket() {
        assertEquals("0200" + "1f90" + "c0000201" + "00".repeat(8), written(address("192.0.2.1", 8080), IPV4));
    }

    @Test
    void ipv6AddressOnAnIpv6Socket() {
        assertEquals("0a00" + "ffff" + "00000000" + "20010db8000000000000000000000001" + "00000000",
                written(address("2001:db8::1", 65535), IPV6));
    }

    @Test
    void ipv4AddressOnAnIpv6SocketIsMapped() {
        assertEquals("0a00" + "1f90" + "00000000" + "00000000000000000000ffffc0000201" + "00000000",
                written(address("192.0.2.1", 8080), IPV6));
    }

    @Test
    void theScopeIdIsKept() throws UnknownHostException {
        InetAddress linkLocal = Inet6Address.getByAddress(null, address("fe80::1", 0).getAddress().getAddress(), 258);
        InetSocketAddress address = new InetSocketAddress(linkLocal, 1);
        assertEquals("0a00" + "0001" + "00000000" + "fe800000000000000000000000000001" + "02010000",
                written(address, IPV6));
        InetSocketAddress read = SockAddr.read(memory, SockAddr.IN6_BYTES);
        assertEquals(address, read);
        assertEquals(258, ((Inet6Address) read.getAddress()).getScopeId());
    }

    @Test
    void theWildcardOfEitherFamilyIsTheWildcardOfTheSocket() {
        String any4 = "0200" + "0050" + "00000000" + "00".repeat(8);
        String any6 = "0a00" + "0050" + "00000000" + "00".repeat(16) + "00000000";
        assertEquals(any4, written(address("0.0.0.0", 80), IPV4));
        assertEquals(any4, written(address("::", 80), IPV4));
        assertEquals(any6, written(address("0.0.0.0", 80), IPV6));
        assertEquals(any6, written(address("::", 80), IPV6));
        assertEquals(any6, written(new InetSocketAddress(80), IPV6));
    }

    @Test
    void anIpv6AddressOnAnIpv4SocketIsRefusedByName() {
        InetSocketAddress address = address("2001:db8::1", 80);
        var e = assertThrows(UnsupportedAddressTypeException.class, () -> SockAddr.write(address, IPV4, memory));
        assertEquals("IPv6 address 2001:db8:0:0:0:0:0:1 on an IPv4 socket", e.getCause().getMessage());
    }

    @Test
    void aNameWithoutAddressIsRefused() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("example.invalid", 80);
        assertThrows(UnresolvedAddressException.class, () -> SockAddr.write(unresolved, IPV6, memory));
        assertThrows(UnresolvedAddressException.class, () -> SockAddr.write(unresolved, IPV4, memory));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (String ip : new String[] {"127.0.0.1", "255.255.255.255", "0.0.0.0"}) {
            InetSocketAddress address = address(ip, 40000);
            assertEquals(address, SockAddr.read(memory, SockAddr.write(address, IPV4, memory)));
        }
        for (String ip : new String[] {"::1", "2001:db8::ff00:42:8329", "::", "192.0.2.1"}) {
            InetSocketAddress address = address(ip, 65535);
            assertEquals(address, SockAddr.read(memory, SockAddr.write(address, IPV6, memory)));
        }
    }

    @Test
    void aMappedAddressIsReadAsIpv4EvenWithAScope() {
        SockAddr.write(address("192.0.2.1", 7), IPV6, memory);
        assertInstanceOf(Inet4Address.class, SockAddr.read(memory, SockAddr.IN6_BYTES).getAddress());
        NativeAddress.putInt(memory + 24, 3);
        InetSocketAddress read = SockAddr.read(memory, SockAddr.IN6_BYTES);
        assertEquals(address("192.0.2.1", 7), read);
    }

    @Test
    void truncatedAddressesAreNull() {
        int in = SockAddr.write(address("192.0.2.1", 7), IPV4, memory);
        for (int bytes = -1; bytes < in; bytes++) {
            assertNull(SockAddr.read(memory, bytes), bytes + " bytes");
        }
        int in6 = SockAddr.write(address("::1", 7), IPV6, memory);
        for (int bytes = -1; bytes < in6; bytes++) {
            assertNull(SockAddr.read(memory, bytes), bytes + " bytes");
        }
    }

    @Test
    void anAddressInALargerBufferIsRead() {
        SockAddr.write(address("::1", 7), IPV6, memory);
        assertEquals(address("::1", 7), SockAddr.read(memory, SockAddr.STORAGE_BYTES));
        assertEquals(address("::1", 7), SockAddr.read(memory, Integer.MAX_VALUE));
    }

    @Test
    void otherFamiliesAreNull() {
        for (int family : new int[] {SockAddr.AF_UNSPEC, SockAddr.AF_UNIX, 16, 0xffff}) {
            NativeAddress.putShort(memory, (short) family);
            assertNull(SockAddr.read(memory, SockAddr.STORAGE_BYTES), "family " + family);
        }
    }

    private String written(InetSocketAddress address, boolean ipv6Socket) {
        byte[] bytes = new byte[SockAddr.write(address, ipv6Socket, memory)];
        NativeAddress.copyOut(memory, bytes, 0, bytes.length);
        return HexFormat.of().formatHex(bytes);
    }

    private static InetSocketAddress address(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    @Test
    void writesAUnixPathWithItsNul() {
        byte[] path = "/run/a.sock".getBytes(StandardCharsets.UTF_8);
        int bytes = SockAddr.writeUnix(path, memory);
        assertEquals(2 + path.length + 1, bytes);
        assertArrayEquals(path, SockAddr.readUnix(memory, bytes));
    }

    @Test
    void anAbstractNamesLengthIsPartOfIt() {
        byte[] name = "\0a\0b".getBytes(StandardCharsets.UTF_8);
        int bytes = SockAddr.writeUnix(name, memory);
        assertEquals(2 + name.length, bytes);
        assertArrayEquals(name, SockAddr.readUnix(memory, bytes));
    }

    @Test
    void unixNamesHave1To107Bytes() {
        for (String prefix : List.of("", "\0")) {
            byte[] longest = (prefix + "x".repeat(107)).getBytes(StandardCharsets.UTF_8);
            assertArrayEquals(longest, SockAddr.readUnix(memory, SockAddr.writeUnix(longest, memory)));
            byte[] tooLong = (prefix + "x".repeat(108)).getBytes(StandardCharsets.UTF_8);
            assertThrows(IllegalArgumentException.class, () -> SockAddr.writeUnix(tooLong, memory));
            assertThrows(IllegalArgumentException.class,
                    () -> SockAddr.writeUnix(prefix.getBytes(StandardCharsets.UTF_8), memory));
        }
        assertThrows(IllegalArgumentException.class,
                () -> SockAddr.writeUnix("/a\0b".getBytes(StandardCharsets.UTF_8), memory));
    }

    @Test
    void anUnnamedUnixPeerAndAnotherFamilyHaveNoPath() {
        SockAddr.writeUnix("/a".getBytes(StandardCharsets.UTF_8), memory);
        assertNull(SockAddr.readUnix(memory, 2));
        assertNull(SockAddr.readUnix(memory, 0));
        int bytes = SockAddr.write(new InetSocketAddress("127.0.0.1", 1), IPV4, memory);
        assertNull(SockAddr.readUnix(memory, bytes));
    }
}
