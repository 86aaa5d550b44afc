package io.evpl.rpc2.tls;

import io.evpl.rpc2.RecordDecoder;
import io.evpl.rpc2.auth.AuthStat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The client's side: asks first of all, and lets the connection begin once it is protected, or may go on in the clear. */
final class ClientStart extends StartTls {
    /** GeneralName of RFC 5280, section 4.2.1.6. */
    private static final int DNS_NAME = 2;

    private final RpcTlsClient settings;
    private final int xid = ThreadLocalRandom.current().nextInt();
    private SocketAddress remote;

    ClientStart(RecordDecoder records, RpcTlsClient settings, TlsHandlers handlers, long handshakeTimeoutNs) {
        super(records, handlers, handshakeTimeoutNs);
        this.settings = settings;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        super.handlerAdded(ctx);
        if (ctx.channel().isActive()) {
            probe();
        }
    }

    /** The address that the channel has later may have lost the name. */
    @Override
    public void connect(ChannelHandlerContext ctx, SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
        remote = remoteAddress;
        ctx.connect(remoteAddress, localAddress, promise);
    }

    /** The connection hears of it when it can begin. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (state() == State.CLEAR) {
            probe();
        }
    }

    private void probe() {
        ChannelHandlerContext ctx = context();
        if (remote == null) {
            remote = ctx.channel().remoteAddress();
        }
        if (settings.checksName() && host() == null) {
            fail(AuthStat.AUTH_FAILED, "no name to check the server's certificate against at " + remote
                    + ": call serverName(...) of RpcTlsClient, or anyServerName()", null);
            return;
        }
        probed();
        ctx.writeAndFlush(Probe.probe(ctx.alloc(), xid, settings.program(), settings.version()), ctx.voidPromise());
    }

    /** Null if nobody has said one. */
    private String host() {
        if (settings.serverName() != null) {
            return settings.serverName();
        }
        return remote instanceof InetSocketAddress address ? address.getHostString() : null;
    }

    // ---- the answer ---------------------------------------------------------------------------------------------------

    /** Nothing can come before the probe is sent, and nothing does here behind a fallback. */
    @Override
    void inTheClear(ByteBuf message) {
        message.release();
    }

    @Override
    void afterProbe(ByteBuf message) {
        Probe.Answer answer = Probe.answer(message, xid);
        AuthStat stat = Probe.stat(message);
        message.release();
        switch (answer) {
            case STARTTLS -> {
                if (isNothingBehind()) {
                    begin(settings.checksName() ? host() : null, remote instanceof InetSocketAddress address ? address.getPort() : 0);
                }
            }
            case DENIED -> noTls(stat, "it refused the probe: " + stat);
            case NOT_UNDERSTOOD -> noTls(AuthStat.AUTH_FAILED, "it answered the probe without STARTTLS");
            case SOMETHING_ELSE -> spurious();
        }
    }

    private void noTls(AuthStat stat, String reason) {
        if (settings.isRequired()) {
            fail(stat, "the server " + remote + " does no TLS, which this client requires (" + reason
                    + "): set up TLS at the server, or give the client the policy OPPORTUNISTIC", null);
            return;
        }
        audit("goes on in the clear: the server does no TLS, " + reason);
        ChannelHandlerContext ctx = context();
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }

    // ---- the handshake ------------------------------------------------------------------------------------------------

    @Override
    String objection(RpcTlsSession session) {
        X509Certificate server = session.peerCertificate();
        if (server == null) {
            return "the server has shown no certificate";
        }
        return settings.checksName() && hasWildcard(server)
                ? "the certificate of " + server.getSubjectX500Principal() + " is for a wildcard; RFC 9289 wants the server's own name"
                : null;
    }

    /** Forbidden by RFC 9289, section 5.2.1, and allowed by the check of names that TLS has from HTTP. */
    private static boolean hasWildcard(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return true;
        }
        return names != null && names.stream().anyMatch(name -> name.getFirst().equals(DNS_NAME) && name.get(1).toString().contains("*"));
    }

    @Override
    void secured() {
        context().fireChannelActive();
    }

    @Override
    String failedHandshake(String reason) {
        return "TLS with " + (host() == null ? remote : host()) + " failed: " + reason;
    }
}
