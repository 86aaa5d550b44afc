package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.tls.RpcTlsClient;
import io.evpl.rpc2.tls.RpcTlsClient.Policy;
import io.evpl.rpc2.tls.RpcTlsException;
import io.evpl.rpc2.tls.RpcTlsServer;
import io.evpl.rpc2.tls.RpcTlsSession;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** RFC 9289 at a client, against raw bytes, the JDK's TLS sockets, and our own server. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class TlsClientContract {
    private static final int XID = 0x7e57_0001;
    private static final CallOptions WITH_XID = CallOptions.DEFAULT.withXid(XID);

    private final List<RpcConnection> connections = new ArrayList<>();
    private EventLoopGroup group;
    private TlsAuthority authority;
    private TlsAuthority.Issued own;
    private ServerSocket listening;

    abstract TestTransport transport();

    abstract SslProvider provider();

    @BeforeAll
    void start() throws Exception {
        group = transport().newGroup(1);
        authority = new TlsAuthority("Authority");
        own = authority.issue("localhost");
        listening = new ServerSocket(0, 16, InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}));
    }

    @AfterEach
    void closeConnections() throws Exception {
        for (RpcConnection connection : connections) {
            connection.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
        connections.clear();
    }

    @AfterAll
    void stop() throws IOException {
        listening.close();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private RpcTlsClient.Builder tls(Policy policy) {
        return tls(authority.client(null, provider()), policy).serverName("localhost");
    }

    private static RpcTlsClient.Builder tls(SslContextBuilder ssl, Policy policy) {
        return RpcTlsClient.builder(ssl, Echo.PROGRAM, Echo.VERSION).policy(policy);
    }

    private RpcConnection connect(RpcTlsClient.Builder tls) throws Exception {
        return connect(tls, new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort()));
    }

    private RpcConnection connect(RpcTlsClient.Builder tls, InetSocketAddress address) throws Exception {
        RpcConfig config = RpcConfig.builder().program(Echo.program()).tls(tls.build()).build();
        RpcConnection connection = RpcConnection.connect(transport().bootstrap(group), config, address);
        connections.add(connection);
        return connection;
    }

    private static <T> T get(RpcFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static RpcTlsException refused(RpcFuture<?> future) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        return assertInstanceOf(RpcTlsException.class, e.getCause());
    }

    private static void assertSays(String part, RpcTlsException e) {
        assertTrue(e.getMessage().contains(part), e::getMessage);
    }

    // ---- the way to TLS -----------------------------------------------------------------------------------------------

    @Test
    void callsWaitForTlsAndNothingButTheProbeIsSentInTheClear() throws Exception {
        RpcConnection connection = connect(tls(Policy.REQUIRED));
        RpcFuture<String> call = connection.call(Echo.TEXT, "secret", WITH_XID);
        try (TlsPeer peer = TlsPeer.accept(listening)) {
            peer.sendRecord(TlsPeer.starttls(peer.readProbe()));
            peer.handshake(authority.jdk(own), false, "TLSv1.3", "sunrpc");
            peer.expect(Wire.call(XID).procedure(6).arguments(new Wire().string("secret").bytes()).bytes());
            peer.sendRecord(Wire.success(XID, new Wire().string("known").bytes()));
            assertEquals("known", get(call));
            assertEquals("CN=localhost", RpcTlsSession.of(connection).peerCertificate().getSubjectX500Principal().getName());
        }
    }

    @Test
    void theProbesAcceptStatDoesNotMatter() throws Exception {
        RpcFuture<Void> call = connect(tls(Policy.REQUIRED)).call(Echo.NULL, null, WITH_XID);
        try (TlsPeer peer = TlsPeer.accept(listening)) {
            peer.sendRecord(TlsPeer.starttls(peer.readProbe(), 1));
            peer.handshake(authority.jdk(own), false, "TLSv1.3", "sunrpc");
            peer.expect(Wire.call(XID).bytes());
            peer.sendRecord(Wire.success(XID, Wire.EMPTY));
            assertNull(get(call));
        }
    }

    @Test
    void ourServerAndOurClientKnowEachOther() throws Exception {
        RpcTlsServer tls = RpcTlsServer.builder(authority.server(own, provider())).policy(RpcTlsServer.Policy.REQUIRED)
                .clients(ClientAuth.REQUIRE).build();
        List<RpcTlsSession> seen = new ArrayList<>();
        RpcProgram program = RpcProgram.builder(Echo.PROGRAM, Echo.VERSION, "ECHO").procedure(Echo.TEXT, (text, call) -> {
            seen.add(RpcTlsSession.of(call));
            call.connection().call(Echo.TEXT, text).thenAccept(back -> call.reply(back + " back"));
        }).build();
        RpcServer server = RpcServer.builder().group(group).channel(transport().serverType()).program(program).tls(tls).build();
        InetSocketAddress address = (InetSocketAddress) server.bind(TestTransport.ANY_PORT).sync().channel().localAddress();
        SslContextBuilder mutual = authority.client(authority.issue("client.test"), provider());
        RpcConnection connection = connect(tls(mutual, Policy.REQUIRED).serverName("localhost"), address);
        assertEquals("there and back", get(connection.call(Echo.TEXT, "there and")));
        assertEquals("CN=client.test", seen.getFirst().peerCertificate().getSubjectX500Principal().getName());
        assertEquals("TLSv1.3", RpcTlsSession.of(connection).ssl().getProtocol());

        RpcConnection nobody = connect(tls(Policy.REQUIRED), address);
        assertSays("TLS with localhost failed", refused(nobody.call(Echo.TEXT, "let me in")));
        RpcConnection clear = connect(tls(Policy.NEVER), address);
        ExecutionException e = assertThrows(ExecutionException.class, () -> get(clear.call(Echo.TEXT, "let me in")));
        assertEquals(AuthStat.AUTH_TOOWEAK, assertInstanceOf(AuthException.class, e.getCause()).stat());
        assertEquals(1, seen.size());
        server.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    // ---- servers without TLS ------------------------------------------------------------------------------------------

    @Test
    void aServerThatRefusesEndsTheConnectionWhereTlsIsRequired() throws Exception {
        byte[][] answers = {Wire.of(1, 1, 1, 2).bytes(), Wire.of(1, 0, 0, 0, 0, 0).bytes(),
                Wire.of(1, 0, 0, 0, 0).bytes(), Wire.of(1, 0, 7, 0, 0).bytes(), Wire.of(1, 0, 0).opaque("STARTTLT".getBytes()).words(0)
                .bytes(), Wire.of(1, 0, 0).opaque("STARTTLS\0\0\0\0".getBytes()).words(0).bytes(),
                Wire.of(1, 0, 1).opaque("STARTTLS".getBytes()).words(0).bytes(), Wire.of(1, 1, 0, 2, 2).bytes(), Wire.of(1, 1).bytes()};
        for (byte[] answer : answers) {
            RpcConnection connection = connect(tls(Policy.REQUIRED));
            RpcFuture<Void> call = connection.call(Echo.NULL, null);
            try (TlsPeer peer = TlsPeer.accept(listening)) {
                int xid = peer.readProbe();
                peer.sendRecord(Wire.of(xid).raw(answer).bytes());
                peer.expectEnd();
            }
            RpcTlsException e = refused(call);
            assertSays("does no TLS", e);
            assertSays("OPPORTUNISTIC", e);
            assertEquals(answer == answers[0] ? AuthStat.AUTH_REJECTEDCRED : AuthStat.AUTH_FAILED, e.stat());
            assertEquals(CloseCause.Kind.SECURITY, connection.closed().toCompletableFuture().get(20, TimeUnit.SECONDS).kind());
            assertThrows(ExecutionException.class, () -> connection.connected().toCompletableFuture().get());
        }
    }

    @Test
    void aServerThatRefusesIsCalledInTheClearByAClientThatTakesIt() throws Exception {
        for (byte[] answer : new byte[][] {Wire.of(1, 1, 1, 2).bytes(), Wire.of(1, 0, 0, 0, 0).bytes()}) {
            RpcConnection connection = connect(tls(Policy.OPPORTUNISTIC));
            RpcFuture<Void> call = connection.call(Echo.NULL, null, WITH_XID);
            try (TlsPeer peer = TlsPeer.accept(listening)) {
                peer.sendRecord(Wire.of(peer.readProbe()).raw(answer).bytes());
                peer.expect(Wire.call(XID).bytes());
                peer.sendRecord(Wire.success(XID, Wire.EMPTY));
                assertNull(get(call));
                assertNull(RpcTlsSession.of(connection));
                // and it serves, too
                peer.sendRecord(Echo.Target.CHOICE.call(5).bytes());
                peer.expect(Wire.success(5, Echo.Target.CHOICE.arguments));
            }
        }
    }

    @Test
    void aClientThatNeverAsksCallsAtOnce() throws Exception {
        RpcFuture<Void> call = connect(tls(Policy.NEVER)).call(Echo.NULL, null, WITH_XID);
        try (TlsPeer peer = TlsPeer.accept(listening)) {
            peer.expect(Wire.call(XID).bytes());
            peer.sendRecord(Wire.success(XID, Wire.EMPTY));
            assertNull(get(call));
        }
    }

    @Test
    void aServerThatClosesOrIsSilentFailsCallsWithAReason() throws Exception {
        for (Policy policy : new Policy[] {Policy.OPPORTUNISTIC, Policy.REQUIRED}) {
            RpcFuture<Void> call = connect(tls(policy)).call(Echo.NULL, null);
            try (TlsPeer peer = TlsPeer.accept(listening)) {
                peer.readProbe();
            }
            assertSays("at the probe for TLS", refused(call));
            RpcFuture<Void> second = connect(tls(policy).handshakeTimeoutNs(TimeUnit.MILLISECONDS.toNanos(50))).call(Echo.NULL, null);
            try (TlsPeer peer = TlsPeer.accept(listening)) {
                peer.readProbe();
                peer.expectEnd();
            }
            assertSays("after 50 ms", refused(second));
        }
    }

    // ---- what comes in the clear --------------------------------------------------------------------------------------

    @Test
    void bytesBehindTheAnswerAreNeverTakenForTheServersAndEndTheConnection() throws Exception {
        for (Policy policy : new Policy[] {Policy.OPPORTUNISTIC, Policy.REQUIRED}) {
            byte[] injected = Wire.record(Wire.success(XID, Wire.EMPTY));
            for (int bytes : new int[] {1, 4, 9, injected.length}) {
                RpcFuture<Void> call = connect(tls(policy)).call(Echo.NULL, null, WITH_XID);
                try (TlsPeer peer = TlsPeer.accept(listening)) {
                    byte[] answer = Wire.record(TlsPeer.starttls(peer.readProbe()));
                    peer.send(Wire.concat(answer, Arrays.copyOf(injected, bytes)));
                    peer.expectEnd();
                }
                assertSays("in the clear", refused(call));
            }
        }
    }

    @Test
    void whateverElseComesBeforeTheAnswerEndsTheConnection() throws Exception {
        for (byte[] message : new byte[][] {Wire.call(9).bytes(), Wire.success(XID, Wire.EMPTY), new byte[4]}) {
            RpcFuture<Void> call = connect(tls(Policy.OPPORTUNISTIC)).call(Echo.NULL, null, WITH_XID);
            try (TlsPeer peer = TlsPeer.accept(listening)) {
                peer.readProbe();
                peer.sendRecord(message);
                peer.expectEnd();
            }
            assertSays("in the clear", refused(call));
        }
    }

    @Test
    void aReplyInTheClearInPlaceOfTheHandshakeIsNoReply() throws Exception {
        RpcFuture<Void> call = connect(tls(Policy.OPPORTUNISTIC)).call(Echo.NULL, null, WITH_XID);
        try (TlsPeer peer = TlsPeer.accept(listening)) {
            peer.sendRecord(TlsPeer.starttls(peer.readProbe()));
            peer.readClientHello();
            peer.sendRecord(Wire.success(XID, Wire.EMPTY));
            assertSays("TLS with localhost failed", refused(call));
        }
    }

    // ---- handshakes that are refused ----------------------------------------------------------------------------------

    private RpcTlsException failsWith(RpcTlsClient.Builder tls, TlsAuthority.Issued shown, TlsAuthority by, String version,
            String... protocols) throws Exception {
        RpcFuture<Void> call = connect(tls).call(Echo.NULL, null, WITH_XID);
        try (TlsPeer peer = TlsPeer.accept(listening)) {
            peer.sendRecord(TlsPeer.starttls(peer.readProbe()));
            try {
                peer.handshake(by.jdk(shown), false, version, protocols);
                peer.expectEnd();
            } catch (IOException e) {
                // refused within the handshake
            }
            return refused(call);
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefusedUnlessAnyWillDo() throws Exception {
        TlsAuthority.Issued other = authority.issue("other.test");
        assertSays("localhost", failsWith(tls(Policy.OPPORTUNISTIC), other, authority, "TLSv1.3", "sunrpc"));
        RpcFuture<Void> call = connect(tls(Policy.REQUIRED).anyServerName()).call(Echo.NULL, null, WITH_XID);
        try (TlsPeer peer = TlsPeer.accept(listening)) {
            peer.sendRecord(TlsPeer.starttls(peer.readProbe()));
            peer.handshake(authority.jdk(other), false, "TLSv1.3", "sunrpc").expect(Wire.call(XID).bytes());
            peer.sendRecord(Wire.success(XID, Wire.EMPTY));
            assertNull(get(call));
        }
    }

    /** By name or by address, as it was connected to, without anything being said. */
    @Test
    void theNameThatWasConnectedToIsChecked() throws Exception {
        int port = listening.getLocalPort();
        InetSocketAddress byName = InetSocketAddress.createUnresolved("localhost", port);
        InetSocketAddress byAddress = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        TlsAuthority.Issued address = authority.issue("127.0.0.1");
        for (boolean named : new boolean[] {true, false}) {
            RpcTlsClient.Builder tls = tls(authority.client(null, provider()), Policy.REQUIRED);
            RpcFuture<Void> call = connect(tls, named ? byName : byAddress).call(Echo.NULL, null, WITH_XID);
            try (TlsPeer peer = TlsPeer.accept(listening)) {
                peer.sendRecord(TlsPeer.starttls(peer.readProbe()));
                peer.handshake(authority.jdk(named ? own : address), false, "TLSv1.3", "sunrpc").expect(Wire.call(XID).bytes());
                peer.sendRecord(Wire.success(XID, Wire.EMPTY));
                assertNull(get(call));
            }
            RpcFuture<Void> wrong = connect(tls, named ? byName : byAddress).call(Echo.NULL, null);
            try (TlsPeer peer = TlsPeer.accept(listening)) {
                peer.sendRecord(TlsPeer.starttls(peer.readProbe()));
                assertThrows(IOException.class, () -> {
                    peer.handshake(authority.jdk(named ? address : own), false, "TLSv1.3", "sunrpc");
                    peer.readRecord();
                });
            }
            assertSays(named ? "localhost" : "127.0.0.1", refused(wrong));
        }
    }

    @Test
    void aWildcardIsRefused() throws Exception {
        RpcTlsClient.Builder tls = tls(authority.client(null, provider()), Policy.REQUIRED).serverName("nfs.example.org");
        assertSays("wildcard", failsWith(tls, authority.issue("*.example.org"), authority, "TLSv1.3", "sunrpc"));
    }

    @Test
    void aServerOfAnUnknownAuthorityIsRefusedAndNeverCalledInTheClear() throws Exception {
        TlsAuthority stranger = new TlsAuthority("Stranger");
        for (Policy policy : new Policy[] {Policy.OPPORTUNISTIC, Policy.REQUIRED}) {
            RpcTlsException e = failsWith(tls(policy), stranger.issue("localhost"), stranger, "TLSv1.3", "sunrpc");
            assertSays("TLS with localhost failed", e);
            assertNotNull(e.getCause());
        }
    }

    @Test
    void anotherApplicationProtocolOrNoneIsRefused() throws Exception {
        assertSays("sunrpc", failsWith(tls(Policy.OPPORTUNISTIC), own, authority, "TLSv1.3"));
        assertFalse(failsWith(tls(Policy.OPPORTUNISTIC), own, authority, "TLSv1.3", "h2").getMessage().isEmpty());
    }

    @Test
    void anEarlierVersionOfTlsIsRefused() throws Exception {
        assertSays("TLS with localhost failed", failsWith(tls(Policy.OPPORTUNISTIC), own, authority, "TLSv1.2", "sunrpc"));
    }

    @Test
    void aSecondProbeFromTheServerIsABadCredential() throws Exception {
        connect(tls(Policy.REQUIRED));
        try (TlsPeer peer = TlsPeer.accept(listening)) {
            peer.sendRecord(TlsPeer.starttls(peer.readProbe()));
            peer.handshake(authority.jdk(own), false, "TLSv1.3", "sunrpc").sendRecord(TlsPeer.probe(9).bytes());
            peer.expect(Wire.denied(9, 1, 1));
            peer.sendRecord(Echo.Target.CHOICE.call(5).bytes());
            peer.expect(Wire.success(5, Echo.Target.CHOICE.arguments));
        }
    }

    @Test
    void contextsThatDoNotFitAreRefusedWithWhatToDo() throws Exception {
        SslContextBuilder server = authority.server(own, provider());
        IllegalArgumentException noProtocol = assertThrows(IllegalArgumentException.class, () -> RpcTlsServer.builder(server.build()));
        assertTrue(noProtocol.getMessage().contains("sunrpc"), noProtocol.getMessage());
        IllegalArgumentException other = assertThrows(IllegalArgumentException.class,
                () -> RpcTlsClient.builder(server.build(), Echo.PROGRAM, 1));
        assertTrue(other.getMessage().contains("forClient"), other.getMessage());
        assertThrows(IllegalArgumentException.class, () -> tls(Policy.REQUIRED).handshakeTimeoutNs(0));
    }
}
