package io.evpl;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.DomainDatagramChannelConfig;

import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_SNDBUF;

/** Options of a unix datagram channel; the kernel's own are read from and written to its socket. */
public final class EvplDomainDatagramChannelConfig extends EvplPacketChannelConfig implements DomainDatagramChannelConfig {
    EvplDomainDatagramChannelConfig(EvplDomainDatagramChannel channel) {
        super(channel, SocketOptionTable.DOMAIN_DATAGRAM);
    }

    /** @see EvplChannelOption#MAX_DATAGRAM_PAYLOAD_SIZE */
    public EvplDomainDatagramChannelConfig setMaxDatagramPayloadSize(int maxDatagramPayloadSize) {
        setMaxPayload(maxDatagramPayloadSize);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setSendBufferSize(int sendBufferSize) {
        setOption(SO_SNDBUF, sendBufferSize);
        return this;
    }

    public EvplDomainDatagramChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        setOption(SO_RCVBUF, receiveBufferSize);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public EvplDomainDatagramChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public EvplDomainDatagramChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }
}
