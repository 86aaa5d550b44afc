package io.evpl.rpc2.tls;

import io.evpl.rpc2.ConnectionSecurity;
import io.evpl.rpc2.RecordDecoder;
import io.evpl.rpc2.RpcConnection;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** TLS at a server: for {@link io.evpl.rpc2.RpcServer.Builder#tls}. One object serves any number of servers. */
public final class RpcTlsServer implements ConnectionSecurity {
    /** Who gets in. */
    public enum Policy {
        /** Clients that ask for TLS are refused, as if there were none. */
        OFF,
        /** Clients that ask for TLS get it; others are served in the clear. */
        OFFERED,
        /** Nothing but the probe is served in the clear: any other call is refused with AUTH_TOOWEAK. */
        REQUIRED
    }

    /** How long a client may take from its probe to the end of the handshake, its open calls included, unless the builder says otherwise. */
    public static final long DEFAULT_HANDSHAKE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    private final TlsHandlers handlers;
    private final Policy policy;
    private final long handshakeTimeoutNs;

    private RpcTlsServer(Builder builder, TlsHandlers handlers) {
        this.handlers = handlers;
        policy = builder.policy;
        handshakeTimeoutNs = builder.handshakeTimeoutNs;
    }

    /**
     * Begins with a certificate, and with whose clients are trusted: {@code SslContextBuilder.forServer(key, chain).trustManager(ca)}. TLS
     * 1.3 alone and the application protocol are set here. Clients are asked for a certificate and need not show one, unless
     * {@link Builder#clients} says otherwise; one that is shown must be good.
     */
    public static Builder builder(SslContextBuilder ssl) {
        return new Builder(Objects.requireNonNull(ssl, "ssl"), null);
    }

    /**
     * Begins with a context that is ready, and says itself whether clients are asked for certificates.
     *
     * @throws IllegalArgumentException if it does not offer the application protocol {@value RpcTlsSession#APPLICATION_PROTOCOL} alone
     */
    public static Builder builder(SslContext ssl) {
        return builder(new SslContextHandlers(ssl, false));
    }

    /** Begins with handlers of one's own. */
    public static Builder builder(TlsHandlers handlers) {
        return new Builder(null, Objects.requireNonNull(handlers, "handlers"));
    }

    @Override
    public boolean install(ChannelPipeline pipeline, RecordDecoder records, RpcConnection connection) {
        switch (policy) {
            case OFF -> {
                // the connection itself refuses the flavor
            }
            case OFFERED, REQUIRED ->
                pipeline.addLast(new ServerStart(records, connection, handlers, handshakeTimeoutNs, policy == Policy.REQUIRED));
        }
        return false;
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private final SslContextBuilder ssl;
        private final TlsHandlers handlers;
        private Policy policy = Policy.OFFERED;
        private ClientAuth clients = ClientAuth.OPTIONAL;
        private boolean clientsSet;
        private long handshakeTimeoutNs = DEFAULT_HANDSHAKE_TIMEOUT_NS;

        private Builder(SslContextBuilder ssl, TlsHandlers handlers) {
            this.ssl = ssl;
            this.handlers = handlers;
        }

        /** {@link Policy#OFFERED} unless called. */
        public Builder policy(Policy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** Whether clients must show a certificate (REQUIRE), may (OPTIONAL), or are not asked (NONE, which RFC 9289 does not allow). */
        public Builder clients(ClientAuth clients) {
            this.clients = Objects.requireNonNull(clients, "clients");
            clientsSet = true;
            return this;
        }

        /** @see RpcTlsServer#DEFAULT_HANDSHAKE_TIMEOUT_NS */
        public Builder handshakeTimeoutNs(long timeoutNs) {
            handshakeTimeoutNs = RpcTlsClient.positive(timeoutNs);
            return this;
        }

        /**
         * Builds.
         *
         * @throws SSLException          the certificate and what belongs to it cannot be used
         * @throws IllegalStateException {@link #clients} was called, and the context is somebody else's
         */
        public RpcTlsServer build() throws SSLException {
            if (ssl != null) {
                return new RpcTlsServer(this, SslContextHandlers.of(ssl.clientAuth(clients), false));
            }
            if (clientsSet) {
                throw new IllegalStateException("clients(...) is for builder(SslContextBuilder); say it to the SslContext's own builder");
            }
            return new RpcTlsServer(this, handlers);
        }
    }
}
