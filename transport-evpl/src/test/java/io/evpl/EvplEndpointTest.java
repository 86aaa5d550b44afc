package io.evpl;

import io.evpl.EvplEndpoint.Kind;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Texts, limits and addresses of endpoints. */
class EvplEndpointTest {
    @ParameterizedTest
    @DisplayName("F3 kinds are told apart, and text, address and port survive the way through parse")
    @CsvSource({
        "localhost:80,                INET,   localhost,          80,    localhost:80",
        "LocalHost:00080,             INET,   localhost,          80,    localhost:80",
        "a.example.:1,                INET,   a.example.,         1,     a.example.:1",
        "_srv.my-host.x1:65535,       INET,   _srv.my-host.x1,    65535, _srv.my-host.x1:65535",
        "unix:80,                     INET,   unix,               80,    unix:80",
        "127.0.0.1:0,                 INET,   127.0.0.1,          0,     127.0.0.1:0",
        "[::1]:8080,                  INET,   ::1,                8080,  [::1]:8080",
        "[0:0:0:0:0:0:0:1]:8080,      INET,   ::1,                8080,  [::1]:8080",
        "[2001:DB8::0:5]:1,           INET,   2001:db8::5,        1,     [2001:db8::5]:1",
        "[::ffff:1.2.3.4]:5,          INET,   1.2.3.4,            5,     1.2.3.4:5",
        "[fe80::1%eth0]:5,            INET,   fe80::1%eth0,       5,     [fe80::1%eth0]:5",
        "[fe80::1%07]:5,              INET,   fe80::1%7,          5,     [fe80::1%7]:5",
        "/run/x.sock,                 LOCAL,  /run/x.sock,        0,     /run/x.sock",
        "unix:/run/x:1,               LOCAL,  /run/x:1,           0,     /run/x:1",
        "./x,                         LOCAL,  ./x,                0,     ./x",
        "unix:../x,                   LOCAL,  ../x,               0,     ../x",
        "@a b,                        LOCAL,  a b,                0,     @a b",
        "unix:@n,                     LOCAL,  n,                  0,     @n",
        "inproc://queue/1,            INPROC, queue/1,            0,     inproc://queue/1"})
    void textIsParsedAndRendered_F3(String text, Kind kind, String name, int port, String rendered) {
        EvplEndpoint endpoint = EvplEndpoint.parse(text);
        assertEquals(kind, endpoint.kind());
        assertEquals(name, endpoint.name());
        assertEquals(port, endpoint.port());
        assertEquals(rendered, endpoint.toString());
        assertEquals(endpoint, EvplEndpoint.parse(rendered));
        assertEquals(endpoint.hashCode(), EvplEndpoint.parse(rendered).hashCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "localhost           | has no port",
        "localhost:          | has no port from 0 to 65535",
        "localhost:-1        | has no port from 0 to 65535",
        "localhost:65536     | has no port from 0 to 65535",
        "localhost:999999999 | has no port from 0 to 65535",
        "localhost:8x        | has no port from 0 to 65535",
        "localhost:+8        | has no port from 0 to 65535",
        ":80                 | has no host",
        "::1:80              | put an IPv6 address in brackets",
        "[::1]               | has no ]:",
        "[::1]80             | has no ]:",
        "[::1:80             | has no ]:",
        "[]:80               | has no IPv6 address",
        "[1.2.3.4]:80        | has no IPv6 address",
        "[::g]:80            | has no IPv6 address",
        "[[::1]]:80          | has no ]:",
        "[fe80::1%]:80       | scope that is no interface",
        "[fe80::1%a/b]:80    | scope that is no interface",
        "[fe80::1%..]:80     | scope that is no interface",
        "[fe80::1%0]:80      | scope that is no interface's number",
        "[fe80::1%9999999999999999999999]:80 | scope that is no interface's number",
        "[::ffff:1.2.3.4%eth0]:80 | gives an IPv4 address a scope",
        "127.1:80            | ends like an IPv4 address",
        "256.0.0.1:80        | ends like an IPv4 address",
        "0x7f.0x1:80         | ends like an IPv4 address",
        "2130706433:80       | ends like an IPv4 address",
        "a..b:80             | is no host name at \"\"",
        "-a:80               | is no host name at \"-a\"",
        "a b:80              | is no host name at \"a b\"",
        "http://a:80         | put an IPv6 address in brackets",
        "bücher.example:80   | xn--",
        "@                   | has an empty abstract name",
        "inproc://           | has an empty inproc name",
        "inproc:/a           | has no port"})
    void whatIsRefusedIsQuotedAndSaysWhy(String text, String why) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> EvplEndpoint.parse(text));
        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertTrue(e.getMessage().startsWith("endpoint \"" + text.charAt(0)), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\0b", "@a\nb", "inproc://\u007f", "\uD800/", "/\uD800", "@\uDC00a", "a\0:1", "[::1%\0]:1"})
    void controlCharactersAndHalfPairsAreRefusedAndNotRepeated(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> EvplEndpoint.parse(text));
        assertFalse(e.getMessage().chars().anyMatch(Character::isISOControl), e.getMessage());
    }

    @Test
    void nothingIsRefusedToo() {
        for (String text : new String[] {null, ""}) {
            assertThrows(IllegalArgumentException.class, () -> EvplEndpoint.parse(text));
            assertThrows(IllegalArgumentException.class, () -> EvplEndpoint.inet(text, 1));
            assertThrows(IllegalArgumentException.class, () -> EvplEndpoint.local(text));
            assertThrows(IllegalArgumentException.class, () -> EvplEndpoint.abstractName(text));
            assertThrows(IllegalArgumentException.class, () -> EvplEndpoint.inproc(text));
        }
    }

    @Test
    void lengthsAreLimitedAsTheKernelLimitsThem() {
        assertEquals(107, EvplEndpoint.local("/" + "p".repeat(106)).name().length());
        assertRefused("path of 108 bytes; use at most 107", () -> EvplEndpoint.local("/" + "p".repeat(107)));
        assertRefused("path of 109 bytes", () -> EvplEndpoint.local("/" + "é".repeat(54)));
        assertEquals(107, EvplEndpoint.abstractName("n".repeat(107)).name().length());
        assertRefused("an abstract name of 108 bytes", () -> EvplEndpoint.abstractName("n".repeat(108)));
        assertEquals(107, EvplEndpoint.inproc("n".repeat(107)).name().length());
        assertRefused("an inproc name of 108 bytes", () -> EvplEndpoint.inproc("n".repeat(108)));
        String label = "l".repeat(63);
        String longest = label + '.' + label + '.' + label + '.' + "l".repeat(61);
        assertEquals(253, EvplEndpoint.inet(longest, 1).name().length());
        assertEquals(254, EvplEndpoint.inet(longest + '.', 1).name().length());
        assertRefused("host of 254 characters", () -> EvplEndpoint.inet(longest + 'l', 1));
        assertRefused("is no host name", () -> EvplEndpoint.inet(label + 'l', 1));
    }

    @Test
    void aMessageDoesNotRepeatALongText() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> EvplEndpoint.parse("h".repeat(1_000_000)));
        assertTrue(e.getMessage().length() < 200, e.getMessage());
    }

    @Test
    void factoriesAndTextsAgree() {
        assertEquals(EvplEndpoint.parse("[::1]:80"), EvplEndpoint.inet("::1", 80));
        assertEquals(EvplEndpoint.parse("10.0.0.1:80"), EvplEndpoint.inet("10.0.0.1", 80));
        assertEquals(EvplEndpoint.parse("@x"), EvplEndpoint.abstractName("x"));
        assertEquals(EvplEndpoint.parse("@@x"), EvplEndpoint.abstractName("@x"));
        assertNotEquals(EvplEndpoint.parse("@x"), EvplEndpoint.inproc("x"));
        assertRefused("port", () -> EvplEndpoint.inet("a", 65536));
        assertRefused("port", () -> EvplEndpoint.inet("a", -1));
        assertRefused("is no path", () -> EvplEndpoint.local("@x"));
        assertRefused("has no IPv6 address", () -> EvplEndpoint.inet("a:80", 1));
    }

    @Test
    @DisplayName("F3 addresses for bind and connect; L24 IPv6 too")
    void addressesAreWhatChannelsTake_F3_L24() throws Exception {
        InetSocketAddress v4 = (InetSocketAddress) EvplEndpoint.parse("127.0.0.1:80").toAddress();
        assertTrue(v4.getAddress() instanceof Inet4Address && v4.getPort() == 80);
        InetSocketAddress v6 = (InetSocketAddress) EvplEndpoint.parse("[2001:db8::5]:80").toAddress();
        assertTrue(v6.getAddress() instanceof Inet6Address && v6.getPort() == 80);
        InetSocketAddress name = (InetSocketAddress) EvplEndpoint.parse("h.example:80").toAddress();
        assertTrue(name.isUnresolved());
        assertEquals("h.example", name.getHostString());
        assertNull(name.getAddress());
        assertTrue(EvplEndpoint.parse("h.example:80").needsResolution());
        assertFalse(EvplEndpoint.parse("[::1]:80").needsResolution());
        assertEquals(new DomainSocketAddress("/x"), EvplEndpoint.parse("/x").toAddress());
        assertEquals(new DomainSocketAddress("\0x"), EvplEndpoint.parse("@x").toAddress());
        assertTrue(EvplEndpoint.parse("@x").isAbstract());
        assertFalse(EvplEndpoint.parse("/@x").isAbstract());
        assertEquals(new InprocAddress("x"), EvplEndpoint.parse("inproc://x").toAddress());
    }

    @Test
    void aScopeIsAnInterfaceOfThisMachineWhenTheAddressIsMade() throws Exception {
        NetworkInterface loopback = NetworkInterface.getByName("lo");
        InetSocketAddress byName = (InetSocketAddress) EvplEndpoint.parse("[fe80::1%lo]:80").toAddress();
        assertEquals(loopback.getIndex(), ((Inet6Address) byName.getAddress()).getScopeId());
        InetSocketAddress byNumber = (InetSocketAddress) EvplEndpoint.parse("[fe80::1%7]:80").toAddress();
        assertEquals(7, ((Inet6Address) byNumber.getAddress()).getScopeId());
        assertRefused("does not have", () -> EvplEndpoint.parse("[fe80::1%no-such-one]:80").toAddress());
    }

    @Test
    void anythingIsAnEndpointThatComesBackOrARefusal() {
        Random random = new Random(20_250_825);
        List<String> seeds = List.of("localhost:80", "a.b-c.example.:65535", "127.0.0.1:1", "[::1]:80", "[fe80::1%eth0]:9",
                "[::ffff:1.2.3.4]:5", "[2001:db8:0:1::2%3]:80", "/run/evpl.sock", "./a", "unix:/a", "@abstract",
                "unix:@n", "inproc://name", "x".repeat(107), "/" + "é".repeat(53));
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 60_000; i++) {
            String text = mutated(random, seeds.get(random.nextInt(seeds.size())));
            try {
                EvplEndpoint endpoint = EvplEndpoint.parse(text);
                assertEquals(endpoint, EvplEndpoint.parse(endpoint.toString()), text);
                assertEquals(endpoint.toString(), EvplEndpoint.parse(endpoint.toString()).toString(), text);
                accepted++;
            } catch (IllegalArgumentException e) {
                assertFalse(e.getMessage().chars().anyMatch(Character::isISOControl), e.getMessage());
                assertTrue(e.getMessage().length() < 1000, e.getMessage());
                refused++;
            }
        }
        assertTrue(accepted > 5_000 && refused > 20_000, accepted + " accepted, " + refused + " refused");
    }

    private static String mutated(Random random, String seed) {
        String alphabet = "ab:.[]%/@-_019 \0\n\u00e9\ud83d\ude00xX\u2028";
        StringBuilder text = new StringBuilder(seed);
        for (int edits = random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(text.length() + 1);
            char c = random.nextInt(8) == 0 ? (char) random.nextInt(0x10000)
                    : alphabet.charAt(random.nextInt(alphabet.length()));
            List<Runnable> ways = new ArrayList<>(List.of(() -> text.insert(at, c), () -> text.insert(at, seed)));
            if (at < text.length()) {
                ways.add(() -> text.deleteCharAt(at));
                ways.add(() -> text.setCharAt(at, c));
                ways.add(() -> text.setLength(at));
            }
            ways.get(random.nextInt(ways.size())).run();
        }
        return text.toString();
    }

    private static void assertRefused(String why, Runnable making) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, making::run);
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }
}
