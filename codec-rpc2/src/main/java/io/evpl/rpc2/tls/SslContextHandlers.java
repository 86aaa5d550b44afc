package io.evpl.rpc2.tls;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** TLS by Netty's SslHandler, of whatever provider the context is. */
final class SslContextHandlers implements TlsHandlers {
    private static final List<String> PROTOCOLS = List.of(RpcTlsSession.APPLICATION_PROTOCOL);
    /** RFC 9110, section 4.3.4: a name, or an address, that stands in the certificate. */
    private static final String NAME_CHECK = "HTTPS";

    private final SslContext context;

    SslContextHandlers(SslContext context, boolean client) {
        if (context.isClient() != client) {
            throw new IllegalArgumentException(client ? "this context is a server's: begin with SslContextBuilder.forClient()"
                    : "this context is a client's: begin with SslContextBuilder.forServer(...)");
        }
        if (!context.applicationProtocolNegotiator().protocols().equals(PROTOCOLS)) {
            throw new IllegalArgumentException("this context offers the application protocols "
                    + context.applicationProtocolNegotiator().protocols() + " and must offer " + PROTOCOLS
                    + ": give the SslContextBuilder instead, or call applicationProtocolConfig of it");
        }
        this.context = context;
    }

    /** Builds what RFC 9289, section 5, demands. Which protocol was chosen is looked at after the handshake: not all providers can end it. */
    static SslContextHandlers of(SslContextBuilder builder, boolean client) throws SSLException {
        return new SslContextHandlers(builder.protocols(RpcTlsSession.VERSION).applicationProtocolConfig(new ApplicationProtocolConfig(
                Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, PROTOCOLS)).build(), client);
    }

    @Override
    public void addBefore(ChannelPipeline pipeline, String before, String host, int port) {
        SslHandler handler = host == null ? context.newHandler(pipeline.channel().alloc())
                : context.newHandler(pipeline.channel().alloc(), host, port);
        SSLEngine engine = handler.engine();
        engine.setEnabledProtocols(new String[] {RpcTlsSession.VERSION});
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(host == null ? null : NAME_CHECK);
        engine.setSSLParameters(parameters);
        handler.setHandshakeTimeoutMillis(0); // from the probe on, our own counts
        pipeline.addBefore(before, null, handler);
    }
}
