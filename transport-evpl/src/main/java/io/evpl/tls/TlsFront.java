package io.evpl.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.channel.PendingWriteQueue;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;

/**
 * Between SslHandler and the user's handlers: learns how the handshake ends, and says why in plain words. If the kernel shall
 * encrypt, it holds what is written until that is decided, and leads it around SslHandler then; {@link KtlsReceive} does so
 * with what is received. On the channel's loop.
 */
final class TlsFront extends ChannelDuplexHandler {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(TlsFront.class);
    private static final AtomicBoolean TOLD = new AtomicBoolean();
    /** In a session of the JDK: what a client keeps, and finds again when it resumes the session. */
    private static final String SEEN = "io.evpl.tls.seen";

    /** How providers say that a client, asked for a certificate of certain authorities, has none: BoringSSL, the JDK. */
    private static final List<String> NONE_SHOWN = List.of("PEER_DID_NOT_RETURN_A_CERTIFICATE", "Empty client certificate chain");

    private enum State {
        /** Writes wait here. */
        UNDECIDED,
        /** Writes go to SslHandler. */
        PROVIDER,
        /** Writes go below SslHandler. */
        KERNEL
    }

    private final EvplTlsConnection connection = new EvplTlsConnection(this);
    /** Whether the kernel was asked for. */
    private final boolean wanted;
    /** Null if it was not, or cannot be. */
    private final Ktls ktls;
    private final Promise<Channel> handshake;
    private State state;
    private PendingWriteQueue held;
    private boolean flushed;
    /** A close that came while writes were held: these go first. */
    private ChannelPromise closing;
    private boolean complete;
    private volatile SslHandler ssl;
    private volatile boolean resumed;
    private volatile boolean encrypts;
    private volatile boolean decrypts;
    private volatile Throwable cause;

    private TlsFront(Channel channel, boolean wanted, Ktls ktls) {
        this.wanted = wanted;
        this.ktls = ktls;
        state = ktls == null ? State.PROVIDER : State.UNDECIDED;
        // Made before the channel is registered, hence without its loop.
        handshake = new DefaultPromise<>() {
            @Override
            protected EventExecutor executor() {
                return channel.eventLoop();
            }
        };
    }

    /**
     * Adds TLS to a pipeline.
     *
     * @param before  name of the handler to see plain text; null for the pipeline's end
     * @param handler an SslHandler, or what one will take the place of
     * @param kernel  whether the kernel is wanted
     * @param ktls    null if it is not, or cannot be had
     */
    static EvplTlsConnection add(ChannelPipeline pipeline, String before, ChannelHandler handler, boolean kernel, Ktls ktls) {
        TlsFront front = new TlsFront(pipeline.channel(), kernel, ktls);
        if (ktls != null) {
            ktls.addTo(pipeline, before);
        } else {
            if (kernel) {
                tell(front.notHad());
            }
        }
        // SslHandler last: in a pipeline that is in use it begins at once, and the others must be there to see it.
        insert(pipeline, before, front);
        String name = pipeline.context(front).name();
        if (kernel) {
            ChunkedWriteHandler chunks = new ChunkedWriteHandler();
            insert(pipeline, name, chunks);
            name = pipeline.context(chunks).name();
        }
        insert(pipeline, name, handler);
        front.find(pipeline.context(front));
        return front.connection;
    }

    static void insert(ChannelPipeline pipeline, String before, ChannelHandler handler) {
        if (before == null) {
            pipeline.addLast(handler);
        } else {
            pipeline.addBefore(before, null, handler);
        }
    }

    private Throwable notHad() {
        return new UnsupportedOperationException(wanted
                ? "the JDK does not tell its keys, and BoringSSL is needed" : "kernelTls() was not asked for");
    }

    private static void tell(Throwable cause) {
        if (TOLD.compareAndSet(false, true)) {
            LOGGER.info("TLS is done in this process and not by the kernel: {}", cause.getMessage());
        }
    }

    EvplTlsConnection connection() {
        return connection;
    }

    Future<Channel> handshake() {
        return handshake;
    }

    SslHandler ssl() {
        return ssl;
    }

    boolean isResumed() {
        return resumed;
    }

    boolean isKtlsTransmit() {
        return encrypts;
    }

    boolean isKtlsReceive() {
        return decrypts;
    }

    Throwable ktlsUnavailabilityCause() {
        return !handshake.isDone() ? null : ktls == null ? notHad() : cause;
    }

