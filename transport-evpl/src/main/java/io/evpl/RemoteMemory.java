package io.evpl;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;

/**
 * One-sided access on a connected channel: each end registers memory and hands the key to the other in a message, which then
 * reads and writes there without the first one's doing. The two ends agree by messages on who touches what and when; a write
 * is seen by whoever has received a message that was sent after the write completed.
 *
 * <p>All methods may be called from any thread. What an access was refused for fails its promise, with a
 * {@link RemoteAccessException}, and nothing else.
 */
public interface RemoteMemory {
    /** What the peer may do. */
    enum Access { READ, WRITE, READ_WRITE }

    /** Memory that the peer may reach until it is closed, at the latest with its channel. */
    interface Registration {
        RemoteKey key();

        /**
         * No access begins any more; what the peer does not know yet it is refused. Closing twice does nothing.
         *
         * @return completes when no access is under way any more: only then is the memory the caller's alone
         */
        Future<Void> close();
    }

    /**
     * Lets the peer reach {@code bytes} bytes of {@code memory} from {@code index}, whatever its reader and writer index.
     *
     * @param memory stays the caller's; the registration retains it until it is closed
     * @throws IndexOutOfBoundsException the range is not all within the buffer
     * @throws IllegalStateException the channel is closed, or the registrations that it can hold are used up
     */
    Registration register(ByteBuf memory, int index, int bytes, Access access);

    /**
     * Reads from the peer's memory as many bytes as {@code target} has writable.
     *
     * @param remote what the peer handed over
     * @param offset from the key's first byte
     * @param target stays the caller's, retained until the operation ends; its writer index moves if it succeeds
     * @return the promise's future
     */
    ChannelFuture read(RemoteKey remote, long offset, ByteBuf target, ChannelPromise promise);

    /**
     * Writes to the peer's memory what is readable in {@code source}.
     *
     * @param source stays the caller's, retained until the operation ends; its reader index moves if it succeeds
     * @param remote what the peer handed over
     * @param offset from the key's first byte
     * @return the promise's future
     */
    ChannelFuture write(ByteBuf source, RemoteKey remote, long offset, ChannelPromise promise);
}
