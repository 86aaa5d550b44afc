package io.evpl.examples.perf.soak;

import io.evpl.examples.perf.scenario.PayloadPattern;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Writes so many bytes of the pattern while the channel is writable. On the channel's loop. */
final class PatternWriter {
    private final SoakState state;
    private final long position;
    private final int totalBytes;
    private final WriteSizes sizes;
    private int writtenBytes;
    private int releasedBytes;
    private ChannelFuture last;

    /** @param releasedBytes how many may be written before {@link #release} */
    PatternWriter(SoakState state, long position, int totalBytes, int releasedBytes) {
        this.state = state;
        this.position = position;
        this.totalBytes = totalBytes;
        this.releasedBytes = releasedBytes;
        this.sizes = new WriteSizes(position);
    }

    /** All may be written. */
    void release() {
        releasedBytes = totalBytes;
    }

    boolean done() {
        return writtenBytes == totalBytes;
    }

    /** The last write's; null before the first. */
    ChannelFuture last() {
        return last;
    }

    void write(ChannelHandlerContext ctx) {
        while (writtenBytes < releasedBytes && ctx.channel().isWritable() && ctx.channel().isActive()) {
            int bytes = sizes.next(releasedBytes - writtenBytes);
            ByteBuf buffer = ctx.alloc().directBuffer(bytes);
            PayloadPattern.write(buffer, position + writtenBytes, bytes);
            state.spoil(buffer);
            writtenBytes += bytes;
            ChannelPromise promise = ctx.newPromise();
            last = promise;     // before the write, within which the channel may turn writable again and this be called
            ctx.write(buffer, promise);
        }
        ctx.flush();
    }
}
