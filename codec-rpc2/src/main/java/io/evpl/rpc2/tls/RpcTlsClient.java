package io.evpl.rpc2.tls;

import io.evpl.rpc2.ConnectionSecurity;
import io.evpl.rpc2.RecordDecoder;
import io.evpl.rpc2.RpcConnection;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * TLS at a client: for {@link io.evpl.rpc2.RpcConfig.Builder#tls}. The connection asks the server first of all; calls made meanwhile wait,
 * and {@link RpcConnection#connected} is complete when they may go. One object serves any number of connections.
 */
public final class RpcTlsClient implements ConnectionSecurity {
    /** What a client does at a server without TLS. */
    public enum Policy {
        /** Does not ask for TLS. */
        NEVER,
        /**
         * Goes on in the clear if the server refuses. Who can change what is sent can make it seem so (RFC 9289, section 7.1.1); a handshake
         * that fails is the end of the connection all the same.
         */
        OPPORTUNISTIC,
        /** Ends the connection, and its calls fail with {@link RpcTlsException}. */
        REQUIRED
    }

    /** How long the probe and the handshake may take together, unless the builder says otherwise. */
    public static final long DEFAULT_HANDSHAKE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    private final TlsHandlers handlers;
    private final Policy policy;
    private final int program;
    private final int version;
    private final String serverName;
    private final boolean anyServerName;
    private final long handshakeTimeoutNs;

    private RpcTlsClient(Builder builder, TlsHandlers handlers) {
        this.handlers = handlers;
        policy = builder.policy;
        program = builder.program;
        version = builder.version;
        serverName = builder.serverName;
        anyServerName = builder.anyServerName;
        handshakeTimeoutNs = builder.handshakeTimeoutNs;
    }

    /**
     * Begins with whom to trust, and with the client's own certificate if it has one:
     * {@code SslContextBuilder.forClient().trustManager(ca).keyManager(key, chain)}. TLS 1.3 alone and the application protocol are set
     * here.
     *
     * @param program a program that the server has: the probe is a call of its procedure 0
     * @param version of the program
     */
    public static Builder builder(SslContextBuilder ssl, int program, int version) {
        return new Builder(Objects.requireNonNull(ssl, "ssl"), null, program, version);
    }

    /**
     * As {@link #builder(SslContextBuilder, int, int)}, with a context that is ready.
     *
     * @throws IllegalArgumentException if it does not offer the application protocol {@value RpcTlsSession#APPLICATION_PROTOCOL} alone
     */
    public static Builder builder(SslContext ssl, int program, int version) {
        return builder(new SslContextHandlers(ssl, true), program, version);
    }

    /** As {@link #builder(SslContextBuilder, int, int)}, with handlers of one's own, which check the server's name. */
    public static Builder builder(TlsHandlers handlers, int program, int version) {
        return new Builder(null, Objects.requireNonNull(handlers, "handlers"), program, version);
    }

    @Override
    public boolean install(ChannelPipeline pipeline, RecordDecoder records, RpcConnection connection) {
        return switch (policy) {
            case NEVER -> false;
            case OPPORTUNISTIC, REQUIRED -> {
                pipeline.addLast(new ClientStart(records, this, handlers, handshakeTimeoutNs));
                yield true;
            }
        };
    }

    boolean isRequired() {
        return policy == Policy.REQUIRED;
    }

    int program() {
        return program;
    }

    int version() {
        return version;
    }

    /** Null for the address's. */
    String serverName() {
        return serverName;
    }

    boolean checksName() {
        return !anyServerName;
    }

    static long positive(long timeoutNs) {
        if (timeoutNs <= 0) {
            throw new IllegalArgumentException("handshakeTimeoutNs is " + timeoutNs + "; a handshake needs time");
        }
        return timeoutNs;
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private final SslContextBuilder ssl;
        private final TlsHandlers handlers;
        private final int program;
        private final int version;
        private Policy policy = Policy.REQUIRED;
        private String serverName;
        private boolean anyServerName;
        private long handshakeTimeoutNs = DEFAULT_HANDSHAKE_TIMEOUT_NS;

        private Builder(SslContextBuilder ssl, TlsHandlers handlers, int program, int version) {
            this.ssl = ssl;
            this.handlers = handlers;
            this.program = program;
            this.version = version;
        }

        /** {@link Policy#REQUIRED} unless called. */
        public Builder policy(Policy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** Whom the server's certificate must be for, a name or an address, instead of the one that was connected to. */
        public Builder serverName(String name) {
            serverName = Objects.requireNonNull(name, "name");
            anyServerName = false;
            return this;
        }

        /** Takes a trusted certificate for whatever name: anybody who has one can stand in for the server. */
        public Builder anyServerName() {
            anyServerName = true;
            return this;
        }

        /** @see RpcTlsClient#DEFAULT_HANDSHAKE_TIMEOUT_NS */
        public Builder handshakeTimeoutNs(long timeoutNs) {
            handshakeTimeoutNs = positive(timeoutNs);
            return this;
        }

        /** @throws SSLException whom to trust, or the certificate and what belongs to it, cannot be used */
        public RpcTlsClient build() throws SSLException {
            return new RpcTlsClient(this, ssl == null ? handlers : SslContextHandlers.of(ssl, true));
        }
    }
}
