package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.ConnectionState;
import io.evpl.channel.RecordFraming;
import io.evpl.channel.SendBuffer;
import io.evpl.channel.StreamEvents;
import io.evpl.channel.StreamIo;
import io.evpl.linux.Errno;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.metrics.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.StringUtil;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.Executor;

/** A connection of bytes on an {@link EvplEventLoop}, whatever its addresses. */
abstract class EvplStreamChannel extends EvplChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private final ConnectionState state = new ConnectionState();
    private final BackendHalf<StreamIo> half = new BackendHalf<>();
    private ConnectAttempt attempt;
    private boolean readWhenActive;
    /** Waits for the write that is with the kernel: what it takes still counts as written. */
    private ChannelPromise shutdownOutputPromise;

    /** A socket that is not connected yet. @throws io.netty.channel.ChannelException no socket can be opened */
    EvplStreamChannel(AddressFamily family) {
        super(null, openSocket(family, SocketOptions.SOCK_STREAM), family, Protocol.TCP, Protocol.UNIX);
    }

    /** A connection that {@code parent} accepted. */
    EvplStreamChannel(EvplListeningChannel parent, int fd, AddressFamily family) {
        super(parent, fd, family, Protocol.TCP, Protocol.UNIX);
        state.onAccepted();
        remote = family.remoteOf(fd);
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public abstract EvplStreamChannelConfig config();

    @Override
    protected SocketAddress localAddress0() {
        if (local == null && state.isActive()) {
            local = family.localOf(fd);
        }
        return local;
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
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    private StreamUnsafe streamUnsafe() {
        return (StreamUnsafe) unsafe();
    }

    // ---- registration

    @Override
    protected void doRegister() throws IOException {
        LoopChannels loop = joinLoop();
        half.begin(loop, loop.transport().stream(streamUnsafe()));
        loop.add(this);
        if (parent() != null) {
            tally.accepted();
        }
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (state.isActive() && out != null && !out.isEmpty()) {
            eventLoop().execute(streamUnsafe()::writable); // flushed on another loop, which it left before all was written
        }
    }

    @Override
    BackendHalf<StreamIo> half() {
        return half;
    }

    private StreamIo io() {
        return half.io();
    }

    // ---- reading

    @Override
    protected void doBeginRead() {
        if (io() == null || !state.isOpen()) {
            return;
        }
        if (state.isActive()) {
            io().beginRead();
        } else {
            readWhenActive = true;
        }
    }

    /** Whether the peer can send descriptors among its bytes: unix(7). */
    boolean mayCarryDescriptors() {
        return family == AddressFamily.UNIX;
    }

    boolean wantsDescriptors() {
        return false;
    }

    /** How TLS records are received; null if bytes are. */
    RecordFraming framing() {
        return null;
    }

    /** What is to be received has changed. Any thread. */
    void receiveAnew() {
        if (isRegistered()) {
            onLoop(() -> {
                if (io() != null && state.isActive()) {
                    io().receiveAnew();
                }
            });
        }
    }

    /** Auto-read was switched off. */
    void stopRead() {
        if (!isRegistered()) {
            return;
        }
        if (eventLoop().inEventLoop()) {
            stopReadNow();
        } else {
            eventLoop().execute(() -> {
                if (!config().isAutoRead()) {
                    stopReadNow();
                }
            });
        }
    }

    private void stopReadNow() {
        if (io() != null && state.isActive()) {
            io().stopRead();
        }
    }

    // ---- writing

    @Override
    protected Object filterOutboundMessage(Object message) throws Exception {
        if (message instanceof ByteBuf buf) {
            return SendBuffer.of(buf, alloc());
        }
        if (message instanceof FileRegion) {
            return message;
        }
        throw new UnsupportedOperationException("unsupported message type: " + StringUtil.simpleClassName(message)
                + " (expected: ByteBuf, FileRegion)");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws Exception {
        try {
            io().write(out);
        } catch (IOException e) {
            closesFor(CloseReason.failure(e));
            throw e;
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
        onLoop(() -> streamUnsafe().shutdownOutputAfterWrite(promise));
        return promise;
    }

    private Exception notActive() {
        return state.isOpen() ? new NotYetConnectedException() : new ClosedChannelException();
    }

    @Override
    protected void doShutdownOutput() throws Exception {
        if (!state.isActive()) {
            throw notActive();
        }
        int result = Syscalls.shutdown(fd, SocketOptions.SHUT_WR);
        if (result < 0 && result != -Errno.ENOTCONN) { // not connected any more: the output has ended anyhow
            throw Errno.toException("shutdown", result);
        }
        state.onOutputEnded();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        onLoop(() -> shutdownInputNow(promise));
        return promise;
    }

    private void shutdownInputNow(ChannelPromise promise) {
        if (!state.isActive()) {
            promise.tryFailure(notActive());
            return;
        }
        int result = Syscalls.shutdown(fd, SocketOptions.SHUT_RD);
        if (result < 0) {
            promise.tryFailure(Errno.toException("shutdown", result));
            return;
        }
        state.onInputEnded(true);
        promise.trySuccess();
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return HalfClosure.shutdown(this, promise);
    }

    private void onLoop(Runnable action) {
        if (eventLoop().inEventLoop()) {
            action.run();
        } else {
            eventLoop().execute(action);
        }
    }

    // ---- closing

    @Override
    protected void doClose() {
        closesFor(CloseReason.ofClosing(this));
        switch (state.state()) {
            case CLOSING -> {
                if (!half.isBusy()) {
                    closeNow(state.onDrained());
                }
            }
            case CLOSED -> {
            }
            case FRESH, CONNECTING, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED -> {
                ConnectionState.Action action = state.onClose(half.isBusy());
                if (action == ConnectionState.Action.CANCEL) {
                    half.cancelThen(() -> closeNow(state.onDrained()));
                } else {
                    closeNow(action);
                }
            }
        }
        if (attempt != null) {
            attempt.abandon();
        }
        if (shutdownOutputPromise != null) {
            shutdownOutputPromise.tryFailure(new ClosedChannelException());
        }
    }

    /** Whether closing the descriptor may block until the peer has everything: SO_LINGER of socket(7). */
    boolean lingers() {
        return false;
    }

    private void closeNow(ConnectionState.Action action) {
        if (action == ConnectionState.Action.CLOSE_FD) {
            closeFd();
        }
    }

    private final class StreamUnsafe extends SocketUnsafe implements StreamEvents {
        // ---- connecting

        @Override
        public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            try {
                if (state.state() == ConnectionState.State.CONNECTING) {
                    throw new ConnectionPendingException();
                }
                if (state.isActive()) {
                    throw new AlreadyConnectedException();
                }
                beginConnect(remoteAddress, localAddress, promise);
            } catch (Throwable t) {
                promise.tryFailure(annotateConnectException(t, remoteAddress));
                closeIfClosed();
            }
        }

        private void beginConnect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise)
                throws Exception {
            if (localAddress != null) {
                doBind(localAddress);
            }
            int result = io().connect(remoteAddress, family);
            if (result < 0 && !isBacklogFull(result)) {
                IOException cause = Errno.toException("connect", result, remoteAddress);
                closesFor(CloseReason.failure(cause));
                promise.tryFailure(cause);
                closeIfClosed();
                return;
            }
            state.onConnectStarted();
            attempt = new ConnectAttempt(EvplStreamChannel.this, remoteAddress, promise);
            attempt.begin();
            if (result < 0) {
                attempt.again(this::connectAgain);
            }
        }

        /** A unix socket that does not block is not queued by a server that is behind, but told to try again: connect(2). */
        private boolean isBacklogFull(int result) {
            return result == -Errno.EAGAIN && family == AddressFamily.UNIX;
        }

        private void connectAgain() {
            if (io() == null || state.state() != ConnectionState.State.CONNECTING) {
                return;
            }
            int result = io().connect(attempt.remote(), family);
            if (result < 0) {
                connectEnded(result);
            }
        }

        void failConnect(Throwable cause) {
            if (attempt != null) {
                attempt.fail(cause);
            }
        }

        @Override
        public void connectEnded(int result) {
            if (isBacklogFull(result) && state.state() == ConnectionState.State.CONNECTING) {
                attempt.again(this::connectAgain);
                return;
            }
            ConnectionState.Action action = result >= 0 ? state.onConnected() : state.onConnectFailed();
            switch (action) {
                case FIRE_ACTIVE -> connected();
                case FAIL_CONNECT -> {
                    IOException cause = Errno.toException("connect", result, attempt.remote());
                    closesFor(CloseReason.failure(cause));
                    failConnect(cause);
                    closeIfClosed();
                }
                case NONE, FIRE_INPUT_ENDED, CLOSE, CANCEL, CLOSE_FD -> {
                }
            }
        }

        private void connected() {
            remote = attempt.remote();
            local = family.localOf(fd);
            tally.connected(remote);
            // A listener may close the channel; channelActive is due all the same, for the connection was there.
            boolean wanted = attempt.succeed();
            pipeline().fireChannelActive();
            if (!wanted) {
                close(voidPromise());
                return;
            }
            if (readWhenActive) {
                readWhenActive = false;
                doBeginRead();
            }
            if (Boolean.TRUE.equals(config().getOption(ChannelOption.TCP_FASTOPEN_CONNECT)) && outboundBuffer() != null) {
                outboundBuffer().addFlush(); // with Fast Open, what was written before the connect goes with it
            }
            flush0();
        }

        // ---- writing

        @Override
        protected void flush0() {
            // While connecting, and while a write is with the kernel, what is flushed waits.
            if (state.state() == ConnectionState.State.CONNECTING || io() != null && io().isWriting()) {
                return;
            }
            super.flush0();
        }

        @Override
        public void writable() {
            if (shutdownOutputPromise != null) {
                ChannelPromise promise = shutdownOutputPromise;
                shutdownOutputPromise = null;
                shutdownOutput(promise);
                return;
            }
            ChannelOutboundBuffer out = outboundBuffer();
            if (out != null && !out.isEmpty()) {
                super.flush0();
            }
        }

        @Override
        public void writeFailed(Throwable cause) {
            closesFor(CloseReason.failure(cause));
            handleWriteError(cause);
        }

        /** What the kernel has taken by now is written; the rest fails. As with a transport that writes at once. */
        void shutdownOutputAfterWrite(ChannelPromise promise) {
            if (io() == null || !io().isWriting() || shutdownOutputPromise != null) {
                shutdownOutput(promise);
                return;
            }
            shutdownOutputPromise = promise;
            io().cancelWrite();
        }

        // ---- reading

        @Override
        public void inputEnded() {
            boolean seenBefore = state.isInputEnded();
            switch (state.onInputEnded(EvplStreamChannel.this.config().isAllowHalfClosure())) {
                case FIRE_INPUT_ENDED -> HalfClosure.fireInputEnded(pipeline());
                case CLOSE -> {
                    closesFor(CloseReason.PEER);
                    close(voidPromise());
                }
                case NONE -> {
                    if (seenBefore && state.isActive()) {
                        pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
                    }
                }
                case FIRE_ACTIVE, FAIL_CONNECT, CANCEL, CLOSE_FD -> throw new AssertionError(state);
            }
        }

        @Override
        public void inputFailed(int result) {
            IOException cause = Errno.toException("recv", result);
            closesFor(CloseReason.failure(cause));
            pipeline().fireExceptionCaught(cause);
            if (isOpen()) {
                inputEnded();
            }
        }

        @Override
        public void receiveFailed(Throwable cause) {
            closesFor(CloseReason.failure(cause));
            pipeline().fireExceptionCaught(cause);
            close(voidPromise());
        }

        // ---- closing

        /**
         * The rest of the close waits until the kernel holds nothing of this channel's: only then may the descriptor
         * and the buffers go. With SO_LINGER the descriptor's close may block, so another thread does it.
         */
        @Override
        protected Executor prepareToClose() {
            boolean lingers = isOpen() && lingers();
            if (!half.isBusy() && !lingers) {
                return null;
            }
            state.onClose(true);
            return command -> {
                Runnable rest = lingers ? () -> {
                    half.release();
                    GlobalEventExecutor.INSTANCE.execute(command);
                } : command;
                if (half.isBusy()) {
                    half.cancelThen(rest);
                } else {
                    rest.run();
                }
            };
        }

        // ---- what the backend asks

        @Override
        public int maxWriteBytes() {
            return loop().maxWriteBytes();
        }

        @Override
        public boolean mayCarryDescriptors() {
            return EvplStreamChannel.this.mayCarryDescriptors();
        }

        @Override
        public boolean wantsDescriptors() {
            return EvplStreamChannel.this.wantsDescriptors();
        }

        @Override
        public RecordFraming framing() {
            return EvplStreamChannel.this.framing();
        }

        @Override
        public void descriptorReceived(int fd) {
            pipeline().fireChannelRead(new EvplFileDescriptor(fd));
        }

        @Override
        public boolean isConnected() {
            return isActive();
        }
    }
}
