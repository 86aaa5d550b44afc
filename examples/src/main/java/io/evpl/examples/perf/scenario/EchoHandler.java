package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** The usual Netty echo: write on read, flush on read complete. */
final class EchoHandler extends ChannelInboundHandlerAdapter {
    private final Tally tally;

    EchoHandler(Tally tally) {
        this.tally = tally;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        tally.received(((ByteBuf) message).readableBytes());
        ctx.write(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset is how a round may end; one that comes too early is the generator's to report.
        if (!(cause instanceof IOException)) {
            tally.fault(cause.toString());
        }
        ctx.close();
    }
}
