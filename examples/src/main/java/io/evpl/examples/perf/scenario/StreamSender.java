package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;

/** Writes whole messages of the pattern while the channel is writable. Either side's; runs on the channel's loop. */
final class StreamSender implements ChannelFutureListener {
    private final ChannelHandlerContext ctx;
    private final Tally tally;
    private final int payloadBytes;
    private final long windowMessages;
    private final Flush flush = new Flush(this::send);
    private long position;
    private long sentMessages;
    private long acknowledgedMessages;
    private int pendingMessages;
    private boolean running = true;

    /** @param windowMessages how many may be sent beyond those acknowledged; {@link Long#MAX_VALUE} if nothing is acknowledged */
    StreamSender(ChannelHandlerContext ctx, Tally tally, long key, int payloadBytes, long windowMessages) {
        this.ctx = ctx;
        this.tally = tally;
        this.position = key;
        this.payloadBytes = payloadBytes;
        this.windowMessages = windowMessages;
    }

    /** To be called at the start and whenever the channel turns writable. */
    void send() {
        boolean wrote = false;
        while (running && sentMessages - acknowledgedMessages < windowMessages && ctx.channel().isWritable()) {
            writeMessage();
            wrote = true;
        }
        if (wrote) {
            flush.now(ctx);
        }
    }

    private void writeMessage() {
        pendingMessages++;
        sentMessages++;
        int left = payloadBytes;
        while (left > PayloadPattern.MAX_RUN_BYTES) {
            ctx.write(nextRun(PayloadPattern.MAX_RUN_BYTES), ctx.voidPromise());
            left -= PayloadPattern.MAX_RUN_BYTES;
        }
        ctx.write(nextRun(left)).addListener(this);
    }

    private ByteBuf nextRun(int bytes) {
        ByteBuf run = PayloadPattern.slice(position, bytes);
        position += bytes;
        return run;
    }

    @Override
    public void operationComplete(ChannelFuture written) {
        pendingMessages--;
        if (written.isSuccess()) {
            tally.sent(payloadBytes);
        } else {
            // The connection is gone: a fault if the generator still wanted it, and its own end sees that.
            running = false;
        }
    }

    /** To be called when acknowledgements have been read. */
    void sendOn() {
        flush.sendOn(ctx);
    }

    /**
     * The receiver has so many more.
     *
     * @return false if it has more now than it was sent
     */
    boolean acknowledged(long messages) {
        acknowledgedMessages += messages;
        return acknowledgedMessages <= sentMessages;
    }

    void stop() {
        running = false;
    }

    boolean idle() {
        return pendingMessages == 0;
    }
}
