package io.evpl;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.channel.unix.DomainSocketChannelConfig;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.util.internal.ObjectUtil;

import java.util.Map;

import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_SNDBUF;
import static io.netty.channel.unix.UnixChannelOption.DOMAIN_SOCKET_READ_MODE;

/** Options of a unix connection; the kernel's own are read from and written to its socket. */
public final class EvplDomainSocketChannelConfig extends EvplStreamChannelConfig
        implements DomainSocketChannelConfig, DuplexChannelConfig {
    private volatile DomainSocketReadMode readMode = DomainSocketReadMode.BYTES;

    EvplDomainSocketChannelConfig(EvplDomainSocketChannel channel) {
        super(channel, SocketOptionTable.UNIX_STREAM);
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), DOMAIN_SOCKET_READ_MODE);
    }

    @Override
    @SuppressWarnings("unchecked") // it is the option's own type
    public <T> T getOption(ChannelOption<T> option) {
        return option == DOMAIN_SOCKET_READ_MODE ? (T) readMode : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (option != DOMAIN_SOCKET_READ_MODE) {
            return super.setOption(option, value);
        }
        validate(option, value);
        setReadMode((DomainSocketReadMode) value);
        return true;
    }

    @Override
    public DomainSocketReadMode getReadMode() {
        return readMode;
    }

    /**
     * Holds from the next receive on. Descriptors that reach the kernel while it receives bytes are closed by it, so a peer
     * has to wait for word of ours, sent after this call, before it goes on from bytes to descriptors; back again it need not
     * wait, for nothing is received beyond the message of a descriptor.
     */
    @Override
    public EvplDomainSocketChannelConfig setReadMode(DomainSocketReadMode readMode) {
        ObjectUtil.checkNotNull(readMode, "readMode");
        if (this.readMode != readMode) {
            this.readMode = readMode;
            ((EvplDomainSocketChannel) channel).receiveAnew();
        }
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setAllowHalfClosure(boolean allowHalfClosure) {
        super.setAllowHalfClosure(allowHalfClosure);
        return this;
    }

    public int getSendBufferSize() {
        return getOption(SO_SNDBUF);
    }

    public EvplDomainSocketChannelConfig setSendBufferSize(int sendBufferSize) {
        setOption(SO_SNDBUF, sendBufferSize);
        return this;
    }

    /** What the kernel keeps for unix sockets and does not use: the sender's buffer is the limit. */
    public int getReceiveBufferSize() {
        return getOption(SO_RCVBUF);
    }

    public EvplDomainSocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        setOption(SO_RCVBUF, receiveBufferSize);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public EvplDomainSocketChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public EvplDomainSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }

    @Override
    @Deprecated
    public EvplDomainSocketChannelConfig setWriteBufferHighWaterMark(int writeBufferHighWaterMark) {
        super.setWriteBufferHighWaterMark(writeBufferHighWaterMark);
        return this;
    }

    @Override
    @Deprecated
    public EvplDomainSocketChannelConfig setWriteBufferLowWaterMark(int writeBufferLowWaterMark) {
        super.setWriteBufferLowWaterMark(writeBufferLowWaterMark);
        return this;
    }
}
