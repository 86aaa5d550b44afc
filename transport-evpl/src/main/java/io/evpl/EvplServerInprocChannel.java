package io.evpl;

import io.evpl.inproc.Backlog;
import io.evpl.inproc.Connection;
import io.netty.channel.AbstractServerChannel;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

import java.net.BindException;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens on a name within the process; its children are {@link EvplInprocChannel}s of its own kind. A name is free again when
 * the close's promise completes; who had connected and was not accepted yet is told why.
 */
public final class EvplServerInprocChannel extends AbstractServerChannel {
    private static final AtomicLong ANONYMOUS = new AtomicLong();

    private enum State { OPEN, LISTENING, CLOSED }

    private final EvplInprocChannelConfig config;
    private final Runnable acceptTask = this::acceptBatch;
    private volatile State state = State.OPEN;
    private volatile InprocAddress local;
    /** Null before the first registration. */
    private LoopChannels loop;
    /** Null until the channel is bound. */
    private Backlog backlog;
    private boolean readRequested;
    private boolean accepting;

    /** Not bound, of kind {@link InprocKind#MESSAGE} unless an option says otherwise. */
    public EvplServerInprocChannel() {
        this(InprocKind.MESSAGE);
    }

    /** Not bound. */
    public EvplServerInprocChannel(InprocKind kind) {
        config = new EvplInprocChannelConfig(this, kind, this::stopRead);
    }

    @Override
    public EvplInprocChannelConfig config() {
        return config;
    }

    @Override
    public InprocAddress localAddress() {
        return (InprocAddress) super.localAddress();
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.LISTENING;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return LoopChannels.areServedBy(loop);
    }

    @Override
    protected void doRegister() {
        loop = LoopChannels.of(eventLoop());
        loop.add(this);
        if (backlog != null) {
            attach();
        }
    }

    private void attach() {
        backlog.attach(eventLoop(), acceptTask);
        eventLoop().execute(acceptTask);
    }

    @Override
    protected void doDeregister() {
        if (backlog != null) {
            backlog.detach();
        }
        loop.remove(this);
    }

    @Override
    protected void doBind(SocketAddress address) throws BindException {
        InprocAddress wanted = InprocAddress.of(address);
        if (state == State.LISTENING) {
            throw new BindException("already bound to " + local);
        }
        InprocAddress name = wanted == InprocAddress.ANY ? new InprocAddress("any-" + ANONYMOUS.incrementAndGet()) : wanted;
        boolean messages = config.fixKind() == InprocKind.MESSAGE;
        backlog = Backlog.open(name.name(), messages, config.backlog(), config.limits());
        local = name;
        state = State.LISTENING;
        attach();
    }

    // ---- accepting

    @Override
    protected void doBeginRead() {
        if (!readRequested) {
            readRequested = true;
            acceptLater();
        }
    }

    private void acceptLater() {
        if (!accepting && backlog != null && !backlog.isEmpty()) {
            eventLoop().execute(acceptTask);
        }
    }

    /** Auto-read was switched off: connections wait in the backlog. */
    private void stopRead() {
        if (!isRegistered()) {
            return;
        }
        if (eventLoop().inEventLoop()) {
            readRequested = false;
        } else {
            eventLoop().execute(() -> readRequested &= config.isAutoRead());
        }
    }

    private void acceptBatch() {
        if (accepting || !readRequested || state != State.LISTENING || !isRegistered() || !eventLoop().inEventLoop()) {
            return;
        }
        Connection.End next = backlog.accept();
        if (next == null) {
            return;
        }
        accepting = true;
        readRequested = false;
        RecvByteBufAllocator.ExtendedHandle handle = (RecvByteBufAllocator.ExtendedHandle) unsafe().recvBufAllocHandle();
        handle.reset(config);
        do {
            handle.incMessagesRead(1);
            handle.lastBytesRead(1);
            pipeline().fireChannelRead(new EvplInprocChannel(this, next));
        } while (state == State.LISTENING && handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)
                && (next = backlog.accept()) != null);
        handle.readComplete();
        pipeline().fireChannelReadComplete();
        accepting = false;
        if (readRequested) {
            acceptLater();
        }
    }

    @Override
    protected void doClose() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            if (backlog != null) {
                backlog.close();
            }
        }
    }
}
