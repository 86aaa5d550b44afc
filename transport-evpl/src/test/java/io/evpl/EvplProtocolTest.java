package io.evpl;

import io.evpl.EvplEndpoint.Kind;
import io.evpl.EvplProtocol.Need;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Names, what they stand for, and which is chosen. */
class EvplProtocolTest {
    private static final String LIBEVPL = "STREAM_SOCKET_TCP STREAM_IO_URING_TCP STREAM_SOCKET_TLS STREAM_SOCKET_UNIX STREAM_INPROC"
            + " DATAGRAM_INPROC DATAGRAM_SOCKET_UDP STREAM_RDMACM_RC DATAGRAM_RDMACM_RC DATAGRAM_RDMACM_UD DATAGRAM_TCP_RDMA"
            + " STREAM_XLIO_TCP";

    @Test
    @DisplayName("F1 each available protocol is a stream or sends datagrams, and is at most one of local and inproc")
    void anAvailableProtocolIsOneThing_F1() {
        int available = 0;
        for (EvplProtocol protocol : EvplProtocol.all()) {
            if (protocol.isAvailable()) {
                available++;
                assertTrue(protocol.isStream() ^ protocol.isDatagram(), protocol.name());
                assertFalse(protocol.isLocal() && protocol.isInproc(), protocol.name());
                assertEquals(protocol.endpointKind() == Kind.LOCAL, protocol.isLocal());
                assertEquals(protocol.endpointKind() == Kind.INPROC, protocol.isInproc());
            }
        }
        assertTrue(available > 0);
    }

    @Test
    @DisplayName("F1 an unavailable protocol answers false to everything, and says why")
    void anUnavailableProtocolIsNothing_F1() {
        int unavailable = 0;
        for (EvplProtocol protocol : EvplProtocol.all()) {
            if (!protocol.isAvailable()) {
                unavailable++;
                assertFalse(protocol.isStream() || protocol.isDatagram() || protocol.isConnected() || protocol.isReliable()
                        || protocol.isRdma() || protocol.isLocal() || protocol.isInproc() || protocol.isEncrypted());
                assertFalse(protocol.unavailabilityCause().getMessage().isBlank());
                for (Runnable use : List.<Runnable>of(protocol::client, protocol::server, protocol::bound,
                        () -> protocol.newGroup(1))) {
                    UnsupportedOperationException e = assertThrows(UnsupportedOperationException.class, use::run);
                    assertSame(protocol.unavailabilityCause(), e.getCause());
                    assertTrue(e.getMessage().startsWith(protocol.name() + " is unavailable: "), e.getMessage());
                }
            }
        }
        assertTrue(unavailable > 0, "RDMA and XLIO are other modules");
    }

    @Test
    @DisplayName("F2 every name of libevpl's is found, in upper and lower case")
    void namesAreFound_F2() {
        for (String name : LIBEVPL.split(" ")) {
            assertEquals(name, EvplProtocol.of(name).name());
            assertSame(EvplProtocol.of(name), EvplProtocol.of(name.toLowerCase(java.util.Locale.ROOT)));
        }
        assertEquals(Set.of(LIBEVPL.split(" ")), Set.copyOf(EvplProtocol.all().stream().map(EvplProtocol::name).toList()));
    }

    @Test
    @DisplayName("F2 an unknown name is refused with those that look like it")
    void unknownNamesAreRefusedWithProposals_F2() {
        assertUnknown("STREAM_SOCKET_TPC", "do you mean STREAM_SOCKET_TCP");
        assertUnknown("udp_", "known are STREAM_XLIO_TCP, ");
        assertUnknown("rdmacm", "STREAM_RDMACM_RC or DATAGRAM_RDMACM_RC or DATAGRAM_RDMACM_UD?");
        assertUnknown("", "known are");
        assertUnknown(null, "protocol null is not known");
        assertUnknown("x".repeat(100_000), "known are");
        assertUnknown("a\nb", "\\u000a");
    }

