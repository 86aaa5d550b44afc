package io.evpl.tls;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.DomainWildcardMappingBuilder;
import io.netty.util.Mapping;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;

/**
 * TLS for connections that we accept. One for a listener, for all its connections; any thread. {@link #reload} takes new
 * certificates: handshakes that begin afterwards use these, connections that are there go on.
 */
public final class EvplTlsServer {
    /** @param byHost null if all clients see the first */
    private record Contexts(SslContext first, Mapping<String, SslContext> byHost) {
    }

    private final Builder settings;
    private final TrafficSecrets secrets;
    private TlsTrust trust;
    private volatile Contexts contexts;

    private EvplTlsServer(Builder settings) throws SSLException {
        this.settings = settings;
        secrets = settings.secrets();
        reload(settings.identity, settings.hosts, settings.trust);
    }

    /**
     * Adds TLS at the end of an accepted channel's pipeline: call it in the initializer, before the handlers that see
     * plain text. A handshake that fails is told by {@link EvplTlsConnection#handshake} and by Netty's
     * {@code SslHandshakeCompletionEvent}, and closes the channel.
     */
    public EvplTlsConnection addTo(ChannelPipeline pipeline) {
        return addBefore(pipeline, null);
    }

    /**
     * As {@link #addTo}, right before a handler of a pipeline that may be in use (STARTTLS). On the channel's loop.
     *
     * @param before name of the handler that is to see plain text; null for the pipeline's end
     */
    public EvplTlsConnection addBefore(ChannelPipeline pipeline, String before) {
        Contexts now = contexts;
        ChannelHandler handler = now.byHost == null ? now.first.newHandler(pipeline.channel().alloc())
                : new SniHandler(now.byHost);
        return TlsFront.add(pipeline, before, handler, settings.kernelTls, settings.ktls(secrets, false));
    }

    /**
     * Takes another certificate, in place of all there were. Sessions from before cannot be resumed.
     *
     * @throws SSLException it cannot be used; all stays as it was
     */
    public synchronized void reload(TlsIdentity identity) throws SSLException {
        reload(identity, Map.of(), trust);
    }

    /**
     * Takes other certificates and another trust. Sessions from before cannot be resumed: each peer is checked anew.
     *
     * @param hosts one for each host name, as {@link Builder#host}
     * @param now whose clients are let in; null only if clients are not asked for certificates
     * @throws SSLException they cannot be used; all stays as it was
     */
    public synchronized void reload(TlsIdentity identity, Map<String, TlsIdentity> hosts, TlsTrust now) throws SSLException {
        if (settings.clients != ClientAuth.NONE) {
            Objects.requireNonNull(now, "trust: clients are asked for certificates");
        }
        contexts = contexts(identity, hosts, now);
        trust = now;
    }

    private Contexts contexts(TlsIdentity identity, Map<String, TlsIdentity> hosts, TlsTrust trust) throws SSLException {
        SslContext first = context(identity, trust);
        if (hosts.isEmpty()) {
            return new Contexts(first, null);
        }
        DomainWildcardMappingBuilder<SslContext> mapping = new DomainWildcardMappingBuilder<>(first);
        for (Map.Entry<String, TlsIdentity> host : hosts.entrySet()) {
            mapping.add(host.getKey(), context(host.getValue(), trust));
        }
        return new Contexts(first, mapping.build());
    }

    /** What clients that name no other host get. */
    SslContext first() {
        return contexts.first;
    }

    private SslContext context(TlsIdentity identity, TlsTrust trust) throws SSLException {
        SslContextBuilder builder = identity.forServer().clientAuth(settings.clients);
        if (trust != null) {
            builder.trustManager(trust.manager());
        }
        return settings.build(builder, secrets);
    }

    /** A server's settings. */
    public static final class Builder extends EvplTls.Builder<Builder> {
        private final TlsIdentity identity;
        private final Map<String, TlsIdentity> hosts = new LinkedHashMap<>();
        private ClientAuth clients = ClientAuth.NONE;
        private TlsTrust trust;

        Builder(TlsIdentity identity) {
            this.identity = Objects.requireNonNull(identity, "identity");
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Another certificate for clients that name this host (SNI).
         *
         * @param name such as {@code a.example}, or {@code *.example} for all names of one more label
         */
        public Builder host(String name, TlsIdentity other) {
            hosts.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(other, "identity"));
            return this;
        }

        /** Lets in only clients that show a certificate of these. */
        public Builder requireClients(TlsTrust of) {
            clients = ClientAuth.REQUIRE;
            trust = Objects.requireNonNull(of, "trust");
            return this;
        }

        /** Asks clients for a certificate, and lets those in that have none; a certificate that is shown must be good. */
        public Builder requestClients(TlsTrust of) {
            clients = ClientAuth.OPTIONAL;
            trust = Objects.requireNonNull(of, "trust");
            return this;
        }

        /** @throws SSLException what was given cannot be used together */
        public EvplTlsServer build() throws SSLException {
            return new EvplTlsServer(this);
        }
    }
}
