package io.evpl.name;

import io.evpl.EvplEndpoint;

import org.junit.jupiter.api.Test;

import java.net.SocketAddress;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

class AddressFamiliesTest {
    private static List<SocketAddress> addresses(String... endpoints) {
        return Stream.of(endpoints).map(text -> EvplEndpoint.parse(text).toAddress()).toList();
    }

    @Test
    void familiesTakeTurnsAndIpv6Begins() {
        assertEquals(addresses("[::1]:1", "1.1.1.1:1", "[::2]:1", "1.1.1.2:1", "1.1.1.3:1"),
                AddressFamilies.interleaved(addresses("1.1.1.1:1", "1.1.1.2:1", "1.1.1.3:1", "[::1]:1", "[::2]:1")));
    }

    @Test
    void oneFamilyKeepsItsOrder() {
        assertEquals(addresses("1.1.1.2:1", "1.1.1.1:1"), AddressFamilies.interleaved(addresses("1.1.1.2:1", "1.1.1.1:1")));
        assertEquals(addresses("[::2]:1", "[::1]:1"), AddressFamilies.interleaved(addresses("[::2]:1", "[::1]:1")));
        assertEquals(addresses("/x"), AddressFamilies.interleaved(addresses("/x")));
        assertEquals(List.of(), AddressFamilies.interleaved(List.of()));
    }
}
