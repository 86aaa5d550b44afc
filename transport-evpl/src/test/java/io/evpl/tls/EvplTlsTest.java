package io.evpl.tls;

import io.evpl.tls.EvplTls.Provider;
import io.evpl.tls.TlsRefusal.Reason;
import io.evpl.tls.TlsRig.Pair;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslHandler;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Handshakes and refusals, with each provider at both ends, on each kind of stream. */
class EvplTlsTest {
    private static final String HOST = "a.test";
    private static final int LARGE = 300_000;

    private final TestAuthority authority = new TestAuthority("Authority");

    EvplTlsTest() throws Exception {
    }

    static Stream<Arguments> wiresAndProviders() {
        return Arrays.stream(TlsWire.values()).flatMap(wire ->
                Arrays.stream(Provider.values()).map(provider -> Arguments.of(wire, provider)));
    }

    private EvplTlsServer.Builder server(Provider provider, String... hosts) throws Exception {
        return EvplTls.server(authority.issue(hosts).identity()).provider(provider);
    }

    private EvplTlsClient.Builder client(Provider provider) {
        return EvplTls.client().trust(authority.trust()).provider(provider);
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void bytesPassBothWaysAndTheEndIsTold(TlsWire wire, Provider provider) throws Exception {
        try (TlsRig rig = new TlsRig(wire, server(provider, HOST).build())) {
            Pair pair = rig.connect(client(provider).build(), HOST).handshaken();
            assertTrue(pair.client().channel.pipeline().get(SslHandler.class).engine().getClass().getName()
                    .contains("OpenSsl") == (provider == Provider.BORINGSSL));
            assertEquals("TLSv1.3", pair.client().tls.session().getProtocol());
            byte[] bytes = new byte[LARGE];
            new Random(1).nextBytes(bytes);
            pair.client().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
            assertArrayEquals(bytes, pair.server().awaitBytes(LARGE));
            pair.server().channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
            assertArrayEquals(bytes, pair.client().awaitBytes(LARGE));
            pair.client().channel.close();
            pair.server().awaitEnd();
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void alpnChoosesTheProtocolThatBothSpeak(TlsWire wire, Provider provider) throws Exception {
        try (TlsRig rig = new TlsRig(wire, server(provider, HOST).applicationProtocols("h2", "http/1.1").build())) {
            assertAlpn("h2", rig.connect(client(provider).applicationProtocols("h2", "http/1.1").build(), HOST));
            assertAlpn("http/1.1", rig.connect(client(provider).applicationProtocols("http/1.1").build(), HOST));
            assertAlpn(null, rig.connect(client(provider).applicationProtocols("spdy/3").build(), HOST));
            assertAlpn(null, rig.connect(client(provider).build(), HOST));
        }
    }

    private static void assertAlpn(String expected, Pair pair) throws Exception {
        pair.handshaken();
        assertEquals(expected, pair.client().tls.applicationProtocol());
        assertEquals(expected, pair.server().tls.applicationProtocol());
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void theHostThatAClientNamesChoosesTheCertificate(TlsWire wire, Provider provider) throws Exception {
        EvplTlsServer tls = server(provider, HOST).host("b.test", authority.issue("b.test").identity())
                .host("*.c.test", authority.issue("*.c.test").identity()).build();
        try (TlsRig rig = new TlsRig(wire, tls)) {
            EvplTlsClient client = client(provider).build();
            assertEquals("CN=b.test", rig.connect(client, "b.test").handshaken().client().peer());
            assertEquals("CN=*.c.test", rig.connect(client, "x.c.test").handshaken().client().peer());
            assertEquals("CN=a.test", rig.connect(client, HOST).handshaken().client().peer());
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void aServerThatRequiresClientsKnowsThemAndRefusesOthers(TlsWire wire, Provider provider) throws Exception {
        EvplTlsServer tls = server(provider, HOST).requireClients(authority.trust()).build();
        try (TlsRig rig = new TlsRig(wire, tls)) {
            Pair known = rig.connect(client(provider).identity(authority.issue("client-1").identity()).build(), HOST);
            assertEquals("CN=client-1", known.handshaken().server().peer());
            known.exchange();
            String none = rig.connect(client(provider).build(), HOST).server().failure().getMessage();
            assertTrue(none.contains("the client showed no certificate"), none);
            // Of the authority's name: a client shows nothing of others.
            TlsIdentity stranger = new TestAuthority("Authority").issue("client-2").identity();
            assertRefused(Reason.UNTRUSTED, "CN=Authority",
                    rig.connect(client(provider).identity(stranger).build(), HOST).server().failure());
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void sessionsAreResumedUntilAReload(TlsWire wire, Provider provider) throws Exception {
        EvplTlsServer tls = server(provider, HOST).build();
        try (TlsRig rig = new TlsRig(wire, tls)) {
            EvplTlsClient client = client(provider).build();
            assertFalse(resumed(rig.connect(client, HOST)), "first");
            assertTrue(resumed(rig.connect(client, HOST)), "second");
            client.reload(authority.trust());
            assertFalse(resumed(rig.connect(client, HOST)), "after the client's reload");
            assertTrue(resumed(rig.connect(client, HOST)), "and again");
            tls.reload(authority.issue(HOST).identity());
            assertFalse(resumed(rig.connect(client, HOST)), "after the server's reload");
        }
    }

    private static boolean resumed(Pair pair) throws Exception {
        pair.handshaken().exchange();
        boolean resumed = pair.client().tls.isResumed();
        pair.client().channel.close().sync();
        return resumed;
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void aReloadChangesNewHandshakesAndNoConnection(TlsWire wire, Provider provider) throws Exception {
        EvplTlsServer tls = server(provider, HOST).build();
        try (TlsRig rig = new TlsRig(wire, tls)) {
            EvplTlsClient client = client(provider).build();
            Pair old = rig.connect(client, HOST).handshaken();
            tls.reload(authority.issue("renewed.test", HOST).identity(), Map.of("b.test", authority.issue("b.test").identity()),
                    null);
            Pair renewed = rig.connect(client, HOST).handshaken();
            assertEquals("CN=a.test", old.client().peer());
            assertEquals("CN=renewed.test", renewed.client().peer());
            assertEquals("CN=b.test", rig.connect(client, "b.test").handshaken().client().peer());
            old.exchange();
            renewed.exchange();
        }
    }

    // ---- refusals

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    @DisplayName("L26 a certificate for another host is refused, although it is trusted")
    void aTrustedCertificateForAnotherHostIsRefused_L26(TlsWire wire, Provider provider) throws Exception {
        try (TlsRig rig = new TlsRig(wire, server(provider, HOST).build())) {
            assertRefused(Reason.WRONG_HOST, "is not for \"b.test\"",
                    rig.connect(client(provider).build(), "b.test").client().failure());
            assertRefused(Reason.WRONG_HOST, "is not for \"127.0.0.1\"",
                    rig.connect(client(provider).build(), "127.0.0.1").client().failure());
            rig.connect(client(provider).trustAnyHost().build(), "b.test").handshaken();
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void certificatesOutOfTheirTimeAreRefused(TlsWire wire, Provider provider) throws Exception {
        EvplTlsServer tls = EvplTls.server(authority.issue(Duration.ofDays(-2), Duration.ofDays(-1), HOST).identity())
                .provider(provider).build();
        try (TlsRig rig = new TlsRig(wire, tls)) {
            assertRefused(Reason.EXPIRED, " expired at ", rig.connect(client(provider).build(), HOST).client().failure());
            tls.reload(authority.issue(Duration.ofDays(1), Duration.ofDays(2), HOST).identity());
            assertRefused(Reason.NOT_YET_VALID, "is not valid before",
                    rig.connect(client(provider).build(), HOST).client().failure());
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void certificatesOfStrangersAreRefused(TlsWire wire, Provider provider) throws Exception {
        TestAuthority.Issued own = TestAuthority.selfSigned(HOST);
        EvplTlsServer tls = EvplTls.server(own.identity()).provider(provider).build();
        try (TlsRig rig = new TlsRig(wire, tls)) {
            assertRefused(Reason.SELF_SIGNED, "is self-signed, and not itself trusted",
                    rig.connect(client(provider).build(), HOST).client().failure());
            rig.connect(client(provider).trust(own.trust()).build(), HOST).handshaken();
            tls.reload(new TestAuthority("Other").issue(HOST).identity());
            assertRefused(Reason.UNTRUSTED, "is issued by CN=Other, which is not trusted",
                    rig.connect(client(provider).build(), HOST).client().failure());
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void anAuthorityThatAReloadTookAwayIsRefusedAlthoughASessionCouldBeResumed(TlsWire wire, Provider provider)
            throws Exception {
        TestAuthority other = new TestAuthority("Other");
        try (TlsRig rig = new TlsRig(wire, server(provider, HOST).build())) {
            EvplTlsClient client = EvplTls.client().provider(provider)
                    .trust(TlsTrust.of(authority.certificate, other.certificate)).build();
            Pair before = rig.connect(client, HOST).handshaken();
            before.exchange();
            client.reload(other.trust());
            assertRefused(Reason.UNTRUSTED, "is issued by CN=Authority, which is not trusted",
                    rig.connect(client, HOST).client().failure());
            before.exchange();
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndProviders")
    void aClientsAuthorityThatAReloadTookAwayIsRefusedAlthoughASessionCouldBeResumed(TlsWire wire, Provider provider)
            throws Exception {
        TlsIdentity own = authority.issue(HOST).identity();
        EvplTlsServer tls = EvplTls.server(own).provider(provider).requireClients(authority.trust()).build();
        try (TlsRig rig = new TlsRig(wire, tls)) {
            EvplTlsClient client = client(provider).identity(authority.issue("client-1").identity()).build();
            Pair before = rig.connect(client, HOST).handshaken();
            before.exchange();
            // Of the authority's name: a client shows nothing of others.
            tls.reload(own, Map.of(), new TestAuthority("Authority").trust());
            assertRefused(Reason.UNTRUSTED, "CN=client-1", rig.connect(client, HOST).server().failure());
            before.exchange();
        }
    }

    private static void assertRefused(Reason reason, String words, Throwable failure) {
        TlsRefusal refusal = TlsRefusal.in(failure);
        assertNotNull(refusal, () -> "no refusal: " + failure);
        assertEquals(reason, refusal.reason(), refusal.getMessage());
        assertTrue(failure.getMessage().contains(words), failure.getMessage());
    }

    // ---- settings

    @Test
    void whatCannotWorkIsRefusedWithAReason() throws Exception {
        assertThrows(IllegalArgumentException.class, TlsTrust::of);
        EvplTlsServer strict = EvplTls.server(authority.issue(HOST).identity()).requireClients(authority.trust()).build();
        assertThrows(NullPointerException.class, () -> strict.reload(authority.issue(HOST).identity(), Map.of(), null));
    }

    @Test
    void filesInPemAreReadAndWhatIsWrongIsNamed(@TempDir Path directory) throws Exception {
        TestAuthority.Issued issued = authority.issue(HOST);
        Path certificate = pem(directory.resolve("cert.pem"), "CERTIFICATE", issued.certificate().getEncoded());
        Path key = pem(directory.resolve("key.pem"), "PRIVATE KEY", issued.key().getEncoded());
        Path anchor = pem(directory.resolve("ca.pem"), "CERTIFICATE", authority.certificate.getEncoded());
        try (TlsRig rig = new TlsRig(TlsWire.TCP, EvplTls.server(TlsIdentity.ofPem(certificate, key)).build())) {
            rig.connect(EvplTls.client().trust(TlsTrust.ofPem(anchor)).build(), HOST).handshaken().exchange();
        }
        Path other = pem(directory.resolve("other.pem"), "PRIVATE KEY", authority.issue(HOST).key().getEncoded());
        assertNames(other, () -> TlsIdentity.ofPem(certificate, other));
        assertNames(certificate, () -> TlsIdentity.ofPem(certificate, certificate));
        assertNames(key, () -> TlsTrust.ofPem(key));
    }

    private static Path pem(Path file, String what, byte[] der) throws Exception {
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END " + what + "-----\n");
    }

    private static void assertNames(Path file, Executable reading) {
        IOException e = assertThrows(IOException.class, reading);
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }

    @Test
    void boringSslIsTheDefaultWhereItLoads() {
        assertEquals(EvplTls.boringSslUnavailabilityCause() == null ? Provider.BORINGSSL : Provider.JDK,
                EvplTls.defaultProvider());
        assertNull(EvplTls.boringSslUnavailabilityCause(), "its library is among the test dependencies");
    }
}
