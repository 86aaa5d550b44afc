package io.evpl.rpc2.tls;

import io.evpl.rpc2.RecordDecoder;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.pcap.PcapHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** One connection's way from the clear to TLS, between its records and its calls. What both sides have in common. On the loop. */
abstract class StartTls extends ChannelDuplexHandler {
    enum State {
        /** No probe yet. */
        CLEAR,
        /** From the probe to its answer. */
        PROBED,
        /** From the answer to the end of the handshake. */
        HANDSHAKE,
        SECURE,
        /** Nothing is let through any more. */
        FAILED
    }

    /** RFC 9289, section 7.1, demands an audit log of what is chosen. */
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(RpcTlsSession.class);

    private final RecordDecoder records;
    private final TlsHandlers handlers;
    private final long handshakeTimeoutNs;
    private State state = State.CLEAR;
    private ChannelHandlerContext ctx;
    private ScheduledFuture<?> timer;
    /** Something was decrypted: the peer has accepted us. */
    private boolean heard;
    /** Denials wait for the end of the turn. */
    private boolean dirty;

    StartTls(RecordDecoder records, TlsHandlers handlers, long handshakeTimeoutNs) {
        this.records = records;
        this.handlers = handlers;
        this.handshakeTimeoutNs = handshakeTimeoutNs;
    }

    ChannelHandlerContext context() {
        return ctx;
    }

    State state() {
        return state;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopTimer();
    }

    // ---- steps --------------------------------------------------------------------------------------------------------

    /** The peer has asked, or we have. */
    void probed() {
        state = State.PROBED;
        timer = ctx.executor().schedule(() -> fail(AuthStat.AUTH_FAILED, "TLS was not there after "
                + TimeUnit.NANOSECONDS.toMillis(handshakeTimeoutNs) + " ms", null), handshakeTimeoutNs, TimeUnit.NANOSECONDS);
    }

    /**
     * False, and the end of the connection, if there is a byte behind the last record. Whoever sent it in the clear, it must not become
     * the beginning of what TLS protects: RFC 9289, section 5.1.1.
     */
    boolean isNothingBehind() {
        if (records.isBetweenRecords()) {
            return true;
        }
        spurious();
        return false;
    }

    void spurious() {
        fail(AuthStat.AUTH_FAILED, "something came in the clear between the probe for TLS and the handshake", null);
    }

    /** Both have agreed, and the answer is on its way. */
    void begin(String host, int port) {
        state = State.HANDSHAKE;
        try {
            handlers.addBefore(ctx.pipeline(), inClear(ctx.pipeline()), host, port);
        } catch (RuntimeException e) {
            fail(AuthStat.AUTH_FAILED, "TLS cannot be begun: " + e.getMessage(), e);
        }
    }

    /** What is wrong with a session, beyond what TLS itself sees; null if nothing is. */
    abstract String objection(RpcTlsSession session);

    /** The connection is protected from now on. */
    abstract void secured();

    /** One line about a handshake that failed. */
    abstract String failedHandshake(String reason);

    private void handshakeDone() {
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        RpcTlsSession session = new RpcTlsSession(ssl.engine().getSession());
        String objection = objection(ssl, session);
        if (objection != null) {
            fail(AuthStat.AUTH_FAILED, failedHandshake(objection), null);
            return;
        }
        state = State.SECURE;
        stopTimer();
        session.keep(ctx.channel());
        LOG.info("{}: {}", ctx.channel(), session.describe());
        secured();
    }

    private String objection(SslHandler ssl, RpcTlsSession session) {
        if (!RpcTlsSession.APPLICATION_PROTOCOL.equals(ssl.applicationProtocol())) {
            return "the peer has not agreed to the application protocol \"" + RpcTlsSession.APPLICATION_PROTOCOL + "\" (ALPN) but to "
                    + ssl.applicationProtocol();
        }
        if (!RpcTlsSession.VERSION.equals(session.ssl().getProtocol())) {
            return "it would be " + session.ssl().getProtocol() + ", and only " + RpcTlsSession.VERSION + " is allowed";
        }
        return objection(session);
    }

    void audit(String choice) {
        LOG.info("{}: {}", ctx.channel(), choice);
    }

