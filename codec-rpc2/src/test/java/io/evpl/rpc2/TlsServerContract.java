package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.rpc2.tls.RpcTlsServer;
import io.evpl.rpc2.tls.RpcTlsServer.Policy;
import io.evpl.rpc2.tls.RpcTlsSession;
import io.evpl.xdr.XdrCodec;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** RFC 9289 at a server, against raw bytes and the JDK's TLS sockets. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class TlsServerContract {
    private static final int XID = 0x7e57_0001;
    private static final byte[] TOO_WEAK = Wire.denied(XID, 1, 5);
    private static final byte[] BAD_CREDENTIAL = Wire.denied(XID, 1, 1);
    private static final RpcProcedure<Void, String> WHO = new RpcProcedure<>(Echo.PROGRAM, 2, 1, "WHO", XdrCodec.VOID,
            XdrCodec.string(1000));
    private static final RpcProcedure<Void, Void> LATER = new RpcProcedure<>(Echo.PROGRAM, 2, 2, "LATER", XdrCodec.VOID, XdrCodec.VOID);

    private final BlockingQueue<RpcCall<Void>> open = new LinkedBlockingQueue<>();
    private final BlockingQueue<CloseCause> ended = new LinkedBlockingQueue<>();
    private final List<RpcServer> servers = new ArrayList<>();
    private EventLoopGroup group;
    private TlsAuthority authority;
    private TlsAuthority stranger;
    private TlsAuthority.Issued own;

    abstract TestTransport transport();

    abstract SslProvider provider();

    @BeforeAll
    void start() throws Exception {
        group = transport().newGroup(1);
        authority = new TlsAuthority("Authority");
        stranger = new TlsAuthority("Stranger");
        own = authority.issue("localhost");
    }

    @AfterEach
    void closeServers() throws Exception {
        for (RpcServer server : servers) {
            server.close(0).toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
        servers.clear();
        ended.clear();
        open.clear();
    }

    @AfterAll
    void stop() {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private RpcTlsServer.Builder tls(Policy policy) {
        return RpcTlsServer.builder(authority.server(own, provider())).policy(policy);
    }

    private InetSocketAddress serve(RpcTlsServer.Builder tls) throws Exception {
        return serve(tls, RpcListener.NONE);
    }

    private InetSocketAddress serve(RpcTlsServer.Builder tls, RpcListener listener) throws Exception {
        RpcProgram more = RpcProgram.builder(Echo.PROGRAM, 2, "MORE").procedure(WHO, (_, call) -> call.reply(who(call)))
                .procedure(LATER, (_, call) -> open.add(call)).build();
        RpcListener both = new RpcListener() {
            @Override
            public void connected(RpcConnection connection) {
                listener.connected(connection);
            }

            @Override
            public void disconnected(RpcConnection connection, CloseCause cause) {
                ended.add(cause);
            }
        };
        RpcServer server = RpcServer.builder().group(group).channel(transport().serverType()).program(Echo.program()).program(more)
                .listener(both).tls(tls.build()).build();
        servers.add(server);
        return (InetSocketAddress) server.bind(TestTransport.ANY_PORT).syncUninterruptibly().channel().localAddress();
    }

    private static String who(RpcCall<?> call) {
        RpcTlsSession session = RpcTlsSession.of(call);
        if (session == null) {
            return "in the clear";
        }
        return session.ssl().getProtocol() + " " + (session.peerCertificate() == null ? "nobody"
                : session.peerCertificate().getSubjectX500Principal().getName());
    }

    private static byte[] whoCall() {
        return Wire.call(XID).version(2).procedure(1).bytes();
    }

    private static byte[] whoReply(String who) {
        return Wire.success(XID, new Wire().string(who).bytes());
    }

    private CloseCause end() throws InterruptedException {
        CloseCause cause = ended.poll(20, TimeUnit.SECONDS);
        assertNotNull(cause, "the connection should have ended");
        return cause;
    }

    // ---- the way to TLS -----------------------------------------------------------------------------------------------

    @Test
    void aProbeIsAnsweredWithStarttlsAndCallsAreServedWithinTls() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.REQUIRED))).start(authority.jdk(null))) {
            assertEquals("sunrpc", peer.applicationProtocol());
            for (Echo.Target target : Echo.Target.values()) {
                peer.sendRecord(target.call(XID).bytes());
                peer.expect(Wire.success(XID, target.arguments));
            }
            byte[] large = new Wire().opaque(Wire.pattern(300_000)).bytes();
            peer.send(Wire.record(Wire.call(XID).procedure(5).arguments(large).bytes(), 7));
            peer.expect(Wire.success(XID, large));
        }
    }

    @Test
    void handlersSeeTheClientsCertificateIfItHasShownOne() throws Exception {
        InetSocketAddress address = serve(tls(Policy.OFFERED));
        try (TlsPeer peer = TlsPeer.connect(address).start(authority.jdk(authority.issue("client.test")))) {
            peer.sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 CN=client.test"));
        }
        try (TlsPeer peer = TlsPeer.connect(address).start(authority.jdk(null))) {
            peer.sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 nobody"));
        }
        try (TlsPeer peer = TlsPeer.connect(address)) {
            peer.sendRecord(whoCall());
            peer.expect(whoReply("in the clear"));
        }
    }

    @Test
    void aClientMustShowACertificateWhereThatIsDemanded() throws Exception {
        InetSocketAddress address = serve(tls(Policy.REQUIRED).clients(ClientAuth.REQUIRE));
        try (TlsPeer peer = TlsPeer.connect(address).start(authority.jdk(authority.issue("client.test")))) {
            peer.sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 CN=client.test"));
        }
        end();
        try (TlsPeer peer = TlsPeer.connect(address)) {
            refusedWithin(peer, authority.jdk(null));
        }
        assertEquals(CloseCause.Kind.SECURITY, end().kind());
    }

    @Test
    void aCertificateOfAStrangerIsRefusedThoughNoneWouldBeTaken() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED)))) {
            TlsAuthority.Issued bad = stranger.issue("client.test");
            refusedWithin(peer, authority.jdk(bad));
        }
        assertEquals(CloseCause.Kind.SECURITY, end().kind());
    }

    /** With TLS 1.3 the client is through its handshake before it hears that it is refused. */
    private static void refusedWithin(TlsPeer peer, SSLContext context) throws IOException {
        try {
            peer.start(context).sendRecord(whoCall());
        } catch (IOException e) {
            return;
        }
        peer.expectEnd();
    }

    @Test
    void serversWithoutTlsAndWithTheirPolicyOffRefuseTheFlavor() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFF)))) {
            peer.sendRecord(TlsPeer.probe(XID).bytes());
            peer.expect(Wire.denied(XID, 1, 2));
            peer.sendRecord(whoCall());
            peer.expect(whoReply("in the clear"));
        }
    }

    @Test
    void inTheClearOnlyTheProbeIsServedWhereTlsIsRequired() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.REQUIRED)))) {
            for (int flavor : new int[] {0, 1, 6, 99}) {
                peer.sendRecord(Wire.call(XID).credential(flavor, Wire.EMPTY).bytes());
                peer.expect(TOO_WEAK);
                peer.sendRecord(Wire.call(XID).credential(flavor, Wire.EMPTY).version(2).procedure(2).bytes());
                peer.expect(TOO_WEAK);
            }
            peer.sendRecord(Wire.call(XID).rpcVersion(3).bytes());
            peer.expect(Wire.denied(XID, 0, 2, 2));
            peer.sendRecord(Wire.success(XID, Wire.EMPTY));
            for (int bytes : new int[] {8, 12, 27}) {
                peer.sendRecord(Arrays.copyOf(whoCall(), bytes));
                peer.expect(BAD_CREDENTIAL);
            }
            assertEquals(0, open.size());
            peer.start(authority.jdk(null)).sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 nobody"));
        }
    }

    // ---- probes that are none -----------------------------------------------------------------------------------------

    @Test
    void theFlavorOnAnotherProcedureIsABadCredential() throws Exception {
        for (Policy policy : new Policy[] {Policy.OFFERED, Policy.REQUIRED}) {
            try (TlsPeer peer = TlsPeer.connect(serve(tls(policy)))) {
                peer.sendRecord(TlsPeer.probe(XID).procedure(1).bytes());
                peer.expect(BAD_CREDENTIAL);
                peer.sendRecord(TlsPeer.probe(XID).credential(TlsPeer.AUTH_TLS, new byte[4]).bytes());
                peer.expect(BAD_CREDENTIAL);
                byte[] verifier = Wire.of(XID, 0, 2, Echo.PROGRAM, 1, 0, TlsPeer.AUTH_TLS, 0, 1, 0).bytes();
                peer.sendRecord(verifier);
                peer.expect(Wire.denied(XID, 1, 3));
                peer.start(authority.jdk(null)).sendRecord(whoCall());
                peer.expect(whoReply("TLSv1.3 nobody"));
            }
        }
    }

    @Test
    void aSecondProbeWithinTlsIsABadCredential() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED))).start(authority.jdk(null))) {
            peer.sendRecord(TlsPeer.probe(XID).bytes());
            peer.expect(BAD_CREDENTIAL);
            peer.sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 nobody"));
        }
    }

    // ---- what comes in the clear behind the probe ---------------------------------------------------------------------

    @Test
    void bytesBehindTheProbeAreNeverServedAndEndTheConnection() throws Exception {
        byte[] injected = Wire.record(whoCall());
        for (int bytes : new int[] {1, 3, 4, 17, injected.length}) {
            try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED)))) {
                peer.send(Wire.concat(Wire.record(TlsPeer.probe(XID).bytes()), Arrays.copyOf(injected, bytes)));
                peer.expectEnd();
            }
            assertEquals(CloseCause.Kind.SECURITY, end().kind());
        }
    }

    @Test
    void bytesBetweenTheAnswerAndTheHandshakeAreNeverServedAndEndTheConnection() throws Exception {
        for (Policy policy : new Policy[] {Policy.OFFERED, Policy.REQUIRED}) {
            try (TlsPeer peer = TlsPeer.connect(serve(tls(policy)))) {
                peer.sendRecord(TlsPeer.probe(XID).bytes());
                peer.expect(TlsPeer.starttls(XID));
                peer.sendRecord(whoCall());
                peer.expectNoRecord();
            }
            assertEquals(CloseCause.Kind.SECURITY, end().kind());
        }
    }

    // ---- calls that are open ------------------------------------------------------------------------------------------

    @Test
    void callsThatCameBeforeTheProbeAreAnsweredInTheClearBeforeItIs() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED)))) {
            byte[] later = Wire.call(1).version(2).procedure(2).bytes();
            peer.send(Wire.concat(Wire.record(whoCall()), Wire.record(later), Wire.record(Wire.call(2).bytes()),
                    Wire.record(TlsPeer.probe(3).bytes())));
            peer.expect(whoReply("in the clear"));
            peer.expect(Wire.success(2, Wire.EMPTY));
            RpcCall<Void> call = open.poll(20, TimeUnit.SECONDS);
            assertNull(RpcTlsSession.of(call));
            call.reply(null);
            peer.expect(Wire.success(1, Wire.EMPTY));
            peer.expect(TlsPeer.starttls(3));
            peer.handshake(authority.jdk(null), true, "TLSv1.3", "sunrpc").sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 nobody"));
        }
    }

    @Test
    void whatComesWhileTheProbeWaitsForOpenCallsEndsTheConnection() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED)))) {
            peer.sendRecord(Wire.call(1).version(2).procedure(2).bytes());
            RpcCall<Void> call = open.poll(20, TimeUnit.SECONDS);
            peer.sendRecord(TlsPeer.probe(3).bytes());
            peer.sendRecord(whoCall());
            peer.expectEnd();
            assertEquals(CloseCause.Kind.SECURITY, end().kind());
            assertEquals(false, call.reply(null));
        }
    }

    @Test
    void aProbeWhoseHandshakeNeverComesEndsTheConnection() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED).handshakeTimeoutNs(TimeUnit.MILLISECONDS.toNanos(50))))) {
            peer.sendRecord(TlsPeer.probe(XID).bytes());
            peer.expect(TlsPeer.starttls(XID));
            peer.expectEnd();
        }
        assertEquals(CloseCause.Kind.SECURITY, end().kind());
    }

    @Test
    void callsBackWaitForTlsWhereItIsRequired() throws Exception {
        RpcListener caller = new RpcListener() {
            @Override
            public void connected(RpcConnection connection) {
                connection.call(Echo.NULL, null, CallOptions.DEFAULT.withXid(77));
            }
        };
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.REQUIRED), caller))) {
            peer.sendRecord(whoCall());
            peer.expect(TOO_WEAK);
            peer.start(authority.jdk(null));
            peer.expect(Wire.call(77).bytes());
            peer.sendRecord(Wire.success(77, Wire.EMPTY));
            peer.sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 nobody"));
        }
    }

    @Test
    void aServerThatRequiresTlsClosesThoughCallsBackWait() throws Exception {
        BlockingQueue<RpcFuture<Void>> calls = new LinkedBlockingQueue<>();
        RpcListener caller = new RpcListener() {
            @Override
            public void connected(RpcConnection connection) {
                calls.add(connection.call(Echo.NULL, null));
            }
        };
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.REQUIRED), caller))) {
            RpcFuture<Void> call = calls.poll(20, TimeUnit.SECONDS);
            closeServers();
            peer.expectEnd();
            assertEquals(true, call.isCompletedExceptionally());
        }
    }

    // ---- handshakes that RFC 9289 forbids -----------------------------------------------------------------------------

    @Test
    void anotherApplicationProtocolOrNoneEndsTheConnection() throws Exception {
        for (String[] protocols : new String[][] {{}, {"h2"}, {"nfs", "http/1.1"}}) {
            try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED)))) {
                peer.sendRecord(TlsPeer.probe(XID).bytes());
                peer.expect(TlsPeer.starttls(XID));
                try {
                    peer.handshake(authority.jdk(null), true, "TLSv1.3", protocols).sendRecord(whoCall());
                    peer.expectEnd();
                } catch (IOException e) {
                    // refused within the handshake
                }
            }
            assertEquals(CloseCause.Kind.SECURITY, end().kind());
        }
    }

    @Test
    void anEarlierVersionOfTlsIsRefused() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED)))) {
            peer.sendRecord(TlsPeer.probe(XID).bytes());
            peer.expect(TlsPeer.starttls(XID));
            assertThrows(IOException.class, () -> peer.handshake(authority.jdk(null), true, "TLSv1.2", "sunrpc"));
        }
        assertEquals(CloseCause.Kind.SECURITY, end().kind());
    }

    @Test
    void anyProgramOfAProbeWillDo() throws Exception {
        try (TlsPeer peer = TlsPeer.connect(serve(tls(Policy.OFFERED)))) {
            peer.sendRecord(TlsPeer.probe(XID).program(100_000).version(4).bytes());
            peer.expect(TlsPeer.starttls(XID));
            peer.handshake(authority.jdk(null), true, "TLSv1.3", "h2", "sunrpc").sendRecord(whoCall());
            peer.expect(whoReply("TLSv1.3 nobody"));
            assertEquals("sunrpc", peer.applicationProtocol());
        }
    }
}
