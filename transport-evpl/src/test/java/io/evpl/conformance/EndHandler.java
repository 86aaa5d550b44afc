package io.evpl.conformance;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.util.ReferenceCountUtil;

import java.util.Set;

/** Notes all that one end of a connection hears of, and reads as the program says. */
final class EndHandler extends ChannelInboundHandlerAdapter {
    /** They come with what the program does itself, and with the end of the input. */
    private static final Set<Object> EXPECTED =
            Set.of(ChannelInputShutdownReadComplete.INSTANCE, ChannelOutputShutdownEvent.INSTANCE);

    private final EventLog log;
    private final ConformanceTransport transport;
    private final int at;
    private final Side side;
    private final Op.Drain drain;
    /** What the other end sends. */
    private final SentFlow incoming;
    /** Written when the channel becomes active; null for nothing. */
    private final Object greeting;

    EndHandler(EventLog log, ConformanceTransport transport, int at, Side side, Op.Drain drain, SentFlow incoming,
               Object greeting) {
        this.log = log;
        this.transport = transport;
        this.at = at;
        this.side = side;
        this.drain = drain;
        this.incoming = incoming;
        this.greeting = greeting;
    }

    private Key key(Key.What what) {
        return Key.of(what, at, side);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (drain == Op.Drain.MANUAL) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (greeting != null) {
            ctx.writeAndFlush(greeting, ctx.voidPromise());
        }
        log.add(key(Key.What.CONNECTED));
        if (drain == Op.Drain.MANUAL) {
            ctx.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        log.add(key(Key.What.DISCONNECTED));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            ByteBuf buf = transport.inbound(message);
            SentFlow.Arrival arrival = incoming.arrive(buf);
            log.add(arrival.key(), arrival.amount(), arrival.detail());
        } finally {
            ReferenceCountUtil.release(message);
        }
        if (drain == Op.Drain.TOGGLED) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        switch (drain) {
            case AUTO -> {
            }
            case MANUAL -> ctx.read();
            case TOGGLED -> ctx.executor().execute(() -> ctx.channel().config().setAutoRead(true));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            log.add(key(Key.What.INPUT_ENDED));
        } else if (!EXPECTED.contains(event)) {
            log.add(key(Key.What.BROKEN), 1, event.toString());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.add(key(Key.What.EXCEPTION), 1, cause.toString());
    }
}
