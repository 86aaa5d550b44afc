package io.evpl.rpc2.gss;

import static io.evpl.rpc2.gss.EchoService.call;
import static io.evpl.rpc2.gss.EchoService.failure;
import static io.evpl.rpc2.gss.EchoService.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.RpcFuture;
import io.evpl.rpc2.auth.ProtectionException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Our client and our server with a real KDC between them. */
@TestInstance(Lifecycle.PER_CLASS)
class KerberosTest {
    private static final String TARGET = "nfs@localhost";

    /** Behind the token's length: it has bits that mean nothing, and the JDK does not look at them. RFC 4121, section 4.2.6.2. */
    private static final Set<Integer> TOKEN_HEADER = IntStream.range(4, 20).boxed().collect(Collectors.toSet());

    private final BlockingQueue<GssException> refusals = new LinkedBlockingQueue<>();
    private final AtomicLong skippedMs = new AtomicLong();
    private KdcFixture kdc;
    private Path serviceKeys;
    private Path aliceKeys;
    private Path bobKeys;
    private GssServer gss;
    private EchoService service;

    @BeforeAll
    void start() throws Exception {
        kdc = KdcFixture.start();
        serviceKeys = kdc.principal("nfs/localhost", "service.keytab");
        kdc.principal("other/localhost", "other.keytab");
        aliceKeys = kdc.principal("alice", "alice.keytab");
        bobKeys = kdc.principal("bob", "bob.keytab");
        gss = GssServer.builder().principal(TARGET).keytab(serviceKeys).onRefusal(refusals::add)
                .clock(() -> Instant.ofEpochMilli(System.currentTimeMillis() + skippedMs.get())).build();
        service = new EchoService(gss);
    }

    @AfterAll
    void stop() throws Exception {
        if (service != null) {
            service.close();
        }
        if (kdc != null) {
            kdc.close();
        }
    }

    @AfterEach
    void mendConfiguration() throws Exception {
        kdc.libdefaults("");
        refusals.clear();
    }

    private GssClient.Builder client(Service level) {
        return GssClient.builder().target(TARGET).service(level);
    }

    private GssClient alice(Service level) {
        return client(level).keytab("alice", aliceKeys).build();
    }

    @Test
    @DisplayName("RC32 krb5, krb5i and krb5p: what is sent comes back, and the server knows who calls and how")
    void allServices() throws Exception {
        RpcConnection connection = service.connect();
        for (Service level : Service.values()) {
            GssClient client = alice(level);
            get(call(connection, client, EchoService.NULL, null));
            for (int bytes : new int[] {0, 1, 2, 3, 4, 1000, 2040, 4096, 65_537, 400_000}) {
                byte[] sent = new byte[bytes];
                new Random(bytes).nextBytes(sent);
                assertArrayEquals(sent, get(call(connection, client, EchoService.ECHO, sent)), level + " " + bytes);
            }
            assertEquals("alice@EVPL.TEST (RPCSEC_GSS, " + level.pseudoFlavor() + ", to nfs/localhost@EVPL.TEST)",
                    get(call(connection, client, EchoService.WHO, null)));
            int contexts = gss.contexts();
            client.destroy().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(contexts - 1, gss.contexts());
        }
    }

