package io.evpl.rpc2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/**
 * What a connection sends. Small messages of one turn of the loop are gathered in one buffer, since each buffer costs the transport as
 * much as many bytes; large ones are written as they are. All are flushed at the turn's end, or earlier if they become many.
 */
final class Outbox {
    /** A message up to this is copied behind its predecessor: cheaper than one more part of a gathering write, measured with 1 KiB. */
    static final int GATHERED_BYTES = 4096;
    /** A buffer of gathered messages becomes no longer. */
    private static final int MAX_BATCH_BYTES = 64 << 10;
    private static final int MIN_BATCH_BYTES = 256;
    /** More than this does not wait for the end of the turn: the peer may begin. */
    private static final int FLUSH_BYTES = 128 << 10;

    private final ChannelHandlerContext ctx;
    private ByteBuf batch;
    /** Of the next batch, by the last one. */
    private int batchBytes = MIN_BATCH_BYTES;
    private int unflushedBytes;
    private boolean dirty;
    /** Since the beginning, marks included: the difference is what one message took. */
    private long addedBytes;

    Outbox(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** The buffer to whose end the caller appends a message of at most so many bytes, at once and completely. */
    ByteBuf room(int bytes) {
        if (batch != null && batch.maxWritableBytes() < bytes) {
            push();
        }
        if (batch == null) {
            batch = ctx.alloc().ioBuffer(Math.max(bytes, batchBytes), MAX_BATCH_BYTES);
        }
        dirty = true;
        return batch;
    }

    long addedBytes() {
        return addedBytes + (batch == null ? 0 : batch.readableBytes());
    }

    /** Sends a message with its mark; takes the reference. */
    void add(ByteBuf message) {
        int bytes = message.readableBytes();
        if (bytes <= GATHERED_BYTES) {
            room(bytes).writeBytes(message);
            message.release();
            return;
        }
        push();
        dirty = true;
        write(message, bytes);
    }

    /** Whether there is something to flush. */
    boolean isDirty() {
        return dirty;
    }

    void flush() {
        push();
        if (dirty) {
            dirty = false;
            unflushedBytes = 0;
            ctx.flush();
        }
    }

    void discard() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
        dirty = false;
    }

    private void push() {
        if (batch != null) {
            ByteBuf full = batch;
            batch = null;
            int bytes = full.readableBytes();
            batchBytes = Math.clamp(Integer.highestOneBit(bytes) << 1, MIN_BATCH_BYTES, MAX_BATCH_BYTES);
            write(full, bytes);
        }
    }

    /** Nobody waits for the promise: a write that fails takes the connection with it, and exceptionCaught says so. */
    private void write(ByteBuf message, int bytes) {
        ctx.write(message, ctx.voidPromise());
        addedBytes += bytes;
        unflushedBytes += bytes;
        if (unflushedBytes > FLUSH_BYTES) {
            unflushedBytes = 0;
            ctx.flush();
        }
    }
}
