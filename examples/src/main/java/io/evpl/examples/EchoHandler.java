package io.evpl.examples;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import java.util.concurrent.atomic.LongAdder;

/** Sends back what it receives, one flush for each batch of reads. One instance serves all connections. */
@Sharable
final class EchoHandler extends ChannelInboundHandlerAdapter {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder messages = new LongAdder();

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        opened.increment();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        messages.increment();
        ctx.write(message, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    /** Back-pressure: a client that sends and does not read must not fill our memory. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed.increment();
    }

    /** A client that resets its connection is no news for an echo server. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    long connectionCount() {
        return openedCount() - closed.sum();
    }

    long openedCount() {
        return opened.sum();
    }

    /** Reads, not records: TCP keeps no message boundaries, and echo has no codec that would. */
    long messageCount() {
        return messages.sum();
    }
}
