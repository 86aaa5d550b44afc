package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.SockAddr;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class AddressCacheTest {
    private final Arena arena = Arena.ofShared();
    private final long at = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
    private AddressCache cache;

    @BeforeEach
    void open() throws IOException {
        cache = new AddressCache();
    }

    @AfterEach
    void close() {
        cache.close();
        arena.close();
    }

    private static SocketAddress address(AddressFamily family, int number) {
        return switch (family) {
            case INET, INET6 -> new InetSocketAddress("192.0.2." + number % 250, 1000 + number);
            case UNIX -> new DomainSocketAddress("/tmp/number" + number);
        };
    }

    @ParameterizedTest
    @EnumSource(AddressFamily.class)
    void whatIsWrittenIsReadAgainHoweverManyThereAre(AddressFamily family) {
        for (int round = 0; round < 2; round++) {
            for (int number = 0; number < 2000; number++) {
                SocketAddress address = address(family, number);
                assertEquals(address, cache.read(family, at, cache.write(family, address, at)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(AddressFamily.class)
    void aSenderThatTalksOnIsOneObject(AddressFamily family) {
        int bytes = cache.write(family, address(family, 1), at);
        SocketAddress first = cache.read(family, at, bytes);
        assertSame(first, cache.read(family, at, bytes));
    }

    @Test
    void scopesAreToldApart() throws UnknownHostException {
        byte[] linkLocal = {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        for (int scope = 1; scope < 4; scope++) {
            InetSocketAddress address = new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, scope), 7);
            InetSocketAddress read = (InetSocketAddress) cache.read(AddressFamily.INET6, at,
                    cache.write(AddressFamily.INET6, address, at));
            assertEquals(scope, ((Inet6Address) read.getAddress()).getScopeId());
        }
    }

    @Test
    void oneAddressForTwoFamilies() {
        SocketAddress address = address(AddressFamily.INET, 1);
        assertEquals(SockAddr.IN_BYTES, cache.write(AddressFamily.INET, address, at));
        assertEquals(SockAddr.IN6_BYTES, cache.write(AddressFamily.INET6, address, at));
        assertEquals(SockAddr.IN_BYTES, cache.write(AddressFamily.INET, address, at));
    }

    @Test
    void anAddressThatCannotBeWrittenIsNotRemembered() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        for (int i = 0; i < 2; i++) {
            assertThrows(UnresolvedAddressException.class, () -> cache.write(AddressFamily.INET, unresolved, at));
        }
    }
}
