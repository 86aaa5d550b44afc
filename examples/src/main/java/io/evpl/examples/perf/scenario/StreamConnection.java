package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** One connection: tells the server its key, then sends, verifies, or both. */
final class StreamConnection extends LoadConnection {
    static final int KEY_BYTES = Long.BYTES;

    private final Scenario scenario;
    private StreamSender sender;

    StreamConnection(Scenario scenario, LoadTally tally, int index) {
        super(tally, index);
        this.scenario = scenario;
    }

    @Override
    void start() {
        running = true;
        ctx.writeAndFlush(ctx.alloc().directBuffer(KEY_BYTES).writeLong(key), ctx.voidPromise());
        if (scenario.direction().serverReceives()) {
            sender = new StreamSender(ctx, tally, key, scenario.payloadBytes());
            sender.send();
        }
    }

    @Override
    void stop() {
        super.stop();
        if (sender != null) {
            sender.stop();
        }
    }

    @Override
    boolean owed() {
        return sender != null && !sender.idle();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            verified(received);
        } finally {
            received.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (sender != null) {
            sender.send();
        }
    }
}