    /** The end of the connection, and of its calls. */
    void fail(AuthStat stat, String message, Throwable cause) {
        if (state == State.FAILED) {
            return;
        }
        state = State.FAILED;
        stopTimer();
        LOG.info("{}: no TLS, closed: {}", ctx.channel(), message);
        ctx.fireExceptionCaught(new RpcTlsException(stat, message, cause));
        ctx.close();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    // ---- messages -----------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        if (state == State.FAILED) {
            ReferenceCountUtil.release(received);
        } else if (received instanceof ByteBuf message) {
            received(message);
        } else {
            ctx.fireChannelRead(received);
        }
    }

    private void received(ByteBuf message) {
        switch (state) {
            case CLEAR -> inTheClear(message);
            case PROBED -> afterProbe(message);
            case HANDSHAKE -> {
                message.release();
                spurious();
            }
            case SECURE -> {
                heard = true;
                protectedMessage(message);
            }
            case FAILED -> message.release();
        }
    }

    /** Takes the reference. */
    abstract void inTheClear(ByteBuf message);

    /** Takes the reference. */
    abstract void afterProbe(ByteBuf message);

    /** One TLS is enough: RFC 9289, section 4.1. */
    private void protectedMessage(ByteBuf message) {
        if (Probe.hasFlavor(message) && Probe.isOfTls(message)) {
            deny(message, AuthStat.AUTH_BADCRED);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    /** Takes the reference. */
    void deny(ByteBuf message, AuthStat stat) {
        answer(message, Probe.denial(ctx.alloc(), Probe.xid(message), stat));
    }

    /** Takes the references. */
    void answer(ByteBuf message, ByteBuf refusal) {
        message.release();
        dirty = true;
        ctx.write(refusal, ctx.voidPromise());
        if (!ctx.channel().isWritable()) {
            ctx.flush();
            if (!ctx.channel().isWritable()) {
                fail(AuthStat.AUTH_FAILED, "the peer goes on calling and does not read that it is refused", null);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (dirty) {
            dirty = false;
            ctx.flush();
        }
        ctx.fireChannelReadComplete();
    }

    // ---- TLS's own events ---------------------------------------------------------------------------------------------

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (state == State.HANDSHAKE && event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                handshakeDone();
            } else {
                fail(AuthStat.AUTH_FAILED, failedHandshake(reason(completion.cause())), completion.cause());
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        switch (state) {
            case CLEAR -> ctx.fireExceptionCaught(thrown);
            case PROBED -> fail(AuthStat.AUTH_FAILED, "the connection failed at the probe for TLS: " + reason(thrown), thrown);
            case HANDSHAKE -> fail(AuthStat.AUTH_FAILED, failedHandshake(reason(thrown)), thrown);
            case SECURE -> {
                // With TLS 1.3 a client is through before the server has looked at its certificate.
                if (!heard && isOfTls(thrown)) {
                    fail(AuthStat.AUTH_FAILED, failedHandshake(reason(thrown)), thrown);
                } else {
                    ctx.fireExceptionCaught(thrown);
                }
            }
            case FAILED -> LOG.debug("{}: after its end", ctx.channel(), thrown);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        switch (state) {
            case PROBED -> fail(AuthStat.AUTH_FAILED, "the peer closed the connection at the probe for TLS", null);
            case HANDSHAKE -> fail(AuthStat.AUTH_FAILED, failedHandshake("the peer closed the connection"), null);
            case CLEAR, SECURE, FAILED -> stopTimer();
        }
        ctx.fireChannelInactive();
    }

    private static boolean isOfTls(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    /** Providers hide the reason behind a message such as "General OpenSslEngine problem". */
    private static String reason(Throwable thrown) {
        String reason = thrown.toString();
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at.getMessage() != null) {
                reason = at.getMessage();
            }
        }
        return reason;
    }

    /** The first handler that sees what is not encrypted: a capture, or the one that finds records. */
    private String inClear(ChannelPipeline pipeline) {
        ChannelHandlerContext capture = pipeline.context(PcapHandler.class);
        return capture != null ? capture.name() : pipeline.context(records).name();
    }
}
