package io.evpl.examples.perf.tls;

import io.evpl.tls.EvplTls;
import io.evpl.tls.EvplTlsServer;
import io.evpl.tls.TlsIdentity;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/**
 * One end's TLS, by BoringSSL on all sides: what is compared is the transport below, and the way there. Versions and ciphers are
 * the provider's own choice, TLS 1.3 with AES-GCM. Any thread.
 */
public interface TlsEnd {
    /** Adds it at the end of a new channel's pipeline. */
    void addTo(ChannelPipeline pipeline);

    /** A server of ours: what {@code docs/tls.md} shows. Its JVM has evpl on the class path. */
    static TlsEnd evplServer() throws SSLException {
        SelfSigned self = SelfSigned.of("perf.test");
        EvplTlsServer server = EvplTls.server(TlsIdentity.of(self.key(), self.certificate())).provider(EvplTls.Provider.BORINGSSL).build();
        return server::addTo;
    }

    /** A server of Netty, 4.1 or 4.2: what its users write. */
    static TlsEnd nettyServer() throws SSLException {
        SelfSigned self = SelfSigned.of("perf.test");
        SslContext context = SslContextBuilder.forServer(self.key(), self.certificate()).sslProvider(SslProvider.OPENSSL)
                .protocols("TLSv1.3", "TLSv1.2").build();
        return pipeline -> pipeline.addLast(context.newHandler(pipeline.channel().alloc()));
    }

    /**
     * A client that believes every server and spends no time on it.
     *
     * @param resuming whether a connection takes up the session of one before, if there was one
     */
    static TlsEnd client(boolean resuming) throws SSLException {
        SslContext context = SslContextBuilder.forClient().sslProvider(SslProvider.OPENSSL).protocols("TLSv1.3", "TLSv1.2")
                .trustManager(InsecureTrustManagerFactory.INSTANCE).build();
        // Sessions are kept by peer, and these ports are nobody's: one for each client, since the next server has other keys.
        int peer = ThreadLocalRandom.current().nextInt(1, 1 << Short.SIZE);
        return pipeline -> {
            SslHandler handler = resuming ? context.newHandler(pipeline.channel().alloc(), "perf.test", peer)
                    : context.newHandler(pipeline.channel().alloc());
            pipeline.addLast(handler);
        };
    }
}
