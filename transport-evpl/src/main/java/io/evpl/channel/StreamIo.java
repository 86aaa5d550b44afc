package io.evpl.channel;

import io.netty.channel.ChannelOutboundBuffer;

import java.net.SocketAddress;

/**
 * The backend's half of a stream channel: moves bytes of one connected or connecting descriptor, and reports through
 * {@link StreamEvents}. Made when the channel registers with a loop, gone when it leaves. All methods run on that
 * loop's thread.
 */
public interface StreamIo {
    /** Passes on what arrives until {@link #stopRead()}: everything with auto-read, else until one read completes. */
    void beginRead();

    /** Passes on nothing more, and asks the kernel for nothing more. */
    void stopRead();

    /** What the next receive is for has changed: one that waits for the other is taken back. */
    void receiveAnew();

    /**
     * Begins to connect.
     *
     * @return 0 if {@link StreamEvents#connectEnded} will follow, or -errno and nothing was begun
     */
    int connect(SocketAddress remote, AddressFamily family);

    /**
     * Writes what is flushed, or begins to: bytes are removed from {@code out} once the kernel has taken them.
     *
     * @throws Exception writing failed; the channel decides whether to close
     */
    void write(ChannelOutboundBuffer out) throws Exception;

    /** Whether a write is with the kernel: {@link #write} waits for its completion. */
    boolean isWriting();

    /** Takes back the write that is with the kernel; {@link StreamEvents#writable} follows with what it had taken. */
    void cancelWrite();

    /** Whether the kernel holds operations of this channel. */
    boolean isBusy();

    /** Takes back every operation; {@link StreamEvents#drained} follows unless the channel was not busy. */
    void cancel();

    /** Lets go of the loop: no event follows. The channel is not busy. Buffers not passed on are released. */
    void close();
}
