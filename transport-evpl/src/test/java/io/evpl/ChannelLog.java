package io.evpl;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a channel's pipeline is told, one word each. */
final class ChannelLog extends ChannelInboundHandlerAdapter {
    private final List<String> events = new ArrayList<>();
    private Runnable onRead = () -> { };
    private Runnable onReadComplete = () -> { };

    /** What was logged since the last call. */
    List<String> take() {
        List<String> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    void onRead(Runnable action) {
        onRead = action;
    }

    void onReadComplete(Runnable action) {
        onReadComplete = action;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        events.add("active");
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf buf) {
            events.add(buf.toString(StandardCharsets.US_ASCII));
            buf.release();
        } else {
            events.add("accepted");
        }
        onRead.run();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        events.add("complete");
        onReadComplete.run();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            events.add("input ended");
        } else if (event != ChannelInputShutdownReadComplete.INSTANCE) {
            events.add(event.toString());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        events.add(cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.add("inactive");
        ctx.fireChannelInactive();
    }
}
