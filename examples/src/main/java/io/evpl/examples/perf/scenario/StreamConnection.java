package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** One connection: tells the server its key, then sends, verifies, or both; in-process it sends and heeds acknowledgements. */
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
            sender = new StreamSender(ctx, tally, key, scenario.payloadBytes(), Stream.windowMessages(scenario));
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
            if (scenario.link().pushesBack()) {
                verified(received);
            } else {
                acknowledged(received);
            }
        } finally {
            received.release();
        }
    }

    /** A byte each, so that it does not matter how they are cut up or joined. */
    private void acknowledged(ByteBuf acks) {
        tally.received(acks.readableBytes());
        if (!sender.acknowledged(acks.readableBytes() * Stream.ackMessages(scenario))) {
            tally.fault("connection " + index + ": more was acknowledged than sent");
            stop();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (sender != null && !scenario.link().pushesBack()) {
            sender.sendOn();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (sender != null) {
            sender.send();
        }
    }
}
