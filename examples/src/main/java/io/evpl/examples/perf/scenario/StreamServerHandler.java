package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/**
 * Reads the connection's key, then verifies what arrives or sends its own payload, or both. Acknowledges where the link does not push
 * back.
 */
final class StreamServerHandler extends ChannelInboundHandlerAdapter {
    private static final int KEY_BITS = Byte.SIZE * StreamConnection.KEY_BYTES;

    private final Scenario scenario;
    private final Tally tally;
    private final long ackMessages;
    private int keyBitsMissing = KEY_BITS;
    private long key;
    private long receivedBytes;
    private long acknowledgements;
    private StreamSender sender;

    StreamServerHandler(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        this.ackMessages = Stream.ackMessages(scenario);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            while (keyBitsMissing > 0 && received.isReadable()) {
                keyBitsMissing -= Byte.SIZE;
                key |= (received.readByte() & 0xFFL) << keyBitsMissing;
                if (keyBitsMissing == 0 && scenario.direction().serverSends()) {
                    sender = new StreamSender(ctx, tally, key, scenario.payloadBytes(),
                            Stream.windowMessages(scenario));
                    sender.send();
                }
            }
            verify(received);
            acknowledge(ctx);
        } finally {
            received.release();
        }
    }

    private void verify(ByteBuf received) {
        int wrong = PayloadPattern.mismatch(received, key + receivedBytes);
        if (wrong >= 0) {
            tally.fault("the server received a wrong byte at " + (receivedBytes + wrong));
        }
        receivedBytes += received.readableBytes();
        tally.received(received.readableBytes());
    }

    /** One byte for each so many messages. */
    private void acknowledge(ChannelHandlerContext ctx) {
        long due = receivedBytes / scenario.payloadBytes() / ackMessages - acknowledgements;
        if (due > 0) {
            acknowledgements += due;
            ctx.write(ctx.alloc().directBuffer((int) due).writeZero((int) due), ctx.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (ackMessages != Long.MAX_VALUE) {
            ctx.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (sender != null) {
            sender.send();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (sender != null) {
            sender.stop();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The generator closes while the server still sends: a reset is how an outgoing stream ends.
        if (!(cause instanceof IOException)) {
            tally.fault(cause.toString());
        }
        ctx.close();
    }
}
