package io.evpl.name;

import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCacheEntry;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is remembered of names, for how long and how much, on a clock that the test moves. */
class AddressCacheTest {
    private static final DnsRecord[] NONE = new DnsRecord[0];

    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 1); // it wraps in the first test
    private final AddressCache cache = new AddressCache(settings(3, 2, 100, 5));

    private NameSettings settings(int names, int minTtl, int maxTtl, int negativeTtl) {
        return new NameSettings(names, minTtl, maxTtl, negativeTtl, 0, true, List.<InetSocketAddress>of(), Path.of("/h"),
                Path.of("/r"), nowNs::get);
    }

    private void pass(int seconds) {
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static InetAddress ip(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    }

    private List<InetAddress> get(String name) {
        return cache.get(name, NONE).stream().map(DnsCacheEntry::address).map(InetAddress.class::cast).toList();
    }

    @Test
    void anAnswerLastsAsLongAsItSays() throws Exception {
        cache.cache("a.example", NONE, ip(1), 10, null);
        pass(9);
        assertEquals(List.of(ip(1)), get("A.Example."));
        pass(1);
        assertEquals(List.of(), get("a.example"));
        assertEquals(0, cache.size());
    }

    @Test
    void allAddressesOfANameGoWithTheFirst() throws Exception {
        cache.cache("a", NONE, ip(1), 50, null);
        cache.cache("a", NONE, ip(2), 10, null);
        cache.cache("a", NONE, ip(2), 10, null);
        cache.cache("a", NONE, ip(3), 60, null);
        assertEquals(List.of(ip(1), ip(2), ip(3)), get("a"));
        pass(10);
        assertEquals(List.of(), get("a"));
    }

    @Test
    void timesToLiveHaveBounds() throws Exception {
        cache.cache("short", NONE, ip(1), 0, null);
        cache.cache("long", NONE, ip(1), Integer.MAX_VALUE, null);
        pass(1);
        assertEquals(List.of(ip(1)), get("short"));
        pass(1);
        assertEquals(List.of(), get("short"));
        pass(97);
        assertEquals(List.of(ip(1)), get("long"));
        pass(1);
        assertEquals(List.of(), get("long"));
    }

    @Test
    void anAnswerForNowIsNotRemembered() throws Exception {
        AddressCache asServersSay = new AddressCache(settings(3, 0, 100, 0));
        assertEquals(ip(1), asServersSay.cache("a", NONE, ip(1), 0, null).address());
        UnknownHostException cause = new UnknownHostException("a");
        assertSame(cause, asServersSay.cache("a", NONE, cause, null).cause());
        assertEquals(0, asServersSay.size());
    }

    @Test
    void thereIsNoSuchNameForAWhile() throws Exception {
        UnknownHostException cause = new UnknownHostException("a");
        cache.cache("a", NONE, cause, null);
        pass(4);
        assertSame(cause, cache.get("a", NONE).getFirst().cause());
        cache.cache("a", NONE, ip(1), 10, null);
        assertEquals(List.of(ip(1)), get("a"));
        cache.cache("b", NONE, cause, null);
        pass(5);
        assertEquals(List.of(), cache.get("b", NONE));
    }

    @Test
    void theNameNotAskedForLongestMakesRoom() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            cache.cache(name, NONE, ip(1), 50, null);
        }
        get("a");
        cache.cache("d", NONE, ip(1), 50, null);
        assertEquals(List.of(), get("b"));
        assertEquals(List.of(ip(1)), get("a"));
        for (int i = 0; i < 10_000; i++) {
            cache.cache("n" + i, NONE, new UnknownHostException(), null);
            assertTrue(cache.size() <= 3);
        }
    }

    @Test
    void namesCanBeForgotten() throws Exception {
        cache.cache("a", NONE, ip(1), 50, null);
        cache.cache("b", NONE, ip(1), 50, null);
        assertTrue(cache.clear("A"));
        assertFalse(cache.clear("a"));
        cache.clear();
        assertEquals(0, cache.size());
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedByName() {
        assertRefused("cachedNames=0", () -> settings(0, 0, 1, 1));
        assertRefused("minTtlSeconds=-1", () -> settings(1, -1, 1, 1));
        assertRefused("maxTtlSeconds=1: must be at least minTtlSeconds", () -> settings(1, 2, 1, 1));
        assertRefused("negativeTtlSeconds=-1", () -> settings(1, 0, 1, -1));
    }

    private static void assertRefused(String message, Runnable making) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, making::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
