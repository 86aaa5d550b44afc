package io.evpl.channel;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;

/** What a listening channel lets its {@link ServerIo} know and call. All on the loop's thread. */
public interface ServerEvents {
    int fd();

    ChannelPipeline pipeline();

    ChannelConfig config();

    RecvByteBufAllocator.ExtendedHandle allocHandle();

    boolean isOpen();

    /** Passes a new connection on; {@code fd} is the channel's from here. */
    void accepted(int fd);

    /** Accepting failed; it goes on with the next read. @param result -errno */
    void acceptFailed(int result);

    /** After {@link ServerIo#cancel}: the kernel has given back every operation. */
    void drained();
}