    // ---- life

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ktls != null) {
            ktls.front(ctx);
            held = new PendingWriteQueue(ctx);
        }
        find(ctx);
    }

    /** With SNI, SslHandler comes with the client's first message. */
    private void find(ChannelHandlerContext ctx) {
        if (ssl == null) {
            ssl = ctx.pipeline().get(SslHandler.class);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end(ClosedChannelException::new);
    }

    /** Whoever waits is told why; there is nobody as a rule, and then nothing to tell. */
    private void end(Supplier<Exception> why) {
        if (!handshake.isDone()) {
            handshake.tryFailure(why.get());
        }
        if (held != null && !held.isEmpty()) {
            held.removeAndFailAll(new ClosedChannelException());
        }
    }

    private void failHeld(Throwable why) {
        if (held != null && !held.isEmpty()) {
            held.removeAndFailAll(why);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(() -> new SSLHandshakeException("the connection ended during the handshake"));
        ctx.fireChannelInactive();
    }

    // ---- the handshake

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent completion)) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        find(ctx);
        if (!completion.isSuccess()) {
            Throwable why = explained(completion.cause());
            failHeld(why);
            handshake.tryFailure(why);
            ctx.fireUserEventTriggered(new SslHandshakeCompletionEvent(why));
            return;
        }
        if (complete) {
            ctx.fireUserEventTriggered(event); // a renegotiation of TLS 1.2
            return;
        }
        complete = true;
        SSLSession session = ssl.engine().getSession();
        resumed = isResumed(ssl.engine(), session);
        if (ktls == null) {
            handshake.trySuccess(ctx.channel());
            ctx.fireUserEventTriggered(event);
        } else {
            ktls.handOver(session.getProtocol(), session.getCipherSuite(), ctx::flush, why -> decided(ctx, why, event));
        }
    }

    private static boolean isResumed(SSLEngine engine, SSLSession session) {
        if (engine instanceof ReferenceCountedOpenSslEngine boring) {
            return SSL.isSessionReused(boring.sslPointer());
        }
        boolean seen = session.getValue(SEEN) != null;
        session.putValue(SEEN, Boolean.TRUE);
        return seen;
    }

    /** Providers hide the reason in a cause, behind a message such as "General OpenSslEngine problem". */
    private static Throwable explained(Throwable failure) {
        TlsRefusal refusal = TlsRefusal.in(failure);
        boolean noneShown = NONE_SHOWN.stream().anyMatch(String.valueOf(failure.getMessage())::contains);
        if (refusal == null && !noneShown) {
            return failure;
        }
        SSLHandshakeException explained = new SSLHandshakeException(noneShown
                ? "the client showed no certificate of an authority that we trust" : refusal.getMessage());
        explained.initCause(failure);
        return explained;
    }

    private void decided(ChannelHandlerContext ctx, Throwable why, Object event) {
        encrypts = ktls.transmit().isKernel();
        decrypts = ktls.receive().isKernel();
        cause = why;
        if (why != null) {
            tell(why);
        }
        state = encrypts ? State.KERNEL : State.PROVIDER;
        handshake.trySuccess(ctx.channel());
        if (ctx.isRemoved()) {
            return;
        }
        release(ctx);
        ctx.fireUserEventTriggered(event);
        ktls.receive().goOn();
        if (closing != null) {
            ctx.close(closing);
        }
    }

    private void release(ChannelHandlerContext ctx) {
        while (!held.isEmpty()) {
            Object message = ReferenceCountUtil.retain(held.current());
            ChannelPromise promise = held.remove();
            target(ctx).write(state == State.KERNEL ? message : forProvider(message), promise);
        }
        if (flushed) {
            target(ctx).flush();
        }
    }

    private ChannelHandlerContext target(ChannelHandlerContext ctx) {
        return state == State.KERNEL ? ktls.transmit().context() : ctx;
    }

    // ---- writing

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        switch (state) {
            case UNDECIDED -> held.add(message, promise);
            case PROVIDER -> ctx.write(forProvider(message), promise);
            case KERNEL -> ktls.transmit().context().write(message, promise);
        }
    }

    /** Whoever asked for the kernel may write files, also if it is not there: a handler below reads their pieces. */
    private Object forProvider(Object message) {
        return wanted && message instanceof FileRegion region ? new RegionChunks(region) : message;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        switch (state) {
            case UNDECIDED -> flushed = true;
            case PROVIDER -> ctx.flush();
            case KERNEL -> ktls.transmit().context().flush();
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (state == State.UNDECIDED && complete && closing == null) {
            closing = promise;
        } else {
            ctx.close(promise);
        }
    }
}
