package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.ChannelIo;
import io.evpl.channel.ServerEvents;
import io.evpl.linux.Errno;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.netty.channel.Channel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.Executor;

/** A listening socket on an {@link EvplEventLoop}, whatever its addresses. */
abstract class EvplListeningChannel extends EvplChannel implements ServerChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private enum State { OPEN, LISTENING, CLOSING, CLOSED }

    private volatile State state = State.OPEN;
    private final BackendHalf<ChannelIo> half = new BackendHalf<>();

    /** A socket that is not bound yet. @throws io.netty.channel.ChannelException no socket can be opened */
    EvplListeningChannel(AddressFamily family) {
        super(null, openSocket(family, SocketOptions.SOCK_STREAM), family, Protocol.TCP, Protocol.UNIX);
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public abstract EvplListeningChannelConfig config();

    /** The channel of a connection; {@code child} is its descriptor from here. */
    abstract Channel accept(int child);

    @Override
    public boolean isOpen() {
        return state == State.OPEN || state == State.LISTENING;
    }

    @Override
    public boolean isActive() {
        return state == State.LISTENING;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new ServerUnsafe();
    }

    @Override
    protected void doRegister() throws IOException {
        LoopChannels loop = joinLoop();
        half.begin(loop, loop.transport().server((ServerUnsafe) unsafe()));
        loop.add(this);
    }

    @Override
    BackendHalf<ChannelIo> half() {
        return half;
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        super.doBind(address);
        int result = listen();
        if (result < 0) {
            throw Errno.toException("listen", result, address);
        }
        onListening();
    }

    /** @return 0, or -errno */
    final int listen() {
        return Syscalls.listen(fd, config().getBacklog());
    }

    final void onListening() {
        local = family.localOf(fd);
        state = State.LISTENING;
    }

    @Override
    protected void doBeginRead() {
        if (half.io() != null && isOpen()) {
            half.io().beginRead();
        }
    }

    /** Auto-read was switched off: connections wait in the backlog. */
    void stopRead() {
        if (!isRegistered()) {
            return;
        }
        if (!eventLoop().inEventLoop()) {
            eventLoop().execute(this::stopRead);
        } else if (half.io() != null && isOpen() && !config().isAutoRead()) {
            half.io().stopRead();
        }
    }

    @Override
    protected void doClose() {
        closesFor(CloseReason.ofClosing(this));
        if (state == State.CLOSED) {
            return;
        }
        if (half.isBusy()) {
            state = State.CLOSING;
            half.cancelThen(this::finishClose);
            return;
        }
        finishClose();
    }

    private void finishClose() {
        state = State.CLOSED;
        closeFd();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        throw new UnsupportedOperationException("a listening socket is not written to");
    }

    @Override
    protected Object filterOutboundMessage(Object msg) {
        throw new UnsupportedOperationException("a listening socket is not written to");
    }

    private final class ServerUnsafe extends SocketUnsafe implements ServerEvents {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            safeSetFailure(promise, new UnsupportedOperationException("a listening socket does not connect"));
        }

        /** The listening address must be free when the promise of the close completes: wait for the accept to end. */
        @Override
        protected Executor prepareToClose() {
            if (!half.isBusy()) {
                return null;
            }
            state = State.CLOSING;
            return half::cancelThen;
        }

        @Override
        public void accepted(int child) {
            pipeline().fireChannelRead(accept(child));
        }

        @Override
        public void acceptFailed(int result) {
            tally.traffic().count(TrafficMetric.ACCEPTS_FAILED);
            pipeline().fireExceptionCaught(Errno.toException("accept", result));
        }
    }
}