    private static void assertUnknown(String name, String message) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> EvplProtocol.of(name));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void missingProtocolsNameTheModuleThatHasThem() {
        assertTrue(EvplProtocol.of("STREAM_RDMACM_RC").unavailabilityCause().getMessage().contains("io.evpl:transport-rdma"));
        assertTrue(EvplProtocol.of("STREAM_XLIO_TCP").unavailabilityCause().getMessage().contains("io.evpl:transport-xlio"));
    }

    @ParameterizedTest
    @EnumSource(KnownProtocol.class)
    @DisplayName("F1 what is declared of a name agrees with the name")
    void declaredTraitsAgreeWithTheName_F1(KnownProtocol known) {
        assertEquals(known.name().startsWith("STREAM"), known.traits.contains(Need.STREAM));
        assertEquals(known.name().startsWith("DATAGRAM"), known.traits.contains(Need.DATAGRAM));
        assertEquals(known.name().endsWith("INPROC"), known.kind == Kind.INPROC);
        assertEquals(known.name().endsWith("UNIX"), known.kind == Kind.LOCAL);
        assertEquals(known.name().endsWith("TLS"), known.traits.contains(Need.ENCRYPTED));
    }

    @Test
    void theTcpNamesDifferInTheirLoops() throws Exception {
        EvplProtocol epoll = EvplProtocol.of("STREAM_SOCKET_TCP");
        assertServed(epoll, "epoll");
        EvplProtocol ring = EvplProtocol.of("STREAM_IO_URING_TCP");
        assertEquals(Backends.features().available(), ring.isAvailable());
        if (ring.isAvailable()) {
            assertServed(ring, "io_uring");
        } else {
            assertEquals(Backends.features().cause(), ring.unavailabilityCause().getMessage());
        }
        EventLoop other = new DefaultEventLoop();
        assertFalse(epoll.isServedBy(other));
        other.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
    }

    /** Channels of ours are on loops of Netty's by the configured backend, before the first socket as after. */
    @ParameterizedTest
    @EnumSource(value = ForeignHost.class, names = "EVPL", mode = EnumSource.Mode.EXCLUDE)
    void loopsOfNettysServeTheProtocolOfTheConfiguredBackend(ForeignHost host) throws Exception {
        EventLoopGroup group = host.newGroup(1);
        EventLoop loop = group.next();
        String expected = EvplProtocol.best(Kind.INET).name();
        for (int i = 0; i < 2; i++) {
            for (String name : List.of("STREAM_SOCKET_TCP", "STREAM_IO_URING_TCP")) {
                assertEquals(name.equals(expected), EvplProtocol.of(name).isServedBy(loop), name);
            }
            for (String name : List.of("DATAGRAM_SOCKET_UDP", "STREAM_SOCKET_UNIX", "STREAM_INPROC", "STREAM_SOCKET_TLS")) {
                assertTrue(EvplProtocol.of(name).isServedBy(loop), name);
            }
            assertFalse(EvplProtocol.of("STREAM_XLIO_TCP").isServedBy(loop), "unavailable");
            ForeignHost.echo(loop, 1, EvplServerSocketChannel.class, EvplSocketChannel.class);
        }
        ForeignHost.shutDown(group, 0);
    }

    private static void assertServed(EvplProtocol protocol, String backend) throws Exception {
        EvplEventLoopGroup group = protocol.newGroup(1);
        try {
            EvplEventLoop loop = (EvplEventLoop) group.next();
            assertEquals(backend, loop.backend());
            assertTrue(protocol.isServedBy(loop));
            for (String other : List.of("STREAM_SOCKET_TCP", "STREAM_IO_URING_TCP")) {
                assertEquals(other.equals(protocol.name()), EvplProtocol.of(other).isServedBy(loop));
            }
            assertInstanceOf(EvplSocketChannel.class, protocol.client().newChannel()).unsafe().closeForcibly();
            assertInstanceOf(EvplServerSocketChannel.class, protocol.server().newChannel()).unsafe().closeForcibly();
        } finally {
            assertTrue(group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).await(10_000));
        }
    }

    @Test
    void theBestTcpIsThatOfTheConfiguredBackend() {
        String backend = EvplConfig.fromSystemProperties().backend();
        String expected = switch (backend) {
            case "epoll" -> "STREAM_SOCKET_TCP";
            case "io_uring" -> "STREAM_IO_URING_TCP";
            default -> Backends.features().available() ? "STREAM_IO_URING_TCP" : "STREAM_SOCKET_TCP";
        };
        assertEquals(expected, EvplProtocol.best(Kind.INET).name());
        assertEquals(expected, EvplProtocol.best(Kind.INET, Need.STREAM, Need.RELIABLE, Need.CONNECTED).name());
    }

    @Test
    void eachKindOfEndpointHasABest() {
        assertEquals("DATAGRAM_SOCKET_UDP", EvplProtocol.best(Kind.INET, Need.DATAGRAM).name());
        assertEquals("STREAM_SOCKET_UNIX", EvplProtocol.best(Kind.LOCAL).name());
        assertEquals("STREAM_INPROC", EvplProtocol.best(Kind.INPROC).name());
        assertEquals("DATAGRAM_INPROC", EvplProtocol.best(Kind.INPROC, Need.RDMA).name());
    }

    @ParameterizedTest
    @EnumSource(KnownProtocol.class)
    void factoriesMakeChannelsThatFitTheProtocol(KnownProtocol known) {
        EvplProtocol protocol = EvplProtocol.of(known.name());
        if (!protocol.isAvailable()) {
            assertThrows(UnsupportedOperationException.class, protocol::client);
            return;
        }
        if (protocol.isConnected()) {
            protocol.client().newChannel().unsafe().closeForcibly();
            protocol.server().newChannel().unsafe().closeForcibly();
            assertThrows(UnsupportedOperationException.class, protocol::bound);
        } else {
            protocol.bound().newChannel().unsafe().closeForcibly();
            assertThrows(UnsupportedOperationException.class, protocol::server);
        }
    }

    @Test
    void whereNoneIsGoodEnoughEachSaysWhyNot() {
        UnsupportedOperationException e = assertThrows(UnsupportedOperationException.class,
                () -> EvplProtocol.best(Kind.INET, Need.STREAM, Need.RDMA));
        assertTrue(e.getMessage().contains("STREAM_SOCKET_TCP is not [RDMA]"), e.getMessage());
        assertTrue(e.getMessage().contains("STREAM_RDMACM_RC is unavailable: "), e.getMessage());
        assertTrue(e.getMessage().contains("DATAGRAM_TCP_RDMA is not [STREAM]"), e.getMessage());
        assertFalse(e.getMessage().contains("INPROC"), e.getMessage());
    }

    @Test
    void endpointsOfAnotherKindAreRefused() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> EvplProtocol.of("STREAM_SOCKET_TCP").requireEndpoint(EvplEndpoint.parse("/x")));
        assertEquals("STREAM_SOCKET_TCP takes endpoints of kind INET, and /x is LOCAL", e.getMessage());
        EvplProtocol.of("STREAM_SOCKET_TCP").requireEndpoint(EvplEndpoint.parse("x:1"));
    }

    // ---- providers

    /** Brings one of libevpl's, one of its own, and one that is there already. */
    public static final class Extra implements EvplProtocolProvider {
        @Override
        public List<EvplProtocol> protocols() {
            return List.of(EvplProtocol.builder("STREAM_RDMACM_RC").client(EvplSocketChannel::new).build(),
                    EvplProtocol.builder("DATAGRAM_CARRIER_PIGEON").traits(Kind.INET, Need.ENCRYPTED)
                            .bound(EvplSocketChannel::new).build(),
                    EvplProtocol.builder("DATAGRAM_TCP_RDMA").unavailable(new IllegalStateException("no device")).build(),
                    EvplProtocol.builder("STREAM_SOCKET_TCP").client(() -> null).build());
        }
    }

    /** Cannot be made. */
    public static final class Broken implements EvplProtocolProvider {
        public Broken() {
            throw new UnsatisfiedLinkError("libpigeon.so");
        }

        @Override
        public List<EvplProtocol> protocols() {
            return List.of();
        }
    }

    /** Fails when asked. */
    public static final class Failing implements EvplProtocolProvider {
        @Override
        public List<EvplProtocol> protocols() {
            throw new IllegalStateException("out of pigeons");
        }
    }

    /** Gives nothing, not even a list. */
    public static final class Null implements EvplProtocolProvider {
        @Override
        public List<EvplProtocol> protocols() {
            return null;
        }
    }

    private static ProtocolRegistry registryOf(Path directory, String... classNames) throws Exception {
        Path file = directory.resolve("META-INF/services/" + EvplProtocolProvider.class.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, List.of(classNames));
        URL[] urls = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, EvplProtocolTest.class.getClassLoader())) {
            return ProtocolRegistry.load(ServiceLoader.load(EvplProtocolProvider.class, loader));
        }
    }

    @Test
    void providersBringTheirs(@TempDir Path directory) throws Exception {
        ProtocolRegistry registry = registryOf(directory, Extra.class.getName());
        EvplProtocol rdma = registry.find("STREAM_RDMACM_RC");
        assertTrue(rdma.isAvailable() && rdma.isRdma() && rdma.isStream() && rdma.isReliable());
        assertSame(rdma, registry.best(Kind.INET, EnumSet.of(Need.STREAM, Need.RDMA)));
        assertTrue(registry.best(Kind.INET, EnumSet.of(Need.STREAM)).name().endsWith("_TCP"), "plain TCP comes first");
        EvplProtocol pigeon = registry.find("datagram_carrier_pigeon");
        assertTrue(pigeon.isDatagram() && pigeon.isEncrypted() && !pigeon.isStream());
        assertSame(pigeon, registry.best(Kind.INET, EnumSet.of(Need.DATAGRAM, Need.ENCRYPTED)));
        assertThrows(UnsupportedOperationException.class, pigeon::server);
        assertEquals("no device", registry.find("DATAGRAM_TCP_RDMA").unavailabilityCause().getMessage());
        assertInstanceOf(EvplServerSocketChannel.class, registry.find("STREAM_SOCKET_TCP").server().newChannel())
                .unsafe().closeForcibly();
    }

    @Test
    void brokenProvidersAreNamedAndHarmNoOther(@TempDir Path directory) throws Exception {
        ProtocolRegistry registry = registryOf(directory, Broken.class.getName(), Failing.class.getName(), Null.class.getName(),
                "io.evpl.NoSuchProvider", Extra.class.getName());
        assertTrue(registry.find("STREAM_RDMACM_RC").isAvailable());
        assertTrue(registry.find("STREAM_SOCKET_TCP").isAvailable());
        Throwable cause = registry.find("STREAM_XLIO_TCP").unavailabilityCause();
        assertTrue(cause.getMessage().contains("out of pigeons"), cause.getMessage());
        assertTrue(cause.getMessage().contains("NoSuchProvider"), cause.getMessage());
        assertEquals(4, cause.getSuppressed().length);
    }

    @Test
    void whatAProviderSaysIsChecked() {
        assertThrows(IllegalArgumentException.class, () -> EvplProtocol.builder("TCP"));
        assertThrows(IllegalArgumentException.class, () -> EvplProtocol.builder("STREAM_tcp"));
        assertThrows(IllegalArgumentException.class, () -> EvplProtocol.builder(null));
        assertThrows(IllegalArgumentException.class, () -> EvplProtocol.builder("STREAM_X").traits(Kind.INET, Need.DATAGRAM));
        assertThrows(IllegalArgumentException.class, () -> EvplProtocol.builder("STREAM_X").build());
        assertThrows(IllegalArgumentException.class, () -> EvplProtocol.builder("STREAM_X").traits(Kind.INET).build());
        assertThrows(IllegalArgumentException.class, () -> EvplProtocol.builder("STREAM_SOCKET_TCP").traits(Kind.INPROC));
    }
}
