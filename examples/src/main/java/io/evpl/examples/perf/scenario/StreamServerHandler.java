package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** Reads the connection's key, then verifies what arrives or sends its own payload, or both. */
final class StreamServerHandler extends ChannelInboundHandlerAdapter {
    private static final int KEY_BITS = Byte.SIZE * StreamConnection.KEY_BYTES;

    private final Scenario scenario;
    private final Tally tally;
    private int keyBitsMissing = KEY_BITS;
    private long key;
    private long receivedBytes;
    private StreamSender sender;

    StreamServerHandler(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            while (keyBitsMissing > 0 && received.isReadable()) {
                keyBitsMissing -= Byte.SIZE;
                key |= (received.readByte() & 0xFFL) << keyBitsMissing;
                if (keyBitsMissing == 0 && scenario.direction().serverSends()) {
                    sender = new StreamSender(ctx, tally, key, scenario.payloadBytes());
                    sender.send();
                }
            }
            verify(received);
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
