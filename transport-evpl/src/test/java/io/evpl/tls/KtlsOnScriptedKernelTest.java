package io.evpl.tls;

import io.evpl.channel.ReceivedRecord;
import io.evpl.linux.Errno;
import io.evpl.tls.EvplTls.Provider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The way into the kernel and what comes after, with a kernel that the test plays: on any machine. */
class KtlsOnScriptedKernelTest {
    private static final String HOST = "a.test";

    private final TestAuthority authority = new TestAuthority("Authority");
    private final ScriptedKtls kernel = new ScriptedKtls();
    private final EmbeddedChannel own = new EmbeddedChannel() {
        @Override
        protected void doClose() throws Exception {
            kernel.collect(this); // what was written is with the kernel
            super.doClose();
        }
    };
    private final EmbeddedChannel peer = new EmbeddedChannel();
    private final List<Object> events = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<Throwable> peersFailures = new ArrayList<>();
    private EvplTlsConnection tls;

    KtlsOnScriptedKernelTest() throws Exception {
    }

    @AfterEach
    void close() {
        own.finishAndReleaseAll();
        peer.finishAndReleaseAll();
    }

    // ---- the two ends

    /** Comes after TLS in a pipeline. */
    private static final class Witness extends ChannelInboundHandlerAdapter {
        private final List<Object> events;
        private final List<Throwable> failures;

        Witness(List<Object> events, List<Throwable> failures) {
            this.events = events;
            this.failures = failures;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failures.add(cause);
        }
    }

    private EvplTlsServer server(Provider provider, boolean scripted) throws Exception {
        EvplTlsServer.Builder settings = EvplTls.server(authority.issue(HOST).identity()).provider(provider);
        if (scripted) {
            settings.kernelTls().kernel = kernel;
        }
        return settings.build();
    }

    private EvplTlsClient client(Provider provider, String version, boolean scripted) throws Exception {
        EvplTlsClient.Builder settings = EvplTls.client().trust(authority.trust()).provider(provider).versions(version);
        if (scripted) {
            settings.kernelTls().kernel = kernel;
        }
        return settings.build();
    }

    private void serve(Provider peers, String version) throws Exception {
        tls = server(Provider.BORINGSSL, true).addTo(own.pipeline());
        client(peers, version, false).addTo(peer.pipeline(), HOST, 1);
        begin();
    }

    private void connect(EvplTlsClient client, EvplTlsServer server) throws Exception {
        tls = client.addTo(own.pipeline(), HOST, 1);
        server.addTo(peer.pipeline());
        begin();
    }

    private void begin() throws Exception {
        own.pipeline().addLast(new Witness(events, failures));
        peer.pipeline().addLast(new Witness(new ArrayList<>(), peersFailures));
        pump();
    }

    /** Until both are silent. */
    private void pump() throws Exception {
        pump(own, peer);
    }

    private void pump(EmbeddedChannel near, EmbeddedChannel far) throws Exception {
        boolean moved;
        do {
            near.runPendingTasks();
            far.runPendingTasks();
            byte[] sent = kernel.sent(near);
            if (sent.length > 0) {
                far.writeInbound(Unpooled.wrappedBuffer(sent));
            }
            byte[] answer = drain(far);
            kernel.arrive(near, answer);
            moved = sent.length > 0 || answer.length > 0;
        } while (moved);
    }

