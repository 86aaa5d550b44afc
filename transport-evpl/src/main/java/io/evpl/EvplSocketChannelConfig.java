package io.evpl;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.util.internal.PlatformDependent;

import static io.netty.channel.ChannelOption.IP_TOS;
import static io.netty.channel.ChannelOption.SO_KEEPALIVE;
import static io.netty.channel.ChannelOption.SO_LINGER;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;
import static io.netty.channel.ChannelOption.SO_SNDBUF;
import static io.netty.channel.ChannelOption.TCP_NODELAY;

/** Options of a connection; the kernel's own are read from and written to its socket. */
public final class EvplSocketChannelConfig extends EvplStreamChannelConfig implements SocketChannelConfig {
    EvplSocketChannelConfig(EvplSocketChannel channel) {
        super(channel, SocketOptionTable.STREAM);
        if (PlatformDependent.canEnableTcpNoDelayByDefault()) {
            setTcpNoDelay(true);
        }
    }

    @Override
    public EvplSocketChannelConfig setAllowHalfClosure(boolean allowHalfClosure) {
        super.setAllowHalfClosure(allowHalfClosure);
        return this;
    }

    @Override
    public boolean isTcpNoDelay() {
        return getOption(TCP_NODELAY);
    }

    @Override
    public EvplSocketChannelConfig setTcpNoDelay(boolean tcpNoDelay) {
        setOption(TCP_NODELAY, tcpNoDelay);
        return this;
    }

    @Override
    public int getSoLinger() {
        return getOption(SO_LINGER);
    }

    @Override
    public EvplSocketChannelConfig setSoLinger(int soLinger) {
        setOption(SO_LINGER, soLinger);
        return this;
    }

    @Override
    public int getSendBufferSize() {
        return getOption(SO_SNDBUF);
    }

    @Override
    public EvplSocketChannelConfig setSendBufferSize(int sendBufferSize) {
        setOption(SO_SNDBUF, sendBufferSize);
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return getOption(SO_RCVBUF);
    }

    @Override
    public EvplSocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        setOption(SO_RCVBUF, receiveBufferSize);
        return this;
    }

    @Override
    public boolean isKeepAlive() {
        return getOption(SO_KEEPALIVE);
    }

    @Override
    public EvplSocketChannelConfig setKeepAlive(boolean keepAlive) {
        setOption(SO_KEEPALIVE, keepAlive);
        return this;
    }

    @Override
    public int getTrafficClass() {
        return getOption(IP_TOS);
    }

    @Override
    public EvplSocketChannelConfig setTrafficClass(int trafficClass) {
        setOption(IP_TOS, trafficClass);
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return getOption(SO_REUSEADDR);
    }

    @Override
    public EvplSocketChannelConfig setReuseAddress(boolean reuseAddress) {
        setOption(SO_REUSEADDR, reuseAddress);
        return this;
    }

    /** Has no effect on TCP in the kernel. */
    @Override
    public EvplSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public EvplSocketChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public EvplSocketChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setWriteBufferHighWaterMark(int writeBufferHighWaterMark) {
        super.setWriteBufferHighWaterMark(writeBufferHighWaterMark);
        return this;
    }

    @Override
    public EvplSocketChannelConfig setWriteBufferLowWaterMark(int writeBufferLowWaterMark) {
        super.setWriteBufferLowWaterMark(writeBufferLowWaterMark);
        return this;
    }
}
