package io.evpl.examples.perf.soak;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;

/** Reads the header, checks the request, sends the response; its last byte when it has the whole request. */
final class ServerEnd extends ChannelInboundHandlerAdapter {
    /** What tells the client that all of its request arrived. */
    static final int ACKNOWLEDGING_BYTES = 1;

    private final SoakLink link;
    private final SoakState state;
    private final SoakCounts counts;
    private final ByteBuf header = Unpooled.buffer(Exchange.HEADER_BYTES, Exchange.HEADER_BYTES);
    private Exchange exchange;
    private PatternReader request;
    private PatternWriter response;
    private boolean inputEnded;
    private boolean closes;

    ServerEnd(SoakLink link, SoakState state, SoakCounts counts) {
        this.link = link;
        this.state = state;
        this.counts = counts;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            counts.bytes.add(received.readableBytes());
            if (exchange == null) {
                received.readBytes(header, Math.min(received.readableBytes(), header.writableBytes()));
                if (header.isWritable()) {
                    return;
                }
                begin();
            }
            if (received.isReadable()) {
                check(request.read(received, 0));
            }
        } finally {
            received.release();
        }
        if (request.done()) {
            response.release();
        }
        respond(ctx);
    }

    private void begin() {
        exchange = Exchange.readHeader(header);
        request = new PatternReader(exchange.key(), exchange.requestBytes(), link.keepsMessages());
        response = new PatternWriter(state, exchange.key() + Exchange.RESPONSE_SHIFT, exchange.responseBytes(),
                exchange.responseBytes() - ACKNOWLEDGING_BYTES);
    }

    private void check(String wrong) {
        if (wrong != null) {
            state.fault(link.label() + ", request of key " + exchange.key() + ": " + wrong);
        }
    }

    private void respond(ChannelHandlerContext ctx) {
        response.write(ctx);
        if (response.done() && inputEnded && !closes) {
            closes = true;
            response.last().addListener(this::sent);   // close() does not wait for writes
        }
    }

    private void sent(Future<?> written) {
        if (!written.isSuccess() && exchange.ending() == Ending.HALF_CLOSE) {
            check("a write of the response failed: " + written.cause());
        }
        ((ChannelFuture) written).channel().close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (response != null) {
            respond(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (exchange == null || exchange.ending() == Ending.RESET) {
                ctx.close();
            } else if (!request.done()) {
                check("its end came after " + request.receivedBytes() + " of " + exchange.requestBytes() + " bytes");
                ctx.close();
            } else {
                respond(ctx);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (exchange != null && exchange.ending() != Ending.RESET && !request.done()) {
            check("the connection ended after " + request.receivedBytes() + " of " + exchange.requestBytes() + " bytes");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean mayBe = cause instanceof IOException && (exchange == null || exchange.ending() == Ending.RESET || request.done());
        if (!mayBe) {
            state.fault(link.label() + ", server: " + cause);
        }
        ctx.close();
    }
}
