package io.evpl;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

import java.util.Map;

import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_SNDBUF;

/** What the options of datagram channels have in common, whatever their addresses. */
abstract class EvplPacketChannelConfig extends EvplChannelConfig {
    /** Netty's own: an Ethernet frame and then some. */
    private static final int PAYLOAD_GUESS_BYTES = 2048;

    /** {@code ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION}: deprecated, and used. */
    private static final ChannelOption<Boolean> ACTIVE_ON_REGISTRATION =
            ChannelOption.valueOf("DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION");

    private volatile boolean activeOnRegistration;
    private volatile int maxDatagramPayloadSize;

    EvplPacketChannelConfig(EvplPacketChannel channel, SocketOptionTable table) {
        super(channel, table, new FixedRecvByteBufAllocator(PAYLOAD_GUESS_BYTES));
    }

    EvplPacketChannel socket() {
        return (EvplPacketChannel) channel;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), ACTIVE_ON_REGISTRATION,
                EvplChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE);
    }

    @Override
    @SuppressWarnings("unchecked") // each option's own type
    public <T> T getOption(ChannelOption<T> option) {
        if (option == ACTIVE_ON_REGISTRATION) {
            return (T) Boolean.valueOf(activeOnRegistration);
        }
        if (option == EvplChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE) {
            return (T) Integer.valueOf(maxDatagramPayloadSize);
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option == ACTIVE_ON_REGISTRATION) {
            setActiveOnRegistration((Boolean) value);
        } else if (option == EvplChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE) {
            setMaxPayload((Integer) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Override
    public ChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        if (channel != null) { // the superclass's constructor comes here, too
            socket().receiveChanged();
        }
        return this;
    }

    @Override
    protected void autoReadCleared() {
        socket().stopRead();
    }

    boolean isActiveOnRegistration() {
        return activeOnRegistration;
    }

    private void setActiveOnRegistration(boolean active) {
        if (channel.isRegistered()) {
            throw new IllegalStateException(ACTIVE_ON_REGISTRATION
                    + " says what registering does, and the channel is registered");
        }
        activeOnRegistration = active;
    }

    /** Largest datagram that is expected, in bytes; 0 leaves it to the {@code RCVBUF_ALLOCATOR}. */
    public int getMaxDatagramPayloadSize() {
        return maxDatagramPayloadSize;
    }

    void setMaxPayload(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("MAX_DATAGRAM_PAYLOAD_SIZE: " + bytes + " is less than 0");
        }
        maxDatagramPayloadSize = bytes;
        socket().receiveChanged();
    }

    public int getSendBufferSize() {
        return getOption(SO_SNDBUF);
    }

    public int getReceiveBufferSize() {
        return getOption(SO_RCVBUF);
    }

    /** Room for the control messages that the options bring with each datagram. */
    int controlBytes() {
        return 0;
    }

    boolean isUdpGro() {
        return false;
    }

    boolean choosesGro() {
        return false;
    }

    boolean switchGro(boolean on) {
        return false;
    }

    boolean sendsFromSender() {
        return false;
    }

    boolean coalesces() {
        return false;
    }
}
