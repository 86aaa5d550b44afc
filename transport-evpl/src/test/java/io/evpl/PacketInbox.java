package io.evpl;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;

import static org.junit.jupiter.api.Assertions.assertNotNull;

/** What a datagram channel's pipeline is told, for a test on another thread to await. */
final class PacketInbox extends ChannelInboundHandlerAdapter {
    private static final long DEADLINE_SECONDS = 10;

    /** A datagram as it arrived. */
    record Packet(String text, Object sender, Object recipient) {
    }

    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        AddressedEnvelope<?, ?> envelope = (AddressedEnvelope<?, ?>) message;
        told.add(new Packet(((ByteBuf) envelope.content()).toString(StandardCharsets.US_ASCII), envelope.sender(),
                envelope.recipient()));
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        told.add(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        told.add(cause);
    }

    Object await() throws InterruptedException {
        Object next = told.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(next, "nothing came");
        return next;
    }

    Packet packet() throws InterruptedException {
        return (Packet) await();
    }

    boolean isEmpty() {
        return told.isEmpty();
    }
}
