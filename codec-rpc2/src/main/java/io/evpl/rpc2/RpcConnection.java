package io.evpl.rpc2;

import io.evpl.rpc2.CloseCause.Kind;
import io.evpl.rpc2.datagram.DatagramRecords;
import io.evpl.rpc2.datagram.PeerChannel;
import io.evpl.rpc2.pcap.PcapFolder;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * One channel, both directions at once: calls that we make, and calls that we serve. It is a handler behind a {@link RecordDecoder}, or
 * behind anything else that passes one message at a time; {@link #install} adds both to a pipeline, {@link #connect} and
 * {@link RpcServer} make the channel, too. One object serves one channel.
 *
 * <p>Calls can be made from any thread, before the channel is connected as well: they wait then. Handlers, listeners and futures run on
 * the channel's loop. When the channel ends, every call fails with {@link ConnectionLostException}, and whoever hears of it may make calls
 * or connections right there.
 */
public final class RpcConnection extends ChannelInboundHandlerAdapter implements RpcCaller {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(RpcConnection.class);

    private final RpcConfig config;
    private final OutgoingCalls outgoing;
    private final CompletableFuture<RpcConnection> connected = new CompletableFuture<>();
    private final CompletableFuture<CloseCause> closed = new CompletableFuture<>();
    private final Runnable flushTask = this::flush;
    private final Runnable roomTask = this::useRoom;
    /** Whether a handler in front says when calls may begin. */
    private volatile boolean awaitsSecurity;
    private volatile EventExecutor executor;
    private volatile Channel channel;
    private volatile SocketAddress remoteAddress;
    private volatile Object attachment;

    // What follows is the loop's.
    private ChannelHandlerContext ctx;
    private Outbox outbox;
    private ServedCalls served;
    /** Between the first message of a turn and its end, which flushes. */
    private boolean reading;
    private boolean flushScheduled;
    private boolean roomScheduled;
    /** Reading was stopped by us. */
    private boolean paused;
    private boolean draining;
    /** Or null. */
    private Runnable answeredTask;
    private boolean ended;
    private CloseCause cause;

    public RpcConnection(RpcConfig config) {
        this.config = config;
        outgoing = new OutgoingCalls(this, config);
    }

    /**
     * Connects a client.
     *
     * @param bootstrap with group and channel type; if it has a handler (TLS, say) that one comes first
     * @return at once; calls made now wait for the connection, and fail if there is none
     */
    public static RpcConnection connect(Bootstrap bootstrap, RpcConfig config, SocketAddress remote) {
        RpcConnection connection = new RpcConnection(config);
        ChannelHandler first = bootstrap.config().handler();
        ChannelFuture future = bootstrap.clone().handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                if (first != null) {
                    channel.pipeline().addLast(first);
                }
                connection.install(channel.pipeline());
            }
        }).connect(remote);
        connection.connecting(future);
        return connection;
    }

    private void connecting(ChannelFuture future) {
        channel = future.channel();
        if (executor == null) {
            executor = channel.isRegistered() || !future.isDone() ? channel.eventLoop() : GlobalEventExecutor.INSTANCE;
        }
        future.addListener(done -> {
            if (!done.isSuccess() && !execute(() -> end(Kind.TRANSPORT, done.cause()))) {
                end(Kind.TRANSPORT, done.cause());
            }
        });
    }

    /**
     * Adds this to the end of a pipeline, and before it what finds messages in the channel's kind of data: a {@link RecordDecoder} and what
     * protects the connection for a stream, {@link DatagramRecords} for a datagram channel that will be connected.
     */
    public void install(ChannelPipeline pipeline) {
        Channel target = pipeline.channel();
        if (executor == null && target.isRegistered()) {
            executor = target.eventLoop(); // handlerAdded comes later if this is another thread; calls wait for it
        }
        switch (target) {
            case PeerChannel _ -> pipeline.addLast(this);
            case DatagramChannel datagrams -> {
                // A reply that is longer than the buffer would be cut: the largest there is must fit.
                datagrams.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(DatagramRecords.RECEIVE_BUFFER_BYTES));
                PcapFolder.capture(target, "datagram-client");
                pipeline.addLast(new DatagramRecords(), this);
            }
            default -> {
                PcapFolder.capture(target, target.parent() == null ? "connected" : "accepted");
                RecordDecoder records = new RecordDecoder(config.limits());
                pipeline.addLast(records);
                if (config.tls() != null) {
                    awaitsSecurity = config.tls().install(pipeline, records, this);
                }
                pipeline.addLast(this);
            }
        }
    }

    // ---- for its users ------------------------------------------------------------------------------------------------

    /** @throws IllegalStateException if this is in no pipeline yet */
    @Override
    public <A, R> RpcFuture<R> call(RpcProcedure<A, R> procedure, A arguments, CallOptions options) {
        if (executor == null) {
            throw new IllegalStateException("the connection is in no pipeline: add it to one, or use RpcConnection.connect");
        }
        return outgoing.make(procedure, arguments, options);
    }

    /** Complete when the channel is connected; fails if it never is. */
    public CompletionStage<RpcConnection> connected() {
        return connected;
    }

    /** Complete when the channel has ended and all calls have failed; it says why. */
    public CompletionStage<CloseCause> closed() {
        return closed;
    }

    /** Closes the channel, after what was written before; calls that have no reply fail. From any thread. */
    public CompletionStage<CloseCause> close() {
        if (executor != null && !inEventLoop()) {
            execute(this::closeNow);
        } else {
            closeNow();
        }
        return closed;
    }

    /** Begins no call of the peer's any more, answers those that are open, and closes then. From any thread. */
    public CompletionStage<CloseCause> drain() {
        if (executor != null && !inEventLoop()) {
            execute(this::drainNow);
        } else {
            drainNow();
        }
        return closed;
    }

    /** The channel, or null if there is none yet. */
    public Channel channel() {
        return channel;
    }

    /** The peer; stays when the channel has ended. Null before it is connected. */
    public SocketAddress remoteAddress() {
        return remoteAddress;
    }

    /** What {@link #attachment(Object)} was given last. */
    public Object attachment() {
        return attachment;
    }

    /** Keeps an object of the user's with this connection. */
    public void attachment(Object object) {
        attachment = object;
    }

    @Override
    public String toString() {
        return "RpcConnection to " + remoteAddress;
    }

    /**
     * Runs a task once every call that the peer has made so far is answered, and the answers are flushed: at once if that is so. For
     * handlers that change how the channel is protected. On the loop; a second task takes the first one's place. It is forgotten if the
     * connection ends before.
     */
    public void whenAnswered(Runnable task) {
        answeredTask = task;
        checkAnswered();
    }

    private void checkAnswered() {
        if (answeredTask == null || ended || served != null && (served.openCalls() > 0 || served.isHolding())) {
            return;
        }
        Runnable task = answeredTask;
        answeredTask = null;
        flush();
        task.run();
    }

    // ---- the channel --------------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (this.ctx != null) {
            throw new IllegalStateException("a connection serves one channel; make another one for " + ctx.channel());
        }
        this.ctx = ctx;
        channel = ctx.channel();
        executor = ctx.executor();
        if (channel.isActive() && !awaitsSecurity) {
            activate();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        activate();
        ctx.fireChannelActive();
    }

    private void activate() {
        if (served != null || ended) {
            return;
        }
        remoteAddress = channel.remoteAddress();
        LoopXdr xdr = LoopXdr.get();
        outbox = new Outbox(ctx);
        served = new ServedCalls(this, ctx, config, new ReplyWriter(outbox, xdr.encoder(), ctx.alloc()), xdr.decoder());
        config.listener().connected(this);
        outgoing.open(ctx, outbox, new CallWriter(xdr.encoder(), ctx.alloc()), xdr.decoder());
        connected.complete(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        if (!(received instanceof ByteBuf message)) {
            ctx.fireChannelRead(received);
            return;
        }
        reading = true;
        int bytes = message.readableBytes();
        if (ended) {
            message.release();
        } else if (bytes < CallMessage.MIN_BYTES) {
            message.release();
            exceptionCaught(ctx, new BadRecordException("a message of " + bytes + " bytes"));
        } else {
            read(message, message.getInt(message.readerIndex() + Integer.BYTES));
        }
    }

    private void read(ByteBuf message, int messageType) {
        if (messageType == CallMessage.CALL) {
            served.onCall(message);
            return;
        }
        try {
            if (messageType == CallMessage.REPLY) {
                outgoing.onReply(message);
            } else {
                exceptionCaught(ctx, new BadRecordException("a message of type " + Integer.toUnsignedString(messageType)));
            }
        } finally {
            message.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        flush();
        ctx.fireChannelReadComplete();
    }

    /** May come from within a write or a flush of ours: what follows from it waits until that is over. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            scheduleRoom();
        } else {
            updateReading();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        Kind kind = switch (thrown) {
            case BadRecordException _, DecoderException _ -> Kind.PROTOCOL;
            case IOException _ -> Kind.TRANSPORT;
            case AuthException _ -> Kind.SECURITY;
            default -> Kind.FAULT;
        };
        if (kind == Kind.FAULT) {
            LOG.warn("{} is closed", this, thrown);
        }
        becauseOf(kind, thrown);
        flush();
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(Kind.PEER, null);
        ctx.fireChannelInactive();
    }

    /** Also when a channel never became active. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end(Kind.LOCAL, null);
    }

    // ---- for its halves, on the loop unless it says otherwise ----------------------------------------------------------

    EventExecutor executor() {
        return executor;
    }

    /** From any thread. */
    boolean inEventLoop() {
        return executor.inEventLoop();
    }

    /** Runs later on the loop; false if the loop has ended. From any thread. */
    boolean execute(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** There may be something in the outbox: it is flushed at the end of this turn. */
    void wrote() {
        if (!reading && !flushScheduled && outbox.isDirty()) {
            flushScheduled = execute(flushTask);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (outbox != null && !ended) {
            outbox.flush();
        }
    }

    /** A call that was served has ended. */
    void roomAtServer() {
        checkAnswered();
        if (paused || served.isHolding()) {
            scheduleRoom();
        }
        if (draining && !ended && served.openCalls() == 0) {
            closeDrained();
        }
    }

    /** A call of ours was sent or has ended. */
    void pendingChanged() {
        if (paused || served.isHolding()) {
            updateReading();
        }
    }

    private void scheduleRoom() {
        if (!roomScheduled) {
            roomScheduled = execute(roomTask);
        }
    }

    private void useRoom() {
        roomScheduled = false;
        if (!ended && served != null) {
            outgoing.sendWaiting();
            served.serveHeld();
        }
    }

    /**
     * Reads as long as calls can be served. While calls of ours are pending, it reads their replies even if it serves nothing: whatever
     * keeps calls open, or the peer from reading, may be waiting for exactly these. Calls that come meanwhile are held, within limits.
     */
    void updateReading() {
        if (ended || served == null) {
            return;
        }
        checkAnswered();
        boolean read = served.isServing() || outgoing.pendingCalls() > 0 && served.mayHold();
        if (read != paused) {
            return;
        }
        if (read) {
            paused = false;
            channel.config().setAutoRead(true);
        } else if (channel.config().isAutoRead()) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    // ---- its end ------------------------------------------------------------------------------------------------------

    /** The first reason counts; from then on no call of the peer's is begun. */
    private void becauseOf(Kind kind, Throwable detail) {
        if (cause == null) {
            cause = new CloseCause(kind, detail);
            if (served != null) {
                served.drain();
            }
        }
    }

    private void closeNow() {
        becauseOf(Kind.LOCAL, null);
        flush();
        if (channel == null) {
            end(Kind.LOCAL, null);
        } else if (ctx != null) {
            ctx.close();
        } else {
            channel.close();
        }
    }

    private void drainNow() {
        if (ended || draining) {
            return;
        }
        draining = true;
        if (served == null) {
            closeNow();
            return;
        }
        served.drain();
        updateReading();
        if (served.openCalls() == 0) {
            closeDrained();
        }
    }

    /** Behind the last reply, however long that one takes. */
    private void closeDrained() {
        becauseOf(Kind.LOCAL, null);
        flush();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void end(Kind kind, Throwable detail) {
        if (ended) {
            return;
        }
        becauseOf(kind, detail);
        ended = true;
        if (served != null) {
            served.close();
            outbox.discard();
        }
        outgoing.close(cause);
        if (served != null) {
            config.listener().disconnected(this, cause);
        }
        connected.completeExceptionally(new ConnectionLostException("never connected: " + cause, cause.detail()));
        closed.complete(cause);
    }
}
