package io.evpl;

import io.evpl.inproc.Pipe;
import io.evpl.metrics.TrafficCounters;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

import java.util.ArrayDeque;

/**
 * Writes straight into a {@link Pipe}, past Netty's outbound buffer, whose bookkeeping takes longer than all the rest. Its
 * promises complete at the flush, as the others do.
 */
final class WriteThrough {
    private final Pipe pipe;
    /** Of what was written, but for void ones. The first {@link #flushedPromises} are of what the reader may have. */
    private final ArrayDeque<ChannelPromise> promises = new ArrayDeque<>();
    private int flushedPromises;
    private long unflushedMessages;
    private long unflushedBytes;

    WriteThrough(Pipe pipe) {
        this.pipe = pipe;
    }

    /** @return false if the pipe has no room, and nothing happened; else {@code message} is taken */
    boolean write(Object message, int bytes, ChannelPromise promise) {
        if (!promise.isVoid() && !promise.setUncancellable()) {
            ReferenceCountUtil.release(message);
            return true;
        }
        if (!pipe.write(message, bytes)) {
            return false;
        }
        unflushedMessages++;
        unflushedBytes += bytes;
        if (!promise.isVoid()) {
            promises.add(promise);
        }
        return true;
    }

    boolean isFlushed() {
        return !pipe.hasUnflushed();
    }

    void flush(TrafficCounters traffic) {
        pipe.flush();
        traffic.sent(unflushedMessages, unflushedBytes);
        unflushedMessages = 0;
        unflushedBytes = 0;
        flushedPromises = promises.size();
        completeFlushed();
    }

    /** A listener may write, flush or close meanwhile. */
    private void completeFlushed() {
        while (flushedPromises > 0) {
            flushedPromises--;
            promises.poll().trySuccess();
        }
    }

    /** Takes back what is not flushed. */
    void discard(Throwable cause) {
        pipe.discardUnflushed();
        unflushedMessages = 0;
        unflushedBytes = 0;
        completeFlushed();
        for (ChannelPromise promise = promises.poll(); promise != null; promise = promises.poll()) {
            promise.tryFailure(cause);
        }
    }
}
