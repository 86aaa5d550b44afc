package io.evpl.channel;

import io.netty.channel.ChannelOutboundBuffer;

/**
 * The backend's half of a datagram channel: moves datagrams of one descriptor, bound, connected or neither, and reports
 * through {@link DatagramEvents}.
 */
public interface DatagramIo extends ChannelIo {
    /** Options changed that say how to receive: a receive that is under way is replaced. */
    void receiveChanged();

    /**
     * Sends what is flushed, or begins to. A datagram leaves {@code out} once the kernel has taken or refused it; refused,
     * its promise fails, and those behind it are sent all the same.
     */
    void write(ChannelOutboundBuffer out);
}
