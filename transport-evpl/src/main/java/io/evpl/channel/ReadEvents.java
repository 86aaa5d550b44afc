package io.evpl.channel;

import io.evpl.metrics.TrafficCounters;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;

/** What every channel that reads lets its backend's half know. All on the loop's thread. */
public interface ReadEvents {
    int fd();

    ChannelPipeline pipeline();

    ChannelConfig config();

    RecvByteBufAllocator.ExtendedHandle allocHandle();

    /** What is moved is counted here. */
    TrafficCounters traffic();

    /** Whether what arrives may still be passed on. */
    boolean isOpen();

    /** After {@link ChannelIo#cancel}: the kernel has given back every operation. */
    void drained();
}
