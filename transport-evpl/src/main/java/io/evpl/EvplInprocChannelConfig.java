package io.evpl;

import io.evpl.inproc.QueueLimits;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.util.NetUtil;

import java.util.Map;

import static io.evpl.EvplChannelOption.INPROC_KIND;
import static io.evpl.EvplChannelOption.INPROC_QUEUE_BYTES;
import static io.evpl.EvplChannelOption.INPROC_QUEUE_MESSAGES;
import static io.netty.channel.ChannelOption.ALLOW_HALF_CLOSURE;
import static io.netty.channel.ChannelOption.SO_BACKLOG;
import static io.netty.channel.ChannelOption.SO_LINGER;

/**
 * Options of inproc channels, connections and listening ones. {@code SO_BACKLOG} is the latter's; half-closure and
 * {@code SO_LINGER} (0: {@code close} discards what the peer has not read; else nothing) are the former's.
 */
public final class EvplInprocChannelConfig extends DefaultChannelConfig implements DuplexChannelConfig {
    /** Called on any thread when auto-read goes off. */
    private final Runnable autoReadOff;
    private volatile boolean allowHalfClosure;
    private volatile InprocKind kind;
    private volatile boolean kindFixed;
    private volatile QueueLimits limits = QueueLimits.defaults();
    private volatile int lingerSeconds = -1;
    private volatile int backlog = NetUtil.SOMAXCONN;

    EvplInprocChannelConfig(Channel channel, InprocKind kind, Runnable autoReadOff) {
        super(channel, new ServerChannelRecvByteBufAllocator()); // counts messages, whatever their size
        this.kind = kind;
        this.autoReadOff = autoReadOff;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), ALLOW_HALF_CLOSURE, SO_LINGER, SO_BACKLOG, INPROC_KIND, INPROC_QUEUE_MESSAGES,
                INPROC_QUEUE_BYTES);
    }

    @Override
    @SuppressWarnings("unchecked") // each option's own type
    public <T> T getOption(ChannelOption<T> option) {
        Object own = own(option);
        return own != null ? (T) own : super.getOption(option);
    }

    private Object own(ChannelOption<?> option) {
        if (option == ALLOW_HALF_CLOSURE) {
            return allowHalfClosure;
        } else if (option == SO_LINGER) {
            return lingerSeconds;
        } else if (option == SO_BACKLOG) {
            return backlog;
        } else if (option == INPROC_KIND) {
            return kind;
        } else if (option == INPROC_QUEUE_MESSAGES) {
            return limits.maxMessages();
        } else if (option == INPROC_QUEUE_BYTES) {
            return limits.maxBytes();
        }
        return null;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option == ALLOW_HALF_CLOSURE) {
            allowHalfClosure = (Boolean) value;
        } else if (option == SO_LINGER) {
            lingerSeconds = (Integer) value;
        } else if (option == SO_BACKLOG) {
            setBacklog((Integer) value);
        } else if (option == INPROC_KIND) {
            setKind((InprocKind) value);
        } else if (option == INPROC_QUEUE_MESSAGES) {
            limits = limits.withMessages((Integer) value);
        } else if (option == INPROC_QUEUE_BYTES) {
            limits = limits.withBytes((Long) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Override
    protected void autoReadCleared() {
        autoReadOff.run();
    }

    public InprocKind getKind() {
        return kind;
    }

    /** @throws IllegalStateException the channel is connected or bound, as another kind */
    public EvplInprocChannelConfig setKind(InprocKind newKind) {
        if (kindFixed && newKind != kind) {
            throw new IllegalStateException("INPROC_KIND is " + kind + " for good: set it before connecting or binding");
        }
        kind = newKind;
        return this;
    }

    /** The kind can no longer change. */
    InprocKind fixKind() {
        kindFixed = true;
        return kind;
    }

    /** What may wait in a queue; read when the channel connects or binds. */
    QueueLimits limits() {
        return limits;
    }

    int backlog() {
        return backlog;
    }

    private void setBacklog(int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException("SO_BACKLOG: at least 1 connection, not " + connections);
        }
        backlog = connections;
    }

    /** Whether closing discards what the peer has not read. */
    boolean isAborting() {
        return lingerSeconds == 0;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public EvplInprocChannelConfig setAllowHalfClosure(boolean allowHalfClosure) {
        this.allowHalfClosure = allowHalfClosure;
        return this;
    }

    @Override
    @Deprecated
    public EvplInprocChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public EvplInprocChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public EvplInprocChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public EvplInprocChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public EvplInprocChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public EvplInprocChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public EvplInprocChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public EvplInprocChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }
}
