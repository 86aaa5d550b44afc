package io.evpl.tls;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

import javax.net.ssl.SSLSession;

/** What is known of TLS on one channel. */
public final class EvplTlsConnection {
    private final TlsFront front;

    EvplTlsConnection(TlsFront front) {
        this.front = front;
    }

    /** @return TLS of a channel to whose pipeline {@link EvplTlsServer} or {@link EvplTlsClient} was added, else null */
    public static EvplTlsConnection of(Channel channel) {
        TlsFront front = channel.pipeline().get(TlsFront.class);
        return front == null ? null : front.connection();
    }

    /**
     * Completes with the channel when the handshake, and the decision whether the kernel encrypts, is through. Fails with a
     * message that says why; {@link TlsRefusal#in} finds out whether it was the peer's certificate.
     *
     * <p>With TLS 1.3 a client is through before the server has looked at the client's certificate: that this was refused
     * comes later, as an exception and the end of the connection.
     */
    public Future<Channel> handshake() {
        return front.handshake();
    }

    /** @return what ALPN chose; null if nothing was, or the handshake is not complete */
    public String applicationProtocol() {
        return front.ssl() == null ? null : front.ssl().applicationProtocol();
    }

    /** @return the session, with the peer's certificates; null before the handshake has begun */
    public SSLSession session() {
        return front.ssl() == null ? null : front.ssl().engine().getSession();
    }

    /** Whether the session was resumed, without certificates being shown again. A server knows only with BoringSSL. */
    public boolean isResumed() {
        return front.isResumed();
    }

    /** Whether the kernel encrypts what is sent. */
    public boolean isKtlsTransmit() {
        return front.isKtlsTransmit();
    }

    /** Whether the kernel decrypts what is received. */
    public boolean isKtlsReceive() {
        return front.isKtlsReceive();
    }

    /** @return why the kernel does not encrypt and decrypt; null if it does both, or the handshake is not complete */
    public Throwable ktlsUnavailabilityCause() {
        return front.ktlsUnavailabilityCause();
    }
}
