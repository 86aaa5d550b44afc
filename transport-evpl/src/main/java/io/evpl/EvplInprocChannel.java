package io.evpl;

import io.evpl.channel.ConnectionState;
import io.evpl.channel.DelegatingUnsafe;
import io.evpl.inproc.Backlog;
import io.evpl.inproc.Connection;
import io.evpl.inproc.Pipe;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.internal.StringUtil;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;

/**
 * A connection within the process, between two loops or on one, ours or Netty's: what is written on one end is what is read on
 * the other, the same object, without a copy and without a system call while the other loop is awake. What may wait in
 * between is bounded ({@link EvplChannelOption#INPROC_QUEUE_MESSAGES}, {@link EvplChannelOption#INPROC_QUEUE_BYTES}).
 *
 * <p>A write's promise completes when the message is in the queue. Connecting completes at once: what is written before the
 * other end is accepted waits in the queue.
 */
public final class EvplInprocChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private final EvplInprocChannelConfig config;
    private final ConnectionState state = new ConnectionState();
    private final ConnectionTally tally = new ConnectionTally(this, Protocol.INPROC);
    private final Runnable readTask = this::readBatch;
    private final Runnable writeTask = this::writeOn;
    private volatile InprocAddress local;
    private volatile InprocAddress remote;
    private volatile CloseReason closeReason;
    /** Null before the first registration. */
    private LoopChannels loop;
    /** Null until the channel is connected. */
    private Connection.End end;
    private WriteThrough writeThrough;
    private InprocRemoteMemory remoteMemory;
    private boolean readRequested;
    private boolean reading;
    /** Whether the channel ever came to a loop. */
    private boolean accepted;

    /** Not connected, of kind {@link InprocKind#MESSAGE} unless an option says otherwise. */
    public EvplInprocChannel() {
        this(InprocKind.MESSAGE);
    }

    /** Not connected. */
    public EvplInprocChannel(InprocKind kind) {
        super(null);
        config = new EvplInprocChannelConfig(this, kind, this::stopRead);
    }

    /** The other end of a connection to {@code parent}. */
    EvplInprocChannel(EvplServerInprocChannel parent, Connection.End end) {
        super(parent);
        config = new EvplInprocChannelConfig(this, parent.config().getKind(), this::stopRead);
        local = parent.localAddress();
        remote = local.withSerial(end.serial());
        connected(end);
        state.onAccepted();
    }

    private void connected(Connection.End connection) {
        end = connection;
        writeThrough = new WriteThrough(connection.out());
        remoteMemory = config.fixKind() == InprocKind.MESSAGE ? new InprocRemoteMemory(this, connection) : null;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public EvplInprocChannelConfig config() {
        return config;
    }

    @Override
    public EvplServerInprocChannel parent() {
        return (EvplServerInprocChannel) super.parent();
    }

    @Override
    public InprocAddress localAddress() {
        return (InprocAddress) super.localAddress();
    }

    @Override
    public InprocAddress remoteAddress() {
        return (InprocAddress) super.remoteAddress();
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    public boolean isOpen() {
        return state.isOpen();
    }

    @Override
    public boolean isActive() {
        return state.isActive();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return LoopChannels.areServedBy(loop);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new InprocUnsafe();
    }

    @Override
    public Unsafe unsafe() {
        return base().direct;
    }

    private InprocUnsafe base() {
        return (InprocUnsafe) super.unsafe();
    }

    /**
     * Access to memory that the peer has registered on this connection, and registration of memory for the peer.
     *
     * @throws UnsupportedOperationException the channel is a {@link InprocKind#STREAM}
     * @throws NotYetConnectedException it is not connected
     */
    public RemoteMemory remoteMemory() {
        if (config.getKind() == InprocKind.STREAM) {
            throw new UnsupportedOperationException("remote memory needs messages: set INPROC_KIND to MESSAGE on both ends");
        }
        if (remoteMemory == null) {
            throw new NotYetConnectedException();
        }
        return remoteMemory;
    }

    // ---- registration

    private boolean isOnItsLoop() {
        return isRegistered() && eventLoop().inEventLoop();
    }

    @Override
    protected void doRegister() {
        loop = LoopChannels.of(eventLoop());
        tally.on(loop);
        if (parent() != null) {
            tally.accepted();
        }
        accepted = true;
        loop.add(this);
        if (end != null && state.isActive()) {
            attach();
        }
    }

    /** What came or became possible before is looked for, once the registration is complete. */
    private void attach() {
        end.attach(eventLoop(), readTask, writeTask);
        eventLoop().execute(readTask);
        eventLoop().execute(writeTask);
    }

    @Override
    protected void doDeregister() {
        if (end != null) {
            end.detach();
        }
        loop.remove(this);
        tally.left(closeReason);
    }

    /** A name for the end that connects; nobody can connect to it. */
    @Override
    protected void doBind(SocketAddress address) {
        local = InprocAddress.of(address);
    }

    // ---- reading

    @Override
    protected void doBeginRead() {
        if (readRequested) {
            return;
        }
        readRequested = true;
        if (!reading && end != null && !state.isInputEnded()) {
            awaitMessage();
        }
    }

    private void awaitMessage() {
        if (!end.in().awaitMessage()) {
            eventLoop().execute(readTask);
        }
    }

    /** Auto-read was switched off. */
    private void stopRead() {
        if (isOnItsLoop()) {
            readRequested = false;
        } else if (isRegistered()) {
            eventLoop().execute(() -> readRequested &= config.isAutoRead());
        }
    }

    /** One run of {@code channelRead}s. The peer's end is read even while nobody asks, as sockets do. */
    private void readBatch() {
        if (reading || !isOnItsLoop() || state.isInputEnded()) {
            return;
        }
        Pipe in = end.in();
        boolean ended = in.isEnded();
        if (ended && in.endCause() != null) {
            inputFailed(in.endCause());
        } else if (readRequested || ended) {
            reading = true;
            readMessages(in);
            reading = false;
            if (!state.isInputEnded()) {
                readNext(in);
            }
        }
    }

    private void readMessages(Pipe in) {
        RecvByteBufAllocator.ExtendedHandle handle = (RecvByteBufAllocator.ExtendedHandle) unsafe().recvBufAllocHandle();
        handle.reset(config);
        TrafficCounters traffic = tally.traffic();
        readRequested = false;
        Object message = in.read();
        if (message == null) {
            readRequested = true;
            return;
        }
        do {
            handle.incMessagesRead(1);
            handle.lastBytesRead(1);
            traffic.received(bytesOf(message));
            pipeline().fireChannelRead(message);
        } while (!state.isInputEnded() && handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)
                && (message = in.read()) != null);
        in.madeRoom();
        heardFromPeer();
        handle.readComplete();
        pipeline().fireChannelReadComplete();
    }

    private void heardFromPeer() {
        if (end.hasNeighbour()) {
            loop.workFromNeighbour();
        }
    }

    private void readNext(Pipe in) {
        if (in.isEnded() && in.endCause() == null && in.isDrained()) {
            inputEnded();
        } else if (readRequested || in.isEnded()) {
            awaitMessage();
        }
    }

    private void inputEnded() {
        switch (state.onInputEnded(config.isAllowHalfClosure())) {
            case FIRE_INPUT_ENDED -> HalfClosure.fireInputEnded(pipeline());
            case CLOSE -> {
                closesFor(CloseReason.PEER);
                unsafe().close(voidPromise());
            }
            case NONE -> {
            }
            case FIRE_ACTIVE, FAIL_CONNECT, CANCEL, CLOSE_FD -> throw new AssertionError(state);
        }
    }

    private void inputFailed(Throwable cause) {
        closesFor(CloseReason.failure(cause));
        pipeline().fireExceptionCaught(cause);
        unsafe().close(voidPromise());
    }

    // ---- writing

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (config.getKind() == InprocKind.STREAM && !(message instanceof ByteBuf)) {
            throw new UnsupportedOperationException("unsupported message type: " + StringUtil.simpleClassName(message)
                    + " (expected: ByteBuf; INPROC_KIND MESSAGE takes any object)");
        }
        return message;
    }

    private static int bytesOf(Object message) {
        if (message instanceof ByteBuf buf) {
            return buf.readableBytes();
        }
        return message instanceof ByteBufHolder holder ? holder.content().readableBytes() : 0;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws IOException {
        Pipe pipe = end.out();
        if (pipe.isAbandoned()) {
            SocketException cause = brokenPipe();
            closesFor(CloseReason.failure(cause));
            throw cause;
        }
        boolean skipsEmpty = config.getKind() == InprocKind.STREAM;
        for (Object message = out.current(); message != null; message = out.current()) {
            int bytes = bytesOf(message);
            if (bytes > 0 || !skipsEmpty) {
                ReferenceCountUtil.retain(message); // remove() releases; the reader may have released as well by then
                if (!pipe.write(message, bytes)) {
                    ReferenceCountUtil.release(message);
                    if (pipe.awaitRoom(bytes)) {
                        break;
                    }
                    continue;
                }
                tally.traffic().sent(bytes);
            }
            out.remove();
        }
        pipe.flush();
    }

    private SocketException brokenPipe() {
        return new SocketException("broken pipe: the peer of " + this + " reads no more");
    }

    /**
     * While Netty's outbound buffer is empty a write need not go through it.
     *
     * @return false if this one has to
     */
    private boolean writeThrough(Object message, ChannelPromise promise, ChannelOutboundBuffer out) {
        if (writeThrough == null || out == null || out.totalPendingWriteBytes() > 0 || state.isOutputEnded()) {
            return false;
        }
        int bytes = bytesOf(message);
        if (config.getKind() == InprocKind.STREAM && (bytes == 0 || !(message instanceof ByteBuf))) {
            return false;
        }
        return writeThrough.write(message, bytes, promise);
    }

    private void flushThrough() {
        if (writeThrough == null || writeThrough.isFlushed()) {
            return;
        }
        if (end.out().isAbandoned()) {
            SocketException cause = brokenPipe();
            writeThrough.discard(cause);
            base().writeFailed(cause);
        } else {
            writeThrough.flush(tally.traffic());
        }
    }

    /** There is room again, or the channel has come to a new loop. */
    private void writeOn() {
        if (isOnItsLoop()) {
            heardFromPeer();
            base().writeOn();
        }
    }

    // ---- half-close

    @Override
    public boolean isInputShutdown() {
        return state.isInputEnded();
    }

    @Override
    public boolean isOutputShutdown() {
        return state.isOutputEnded();
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        onLoop(() -> base().shutdownOutput(promise));
        return promise;
    }

    @Override
    protected void doShutdownOutput() throws Exception {
        if (!state.isActive()) {
            throw notActive();
        }
        writeThrough.discard(new ChannelOutputShutdownException("the output of " + this + " was shut down before a flush"));
        end.out().end(null);
        state.onOutputEnded();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    /** What waits to be read is discarded; the peer's next write fails. */
    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        onLoop(() -> {
            if (state.isActive()) {
                state.onInputEnded(true);
                end.in().abandon();
                promise.trySuccess();
            } else {
                promise.tryFailure(notActive());
            }
        });
        return promise;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return HalfClosure.shutdown(this, promise);
    }

    private Exception notActive() {
        return state.isOpen() ? new NotYetConnectedException() : new ClosedChannelException();
    }

    private void onLoop(Runnable action) {
        if (eventLoop().inEventLoop()) {
            action.run();
        } else {
            eventLoop().execute(action);
        }
    }

    // ---- closing

    /** Why the channel was closed; null while it is open, unless something has failed already that will close it. Any thread. */
    public CloseReason closeReason() {
        return closeReason;
    }

    private void closesFor(CloseReason reason) {
        if (closeReason == null) {
            closeReason = reason;
        }
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        closesFor(CloseReason.ofClosing(this));
        if (state.onClose(false) == ConnectionState.Action.CLOSE_FD && end != null) {
            end.out().discardUnflushed();
            end.close(closeCause());
            writeThrough.discard(new ClosedChannelException());
        }
    }

    /** What the peer is told: null, the end, unless something cuts it short. */
    private IOException closeCause() {
        if (parent() != null && !accepted) {
            return new ConnectException(local + " did not accept this connection: its child channel was closed unregistered");
        }
        return config.isAborting() ? new SocketException("connection reset by the peer of " + remote) : null;
    }

    /** What the pipeline calls. */
    private final class DirectUnsafe extends DelegatingUnsafe {
        DirectUnsafe(Unsafe unsafe) {
            super(unsafe);
        }

        @Override
        public void write(Object message, ChannelPromise promise) {
            if (!writeThrough(message, promise, outboundBuffer())) {
                super.write(message, promise);
            }
        }

        @Override
        public void flush() {
            flushThrough();
            ChannelOutboundBuffer out = outboundBuffer();
            if (out != null && out.totalPendingWriteBytes() > 0) {
                super.flush();
            }
        }
    }

    private final class InprocUnsafe extends AbstractUnsafe {
        private final DirectUnsafe direct = new DirectUnsafe(this);

        void writeFailed(Throwable cause) {
            closesFor(CloseReason.failure(cause));
            handleWriteError(cause);
        }

        @Override
        public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            try {
                if (state.isActive()) {
                    throw new AlreadyConnectedException();
                }
                if (localAddress != null) {
                    doBind(localAddress);
                }
                begin(InprocAddress.of(remoteAddress));
            } catch (IOException | RuntimeException e) {
                tally.connectFailed(remoteAddress, e);
                promise.tryFailure(e);
                closeIfClosed();
                return;
            }
            tally.connected(remote);
            // A listener may close the channel; channelActive is due all the same, for the connection was there.
            boolean wanted = promise.trySuccess();
            pipeline().fireChannelActive();
            if (!wanted) {
                close(voidPromise());
            }
        }

        private void begin(InprocAddress address) throws ConnectException {
            boolean messages = config.getKind() == InprocKind.MESSAGE;
            connected(Backlog.connect(address.name(), messages, config.limits()));
            remote = address;
            if (local == null || local == InprocAddress.ANY) {
                local = address.withSerial(end.serial());
            }
            state.onConnectStarted();
            state.onConnected();
            attach();
        }

        void writeOn() {
            ChannelOutboundBuffer out = outboundBuffer();
            if (out != null && !out.isEmpty()) {
                flush0();
            }
        }
    }
}
