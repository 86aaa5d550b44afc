package io.evpl.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;

/**
 * TLS for any stream channel: TCP, unix sockets, within the process. {@link #server} and {@link #client} make what a
 * channel's initializer adds to its pipeline.
 *
 * <p>BoringSSL does it where {@code netty-tcnative-boringssl-static} is on the class path and loads, else the JDK, which is
 * slower; {@link #boringSslUnavailabilityCause} says why.
 */
public final class EvplTls {
    /** Who does the work. */
    public enum Provider {
        BORINGSSL(SslProvider.OPENSSL),
        JDK(SslProvider.JDK);

        final SslProvider netty;

        Provider(SslProvider netty) {
            this.netty = netty;
        }
    }

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private EvplTls() {
    }

    /** Begins a server's settings. @param identity what clients see that name no other host */
    public static EvplTlsServer.Builder server(TlsIdentity identity) {
        return new EvplTlsServer.Builder(identity);
    }

    /** Begins a client's settings. */
    public static EvplTlsClient.Builder client() {
        return new EvplTlsClient.Builder();
    }

    /** Who does the work unless a builder says otherwise. */
    public static Provider defaultProvider() {
        return boringSslUnavailabilityCause() == null ? Provider.BORINGSSL : Provider.JDK;
    }

    /** @return why BoringSSL is not used here, and what would help; null if it is */
    public static Throwable boringSslUnavailabilityCause() {
        Throwable cause = OpenSsl.unavailabilityCause();
        return cause == null ? null : new UnsupportedOperationException("BoringSSL is not used: " + cause.getMessage()
                + "; add io.netty:netty-tcnative-boringssl-static with this machine's classifier to the class path", cause);
    }

    /** What clients and servers choose alike. */
    abstract static sealed class Builder<B extends Builder<B>> permits EvplTlsServer.Builder, EvplTlsClient.Builder {
        private Provider provider;
        private List<String> applicationProtocols = List.of();
        private String[] versions = VERSIONS;
        private List<String> ciphers;
        boolean kernelTls;
        /** Another in tests. */
        KtlsKernel kernel = LinuxKtls.INSTANCE;

        abstract B self();

        /** Another than {@link EvplTls#defaultProvider}. @throws UnsupportedOperationException it is not available; says why */
        public B provider(Provider wanted) {
            Throwable cause = boringSslUnavailabilityCause();
            if (wanted == Provider.BORINGSSL && cause != null) {
                throw new UnsupportedOperationException(cause.getMessage(), cause);
            }
            provider = Objects.requireNonNull(wanted, "provider");
            return self();
        }

        /** ALPN: the protocols to speak, such as {@code h2} and {@code http/1.1}, the best one first. */
        public B applicationProtocols(String... names) {
            applicationProtocols = List.of(names);
            return self();
        }

        /** Versions of TLS instead of 1.3 and 1.2, as JSSE names them. */
        public B versions(String... names) {
            versions = names.clone();
            return self();
        }

        /** Cipher suites instead of the provider's choice, as JSSE names them. */
        public B ciphers(String... names) {
            ciphers = List.of(names);
            return self();
        }

        /**
         * Has the kernel encrypt what is sent and decrypt what is received, after the handshake and where it can, so that a
         * {@link io.netty.channel.FileRegion} is sent straight from the file's pages. Needs BoringSSL, AES-GCM or
         * ChaCha20-Poly1305, a TCP channel and the kernel's module {@code tls};
         * {@link EvplTlsConnection#ktlsUnavailabilityCause} says which is missing, and then the provider does it, after
         * reading file regions into buffers. Such a connection cannot change its keys: it ends with an exception that says so
         * if the peer does (KeyUpdate, RFC 8446, section 4.6.3).
         */
        public B kernelTls() {
            kernelTls = true;
            return self();
        }

        Provider provider() {
            return provider == null ? defaultProvider() : provider;
        }

        /** What keeps the keys of connections until the kernel takes them; null if it shall not. */
        TrafficSecrets secrets() {
            return kernelTls && provider() == Provider.BORINGSSL ? new TrafficSecrets() : null;
        }

        /** For one connection; null without secrets. */
        Ktls ktls(TrafficSecrets secrets, boolean client) {
            return secrets == null ? null : new Ktls(kernel, secrets, client);
        }

        SslContext build(SslContextBuilder builder, TrafficSecrets secrets) throws SSLException {
            builder.sslProvider(provider().netty).protocols(versions);
            if (ciphers != null) {
                builder.ciphers(ciphers);
            }
            if (!applicationProtocols.isEmpty()) {
                builder.applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, applicationProtocols));
            }
            SslContext context = builder.build();
            if (secrets != null) {
                secrets.watch(context);
            }
            return context;
        }
    }
}
