package io.evpl.tls;

import io.evpl.channel.ReceiveBuffer;
import io.evpl.tls.TrafficSecrets.Secrets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;

import java.security.GeneralSecurityException;
import java.util.function.Consumer;

/**
 * The way of one connection's record layer into the kernel: both directions or, where something is missing, neither. Has the
 * two handlers below SslHandler. On the channel's loop.
 */
final class Ktls {
    private final KtlsKernel kernel;
    private final TrafficSecrets secrets;
    private final boolean client;
    private final KtlsReceive receive = new KtlsReceive(this);
    private final KtlsTransmit transmit = new KtlsTransmit(this);
    private ChannelPipeline pipeline;
    private ChannelHandlerContext front;
    /** BoringSSL's pointer, by which the key log names the connection; 0 as long as there is no engine. */
    private long ssl;

    /** @param client whether our end is the client's */
    Ktls(KtlsKernel kernel, TrafficSecrets secrets, boolean client) {
        this.kernel = kernel;
        this.secrets = secrets;
        this.client = client;
    }

    /** Adds the handlers that belong below SslHandler. */
    void addTo(ChannelPipeline channels, String before) {
        pipeline = channels;
        TlsFront.insert(channels, before, receive);
        TlsFront.insert(channels, before, transmit);
    }

    /** @param ctx whose neighbour above gets what the kernel decrypted */
    void front(ChannelHandlerContext ctx) {
        front = ctx;
    }

    ChannelHandlerContext front() {
        return front;
    }

    KtlsKernel kernel() {
        return kernel;
    }

    KtlsReceive receive() {
        return receive;
    }

    KtlsTransmit transmit() {
        return transmit;
    }

    /** Looks for the engine; with SNI, it comes with the client's first message. */
    void find() {
        if (ssl == 0) {
            SslHandler handler = pipeline.get(SslHandler.class);
            if (handler != null && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
                ssl = engine.sslPointer();
            }
        }
    }

    /** Whether BoringSSL has told secrets of this connection. */
    boolean hasSecrets() {
        return ssl != 0 && secrets.has(ssl);
    }

    /**
     * The handshake is complete, and nothing of the application's was written or received yet.
     *
     * @param flush   has SslHandler send what BoringSSL has encrypted
     * @param decided gets null when the kernel encrypts and decrypts, else why it does not
     */
    void handOver(String version, String suite, Runnable flush, Consumer<Throwable> decided) {
        Throwable cause;
        try {
            cause = begin(version, suite);
        } catch (GeneralSecurityException e) {
            cause = e;
        }
        if (cause != null) {
            giveUp();
            decided.accept(cause);
            return;
        }
        // Not now: SslHandler may have more to write while it tells of the handshake.
        pipeline.channel().eventLoop().execute(() -> {
            releaseTickets();
            flush.run();
            transmit.drain(decided);
        });
    }

    /** A server's BoringSSL keeps its tickets until it encrypts data, or is asked to encrypt none: SSL_write of 0 bytes. */
    private void releaseTickets() {
        SslHandler handler = pipeline.get(SslHandler.class);
        if (!client && handler != null && handler.engine() instanceof ReferenceCountedOpenSslEngine engine
                && engine.sslPointer() != 0) {
            ByteBuf nothing = Unpooled.directBuffer(1); // there must be an address
            SSL.writeToSSL(engine.sslPointer(), ReceiveBuffer.address(nothing), 0);
            nothing.release();
        }
    }

    private Throwable begin(String version, String suiteName) throws GeneralSecurityException {
        Throwable obstacle = kernel.obstacle(pipeline.channel());
        if (obstacle != null) {
            return obstacle;
        }
        RecordSuite suite = RecordSuite.of(suiteName);
        if (suite == null) {
            return new UnsupportedOperationException("the kernel has no " + suiteName);
        }
        Secrets told = secrets.take(ssl);
        RecordKeys own = keys(version, suite, told, client);
        RecordKeys peers = keys(version, suite, told, !client);
        if (own == null || peers == null) {
            return new UnsupportedOperationException("BoringSSL did not tell the connection's secrets");
        }
        Throwable cause = transmit.begin(own);
        return cause != null ? cause : receive.begin(peers);
    }

    /** Of one direction; null if BoringSSL has not told what they come from. */
    private RecordKeys keys(String version, RecordSuite suite, Secrets told, boolean clients) throws GeneralSecurityException {
        if (version.equals("TLSv1.3")) {
            byte[] secret = told.of(clients);
            return secret == null ? null : RecordKeys.tls13(suite, secret);
        }
        return RecordKeys.tls12(suite, SSL.getMasterKey(ssl), SSL.getServerRandom(ssl), SSL.getClientRandom(ssl), clients);
    }

    /** The provider does all. */
    private void giveUp() {
        receive.giveUp();
        transmit.giveUp();
        forgetSecrets();
    }

    /** Nobody will take them any more. */
    void forgetSecrets() {
        if (ssl != 0) {
            secrets.take(ssl);
        }
    }
}
