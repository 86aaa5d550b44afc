package io.evpl.channel;

import io.netty.channel.ChannelOutboundBuffer;

/**
 * The backend's half of a datagram channel: moves datagrams of one descriptor, bound, connected or neither, and reports
 * through {@link DatagramEvents}. Made when the channel registers with a loop, gone when it leaves. All methods run on
 * that loop's thread.
 */
public interface DatagramIo {
    /** Passes on what arrives until {@link #stopRead()}: everything with auto-read, else until one read completes. */
    void beginRead();

    /** Passes on nothing more, and asks the kernel for nothing more. */
    void stopRead();

    /** Options changed that say how to receive: a receive that is under way is replaced. */
    void receiveChanged();

    /**
     * Sends what is flushed, or begins to. A datagram leaves {@code out} once the kernel has taken or refused it; refused,
     * its promise fails, and those behind it are sent all the same.
     */
    void write(ChannelOutboundBuffer out);

    /** Whether the kernel holds operations of this channel. */
    boolean isBusy();

    /** Takes back every operation; {@link DatagramEvents#drained} follows unless the channel was not busy. */
    void cancel();

    /** Lets go of the loop: no event follows. The channel is not busy. Datagrams not passed on are released. */
    void close();
}
