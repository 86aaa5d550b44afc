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
    private long position;
    private int pendingMessages;
    private boolean running = true;

    StreamSender(ChannelHandlerContext ctx, Tally tally, long key, int payloadBytes) {
        this.ctx = ctx;
        this.tally = tally;
        this.position = key;
        this.payloadBytes = payloadBytes;
    }

    /** To be called at the start and whenever the channel turns writable. */
    void send() {
        boolean wrote = false;
        while (running && ctx.channel().isWritable()) {
            writeMessage();
            wrote = true;
        }
        if (wrote) {
            ctx.flush();
        }
    }

    private void writeMessage() {
        pendingMessages++;
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

    void stop() {
        running = false;
    }

    boolean idle() {
        return pendingMessages == 0;
    }
}
