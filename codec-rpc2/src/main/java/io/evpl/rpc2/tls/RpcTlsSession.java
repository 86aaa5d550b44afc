package io.evpl.rpc2.tls;

import io.evpl.rpc2.RpcCall;
import io.evpl.rpc2.RpcConnection;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The protection of a connection, once it is there. Who is at the other end is a host and not a user: {@link RpcCall#credential()} stays
 * what the call's flavor says (RFC 9289, section 4.2). Immutable.
 *
 * @param ssl TLS's own view: version, cipher suite, certificates
 */
public record RpcTlsSession(SSLSession ssl) {
    /** The number of the flavor AUTH_TLS: RFC 9289, section 8.1. */
    public static final int FLAVOR = 7;
    /** What both sides must name by ALPN: RFC 9289, section 8.2. */
    public static final String APPLICATION_PROTOCOL = "sunrpc";
    /** The version of TLS; RFC 9289, section 5, forbids earlier ones. */
    public static final String VERSION = "TLSv1.3";

    private static final AttributeKey<RpcTlsSession> KEY = AttributeKey.valueOf(RpcTlsSession.class, "session");

    /** Of the connection that a call came by, or null if that is in the clear. From any thread. */
    public static RpcTlsSession of(RpcCall<?> call) {
        return call.connection() instanceof RpcConnection connection ? of(connection) : null;
    }

    /** Of a connection, or null if it is in the clear (still, or for ever). From any thread. */
    public static RpcTlsSession of(RpcConnection connection) {
        Channel channel = connection.channel();
        return channel == null ? null : channel.attr(KEY).get();
    }

    void keep(Channel channel) {
        channel.attr(KEY).set(this);
    }

    /** The other end's certificate, which has been checked, or null if it has shown none: clients need not. */
    public X509Certificate peerCertificate() {
        try {
            Certificate[] chain = ssl.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate first ? first : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /** For people: one line. */
    public String describe() {
        X509Certificate peer = peerCertificate();
        return ssl.getProtocol() + ' ' + ssl.getCipherSuite() + ", peer " + (peer == null ? "without a certificate"
                : peer.getSubjectX500Principal() + " serial " + peer.getSerialNumber() + " of " + peer.getIssuerX500Principal());
    }
}