    private static byte[] drain(EmbeddedChannel far) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (ByteBuf next = far.readOutbound(); next != null; next = far.readOutbound()) {
            wire.writeBytes(ByteBufUtil.getBytes(next));
            next.release();
        }
        return wire.toByteArray();
    }

    private static void send(EmbeddedChannel from, String text) {
        from.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private static String received(EmbeddedChannel at) {
        StringBuilder text = new StringBuilder();
        for (ByteBuf next = at.readInbound(); next != null; next = at.readInbound()) {
            text.append(next.toString(StandardCharsets.US_ASCII));
            next.release();
        }
        return text.toString();
    }

    // ---- what holds

    @ParameterizedTest
    @CsvSource({"JDK,TLSv1.3", "JDK,TLSv1.2", "BORINGSSL,TLSv1.3", "BORINGSSL,TLSv1.2"})
    void theKernelGoesOnWhereBoringSslStopped(Provider peers, String version) throws Exception {
        serve(peers, version);
        assertTrue(tls.isKtlsReceive() && tls.isKtlsTransmit(), () -> "" + tls.ktlsUnavailabilityCause());
        assertNull(tls.ktlsUnavailabilityCause());
        assertNotNull(own.pipeline().get(SslHandler.class), "handlers look for it");
        assertEquals(SslHandshakeCompletionEvent.SUCCESS, events.getFirst());
        for (int rounds = 0; rounds < 3; rounds++) {
            send(peer, "ping");
            pump();
            assertEquals("ping", received(own));
            send(own, "pong");
            pump();
            assertEquals("pong", received(peer));
        }
    }

    /** Together with the last message of the handshake: nothing of it may be in BoringSSL's hands. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whatThePeerSendsWithItsLastMessageIsTheKernels(String version) throws Exception {
        tls = server(Provider.BORINGSSL, true).addTo(own.pipeline());
        client(Provider.JDK, version, false).addTo(peer.pipeline(), HOST, 1);
        send(peer, "early");
        begin();
        assertEquals("early", received(own));
        assertTrue(kernel.decrypts());
    }

    @ParameterizedTest
    @CsvSource({"JDK", "BORINGSSL"})
    void aClientsTicketsReachBoringSslAndAreGoodForTheNextConnection(Provider servers) throws Exception {
        EvplTlsClient client = client(Provider.BORINGSSL, "TLSv1.3", true);
        EvplTlsServer server = server(servers, false);
        connect(client, server);
        send(own, "ping");
        pump();
        send(peer, "pong");
        pump();
        assertEquals("pong", received(own));
        assertFalse(tls.isResumed());
        kernel.refuseFromNowOn();
        EmbeddedChannel next = new EmbeddedChannel();
        EmbeddedChannel nextPeer = new EmbeddedChannel();
        EvplTlsConnection again = client.addTo(next.pipeline(), HOST, 1);
        server.addTo(nextPeer.pipeline());
        pump(next, nextPeer);
        assertTrue(again.isResumed());
        next.finishAndReleaseAll();
        nextPeer.finishAndReleaseAll();
    }

    /** BoringSSL encrypts them, together: the kernel's first record is not the first of these keys. */
    @Test
    void aServersTicketsLeaveBeforeTheKernelGetsTheKeys() throws Exception {
        serve(Provider.JDK, "TLSv1.3");
        assertTrue(tls.isKtlsTransmit());
        assertTrue(kernel.firstTransmitted > 0, () -> "records before: " + kernel.firstTransmitted);
    }

    @ParameterizedTest
    @CsvSource({"JDK,TLSv1.3", "JDK,TLSv1.2", "BORINGSSL,TLSv1.3"})
    void closeNotifyIsToldBothWays(Provider peers, String version) throws Exception {
        serve(peers, version);
        send(peer, "last words");
        peer.pipeline().get(SslHandler.class).closeOutbound();
        pump();
        assertEquals("last words", received(own));
        assertTrue(events.contains(SslCloseCompletionEvent.SUCCESS), events::toString);
    }

    @Test
    void newKeysAreRefusedWithAnAlertAndTheReason() throws Exception {
        serve(Provider.JDK, "TLSv1.3");
        send(peer, "before");
        peer.pipeline().get(SslHandler.class).renegotiate();
        pump();
        assertEquals("before", received(own));
        assertTrue(failures.getFirst().getMessage().contains("KeyUpdate, RFC 8446"));
        assertFalse(own.isOpen());
        assertTrue(peersFailures.getFirst().getMessage().contains("internal_error"));
    }

    @ParameterizedTest
    @CsvSource({"74,EBADMSG,bad_record_mac", "90,EMSGSIZE,record_overflow", "22,EINVAL,decode_error"})
    void aRecordThatTheKernelCannotDecryptEndsTheConnection(int errno, String name, String alert) throws Exception {
        serve(Provider.JDK, "TLSv1.3");
        own.pipeline().fireExceptionCaught(Errno.toException("recv", -errno));
        String why = failures.getFirst().getMessage();
        assertTrue(why.contains("could not decrypt a record of the peer's") && why.contains(name), why);
        assertFalse(own.isOpen());
        assertEquals(1, kernel.errorsCleared);
        pump();
        assertTrue(peersFailures.getFirst().getMessage().contains(alert));
    }

    @Test
    void whereTheKernelRefusesTheProviderGoesOn() throws Exception {
        kernel.refuseFromNowOn();
        serve(Provider.JDK, "TLSv1.3");
        assertFalse(tls.isKtlsReceive() || tls.isKtlsTransmit());
        assertEquals("no", tls.ktlsUnavailabilityCause().getMessage());
        send(peer, "ping");
        pump();
        assertEquals("ping", received(own));
        send(own, "pong");
        pump();
        assertEquals("pong", received(peer));
    }

    @Test
    void whatIsNoRecordOfTlsIsLeftToSslHandler() throws Exception {
        tls = server(Provider.BORINGSSL, true).addTo(own.pipeline());
        assertThrows(Exception.class, () -> {
            kernel.arrive(own, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            own.checkException();
        });
        assertNotNull(tls.handshake().cause());
    }

    // ---- records

    @Test
    void oneRecordIsWantedAtATime() {
        RecordBoundary boundary = new RecordBoundary();
        assertEquals(5, boundary.wantedBytes());
        assertTrue(passes(boundary, 22, 3));
        assertEquals(3, boundary.wantedBytes());
        assertFalse(boundary.isBetweenRecords());
        assertTrue(passes(boundary, 1, 1, 2));
        assertEquals(258, boundary.wantedBytes());
        assertTrue(boundary.passes(Unpooled.wrappedBuffer(new byte[257])));
        assertTrue(passes(boundary, 0));
        assertTrue(boundary.isBetweenRecords());
        assertTrue(passes(boundary, 23, 3, 3, 0, 0), "an empty one");
        assertTrue(boundary.isBetweenRecords());
        assertFalse(passes(new RecordBoundary(), 23, 3, 3, 0, 0, 0), "more than was wanted");
        assertFalse(passes(new RecordBoundary(), 'G', 'E', 'T'));
        assertFalse(passes(new RecordBoundary(), 22, 2));
        assertFalse(passes(new RecordBoundary(), 22, 3, 3, 0x48, 1), "longer than any record");
    }

    private static boolean passes(RecordBoundary boundary, int... bytes) {
        ByteBuf buf = Unpooled.buffer();
        for (int each : bytes) {
            buf.writeByte(each);
        }
        return boundary.passes(buf);
    }

    @Test
    void newKeysAreFoundWhereverTheyStand() {
        byte[] ticket = {4, 0, 0, 2, 24, 24};
        byte[] update = {24, 0, 0, 1, 1};
        assertFalse(new HandshakeMessages().changesKeys(ticket));
        assertTrue(new HandshakeMessages().changesKeys(update));
        HandshakeMessages messages = new HandshakeMessages();
        assertFalse(messages.changesKeys(new byte[] {4, 0, 0}));
        assertFalse(messages.changesKeys(new byte[] {3, 24, 24}));
        assertTrue(messages.changesKeys(new byte[] {24, 24, 0, 0, 1, 0}), "behind the ticket's last byte");
        HandshakeMessages empty = new HandshakeMessages();
        assertTrue(empty.changesKeys(new byte[] {0, 0, 0, 0, 24, 0, 0, 1, 0}), "behind a message without a body");
    }

    @Test
    void aRecordKeepsItsTypeWhenItsContentIsReplaced() {
        ReceivedRecord record = new ReceivedRecord((byte) 21, Unpooled.EMPTY_BUFFER);
        assertEquals(21, ((ReceivedRecord) record.replace(Unpooled.EMPTY_BUFFER)).type());
    }
}
