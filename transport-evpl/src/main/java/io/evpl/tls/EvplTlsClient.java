package io.evpl.tls;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;

import java.util.Objects;
import javax.net.ssl.SSLException;

/**
 * TLS for connections that we make. One for all connections with the same settings, so that sessions are resumed; any
 * thread. The peer must show a certificate that is trusted and is for the host that we name.
 */
public final class EvplTlsClient {
    private final Builder settings;
    private final TrafficSecrets secrets;
    private TlsIdentity identity;
    private volatile SslContext context;

    private EvplTlsClient(Builder settings) throws SSLException {
        this.settings = settings;
        secrets = settings.secrets();
        reload(settings.trust, settings.identity);
    }

    /**
     * Adds TLS at the end of a channel's pipeline: call it in the initializer, before the handlers that see plain text.
     * The handshake begins by itself once the channel is active. One that fails is told by
     * {@link EvplTlsConnection#handshake} and by Netty's {@code SslHandshakeCompletionEvent}, and closes the channel.
     *
     * @param host whom the certificate must be for, a name or an address; a name is also sent to the server (SNI). On unix
     *             sockets and within the process too: whatever name the server's certificate has
     * @param port with the host, which sessions may be resumed; any number where there are no ports
     */
    public EvplTlsConnection addTo(ChannelPipeline pipeline, String host, int port) {
        return addBefore(pipeline, null, host, port);
    }

    /**
     * As {@link #addTo}, right before a handler of a pipeline that may be in use (STARTTLS): the handshake begins at once then. On the
     * channel's loop.
     *
     * @param before name of the handler that is to see plain text; null for the pipeline's end
     */
    public EvplTlsConnection addBefore(ChannelPipeline pipeline, String before, String host, int port) {
        if (host == null || host.isBlank()) {
            throw new IllegalArgumentException("name the host that the server's certificate must be for");
        }
        return TlsFront.add(pipeline, before, context.newHandler(pipeline.channel().alloc(), host, port), settings.kernelTls,
                settings.ktls(secrets, true));
    }

    /**
     * Takes another trust: handshakes that begin afterwards go by it, connections that are there go on. Sessions from
     * before cannot be resumed.
     *
     * @throws SSLException it cannot be used; all stays as it was
     */
    public synchronized void reload(TlsTrust trust) throws SSLException {
        reload(trust, identity);
    }

    /** As {@link #reload(TlsTrust)}, and shows another certificate of our own. @param own null for none */
    public synchronized void reload(TlsTrust trust, TlsIdentity own) throws SSLException {
        context = context(Objects.requireNonNull(trust, "trust"), own);
        identity = own;
    }

    private SslContext context(TlsTrust trust, TlsIdentity own) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(trust.manager())
                .endpointIdentificationAlgorithm(settings.anyHost ? null : "HTTPS");
        return settings.build(own == null ? builder : own.into(builder), secrets);
    }

    /** A client's settings. */
    public static final class Builder extends EvplTls.Builder<Builder> {
        private TlsTrust trust = TlsTrust.system();
        private TlsIdentity identity;
        private boolean anyHost;

        Builder() {
        }

        @Override
        Builder self() {
            return this;
        }

        /** Whose servers are believed; the JDK's authorities if not called. */
        public Builder trust(TlsTrust of) {
            trust = Objects.requireNonNull(of, "trust");
            return this;
        }

        /** What to show to servers that want a certificate of us. */
        public Builder identity(TlsIdentity own) {
            identity = Objects.requireNonNull(own, "identity");
            return this;
        }

        /**
         * Accepts a trusted certificate for any host: whoever has one that the trusted authorities issued can then stand in
         * for the server. Only for an authority that issues certificates to servers of this one kind.
         */
        public Builder trustAnyHost() {
            anyHost = true;
            return this;
        }

        /** @throws SSLException what was given cannot be used together */
        public EvplTlsClient build() throws SSLException {
            return new EvplTlsClient(this);
        }
    }
}
