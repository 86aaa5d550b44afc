package io.evpl.channel;

import io.netty.channel.ChannelOutboundBuffer;

import java.net.SocketAddress;

/**
 * The backend's half of a stream channel: moves bytes of one connected or connecting descriptor, and reports through
 * {@link StreamEvents}.
 */
public interface StreamIo extends ChannelIo {
    /** What the next receive is for has changed: one that waits for the other is taken back, and one that was held back may begin. */
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
}