    @Test
    @DisplayName("RC32 identities and services interleaved on one connection are told apart")
    void interleaved() throws Exception {
        RpcConnection connection = service.connect();
        List<GssClient> clients = new ArrayList<>();
        for (Service level : Service.values()) {
            clients.add(alice(level));
            clients.add(client(level).ticketCache(kdc.kinit("bob", bobKeys, "bob.cache")).build());
        }
        List<RpcFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            calls.add(call(connection, clients.get(i % clients.size()), EchoService.WHO, null));
        }
        for (int i = 0; i < calls.size(); i++) {
            int which = i % clients.size();
            assertEquals((which % 2 == 0 ? "alice" : "bob") + "@EVPL.TEST (RPCSEC_GSS, " + Service.values()[which / 2].pseudoFlavor()
                    + ", to nfs/localhost@EVPL.TEST)", get(calls.get(i)));
        }
        clients.forEach(GssClient::close);
    }

    @Test
    @DisplayName("RC32 destroying a context completes the calls that are under way")
    void destroyWithCallsUnderWay() throws Exception {
        RpcConnection connection = service.connect();
        GssClient client = alice(Service.INTEGRITY);
        get(call(connection, client, EchoService.NULL, null));
        List<RpcFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(call(connection, client, EchoService.ECHO, new byte[i]));
        }
        CompletableFuture<Void> destroyed = client.destroy().toCompletableFuture();
        for (int i = 0; i < 20; i++) {
            assertEquals(i, get(calls.get(i)).length);
        }
        destroyed.get(30, TimeUnit.SECONDS);
        get(call(connection, client, EchoService.NULL, null)); // in a new one
        client.close();
    }

    @Test
    void aSubjectThatHasLoggedInCallsAsItself() throws Exception {
        Subject subject = JaasLogin.keytab("bob", bobKeys).subject();
        GssClient client = client(Service.PRIVACY).subject(subject).build();
        assertTrue(get(call(service.connect(), client, EchoService.WHO, null)).startsWith("bob@EVPL.TEST"));
        client.close();
    }

    @Test
    void oneClientServesSeveralConnectionsWithOneContext() throws Exception {
        GssClient client = alice(Service.INTEGRITY);
        int contexts = gss.contexts();
        List<RpcFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(call(service.connect(), client, EchoService.WHO, null));
        }
        for (RpcFuture<String> call : calls) {
            assertTrue(get(call).startsWith("alice"));
        }
        assertEquals(contexts + 1, gss.contexts());
        client.close();
    }

    @Test
    void aContextThatTheServerHasForgottenIsMadeAnewOnceForAllCallsThatHearOfIt() throws Exception {
        RpcConnection connection = service.connect();
        GssClient client = alice(Service.PRIVACY);
        get(call(connection, client, EchoService.NULL, null));
        skippedMs.addAndGet(Duration.ofHours(1).toMillis());
        List<RpcFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            calls.add(call(connection, client, EchoService.ECHO, new byte[] {(byte) i}));
        }
        for (int i = 0; i < 32; i++) {
            assertEquals(i, get(calls.get(i))[0]);
        }
        assertEquals(1, gss.contexts(), "the old ones are over");
        client.close();
    }

    // ---- what may be wrong --------------------------------------------------------------------------------------------

    private GssException refused(GssClient client) throws Exception {
        return assertInstanceOf(GssException.class, failure(call(service.connect(), client, EchoService.NULL, null)));
    }

    private static void said(GssException failure, GssReason reason, String... words) {
        assertEquals(reason, failure.reason(), failure::toString);
        assertTrue(failure.getMessage().endsWith(reason.advice()), failure::toString);
        for (String word : words) {
            assertTrue(failure.getMessage().contains(word), () -> word + " in " + failure.getMessage());
        }
    }

    @Test
    void aTicketThatHasExpiredIsRefusedWithTheReason() throws Exception {
        Path cache = kdc.kinit("alice", aliceKeys, "short.cache", "-l", "1s");
        GssClient client = client(Service.INTEGRITY).ticketCache(cache).build();
        CompletableFuture.runAsync(() -> { }, CompletableFuture.delayedExecutor(2100, TimeUnit.MILLISECONDS)).get();
        said(refused(client), GssReason.NO_TICKET, "short.cache", "expired", "kinit");
    }

    @Test
    void noTicketAtAllIsRefusedWithTheReason() throws Exception {
        said(refused(client(Service.NONE).ticketCache(kdc.path("absent.cache")).build()), GssReason.NO_TICKET, "absent.cache");
        said(refused(client(Service.NONE).subject(new Subject()).build()), GssReason.NO_TICKET, TARGET);
    }

    @Test
    void aServiceThatNobodyKnowsIsRefusedByTheKdc() throws Exception {
        GssClient client = GssClient.builder().target("nosuch@localhost").keytab("alice", aliceKeys).build();
        said(refused(client), GssReason.UNKNOWN_SERVICE, "nosuch@localhost", "Server not found");
    }

    @Test
    void anotherServiceThanTheServersIsRefusedByTheServer() throws Exception {
        GssClient client = GssClient.builder().target("other@localhost").keytab("alice", aliceKeys).build();
        said(refused(client), GssReason.REFUSED, "other@localhost", "AUTH_REJECTEDCRED");
        said(refusals.take(), GssReason.WRONG_KEY, "another service");
    }

    @Test
    void aClientThatNobodyKnowsIsRefusedByTheKdc() throws Exception {
        Path stale = kdc.principal("gone", "gone.keytab");
        KdcFixture.run(kdc.process("kadmin.local", "-r", KdcFixture.REALM, "-q", "delprinc -force gone"));
        said(refused(client(Service.NONE).keytab("gone", stale).build()), GssReason.UNKNOWN_CLIENT, "gone@EVPL.TEST");
    }

    @Test
    void aKeyThatIsNotTheKdcsAnyMoreIsRefused() throws Exception {
        Path old = Files.copy(kdc.principal("carol", "carol.keytab"), kdc.path("carol-old.keytab"), StandardCopyOption.REPLACE_EXISTING);
        kdc.extract("carol", "carol.keytab");
        KdcFixture.run(kdc.process("kadmin.local", "-r", KdcFixture.REALM, "-q", "modprinc +requires_preauth carol"));
        said(refused(client(Service.NONE).keytab("carol", old).build()), GssReason.WRONG_KEY, "carol-old.keytab");
        GssClient mended = client(Service.NONE).keytab("carol", kdc.path("carol.keytab")).build();
        get(call(service.connect(), mended, EchoService.NULL, null));
        mended.close();
    }

    @Test
    void aKdcThatDoesNotAnswerIsNamed() throws Exception {
        kdc.hideKdc();
        said(refused(alice(Service.NONE)), GssReason.KDC_UNREACHABLE, "alice@EVPL.TEST");
    }

    @Test
    void aTokenThatIsTooOldIsRefusedForTheClock() throws Exception {
        kdc.libdefaults("clockskew = 1");
        byte[] token = newToken();
        CompletableFuture.runAsync(() -> { }, CompletableFuture.delayedExecutor(2500, TimeUnit.MILLISECONDS)).get();
        said(GssException.of("", assertThrows(GSSException.class, () -> acceptor().newContext().step(token))), GssReason.CLOCK_SKEW,
                "Clock skew too great");
    }

    @Test
    void aTokenThatIsReplayedIsRefused() throws Exception {
        byte[] token = newToken();
        assertNotNull(acceptor().newContext().step(token));
        said(GssException.of("", assertThrows(GSSException.class, () -> acceptor().newContext().step(token))), GssReason.REPLAYED,
                "replay");
    }

    @Test
    void aTokenThatIsTamperedWithIsRefusedWhateverByteItIs() throws Exception {
        byte[] token = newToken();
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] broken = token.clone();
            broken[i < 100 ? i : random.nextInt(token.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                MechanismContext context = acceptor().newContext();
                context.step(broken);
                assertEquals("alice@EVPL.TEST", context.initiator()); // a flag outside of what is signed
            } catch (GSSException e) {
                assertNotNull(GssReason.of(e));
            }
        }
        assertThrows(GSSException.class, () -> acceptor().newContext().step("nonsense".getBytes(StandardCharsets.US_ASCII)));
        assertThrows(GSSException.class, () -> acceptor().newContext().step(new byte[0]));
    }

    @Test
    void aServerWithoutItsKeyIsNotBuilt() {
        said(assertThrows(GssException.class, () -> GssServer.builder().principal("cifs@localhost").keytab(serviceKeys).build()),
                GssReason.NO_KEY, "cifs/localhost@EVPL.TEST", "service.keytab");
        said(assertThrows(GssException.class, () -> GssServer.builder().principal(TARGET).keytab(kdc.path("absent")).build()),
                GssReason.NO_KEY, "absent");
        assertThrows(IllegalStateException.class, () -> GssServer.builder().principal(TARGET).build());
        said(assertThrows(GssException.class, () -> client(Service.NONE).keytab("alice", kdc.path("absent"))), GssReason.NO_KEY, "absent");
        assertThrows(IllegalStateException.class, () -> client(Service.NONE).build());
    }

    private KerberosAcceptor acceptor() {
        return KerberosAcceptor.of(TARGET, serviceKeys);
    }

    private byte[] newToken() throws GSSException {
        return new KerberosInitiator(TARGET, JaasLogin.keytab("alice", aliceKeys)::subject).newContext().step(null);
    }

    // ---- bodies -------------------------------------------------------------------------------------------------------

    @Test
    void everyByteOfAProtectedBodyIsGuarded() throws Exception {
        MechanismContext initiator = new KerberosInitiator(TARGET, JaasLogin.keytab("alice", aliceKeys)::subject).newContext();
        MechanismContext acceptor = acceptor().newContext();
        initiator.step(acceptor.step(initiator.step(null)));
        assertTrue(initiator.lifetimeSeconds() > 9 * 3600 && initiator.lifetimeSeconds() <= 10 * 3600,
                () -> "the ticket's, not " + initiator.lifetimeSeconds());
        GssContext client = new GssContext(initiator);
        GssContext server = new GssContext(acceptor);
        for (Service level : List.of(Service.INTEGRITY, Service.PRIVACY)) {
            byte[] wire = bytes(client.wrap(level, 7, buffer(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, true)));
            for (boolean direct : new boolean[] {false, true}) {
                assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, bytes(server.unwrap(level, 7, buffer(wire, direct))));
                assertThrows(ProtectionException.class, () -> server.unwrap(level, 8, buffer(wire, direct)));
                assertThrows(ProtectionException.class, () -> client.unwrap(level, 7, buffer(wire, direct)), "our own, reflected");
                for (int at = 0; at < wire.length; at++) {
                    byte[] broken = wire.clone();
                    broken[at] ^= 0x10;
                    if (level == Service.PRIVACY && TOKEN_HEADER.contains(at)) {
                        sameOrRefused(server, broken, direct);
                    } else {
                        assertThrows(ProtectionException.class, () -> server.unwrap(level, 7, buffer(broken, direct)), level + " " + at);
                    }
                }
            }
        }
    }

    private static void sameOrRefused(GssContext server, byte[] wire, boolean direct) {
        try {
            assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, bytes(server.unwrap(Service.PRIVACY, 7, buffer(wire, direct))));
        } catch (ProtectionException e) {
            assertTrue(e.getMessage().contains("does not hold"), e::getMessage);
        }
    }

    private static ByteBuf buffer(byte[] bytes, boolean direct) {
        return direct ? ByteBufAllocator.DEFAULT.directBuffer().writeBytes(bytes) : Unpooled.wrappedBuffer(bytes);
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = ByteBufUtil.getBytes(buffer);
        buffer.release();
        return bytes;
    }
}
