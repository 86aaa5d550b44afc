package io.evpl.examples.perf.soak;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Sends header and request, checks the response, ends the connection its way. */
final class ClientEnd extends ChannelInboundHandlerAdapter {
    private static final long SLOW_READ_MS = 2;

    private final SoakLink link;
    private final SoakState state;
    private final SoakCounts counts;
    private final Exchange exchange;
    private final PatternWriter request;
    private final PatternReader response;
    private boolean letGo;
    private boolean endsOutput;

    ClientEnd(SoakLink link, SoakState state, SoakCounts counts, Exchange exchange) {
        this.link = link;
        this.state = state;
        this.counts = counts;
        this.exchange = exchange;
        this.request = new PatternWriter(state, exchange.key(), exchange.requestBytes(), exchange.requestBytes());
        this.response = new PatternReader(exchange.key() + Exchange.RESPONSE_SHIFT, exchange.responseBytes(), link.keepsMessages());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        counts.connections.increment();
        if (link.provider == null) {
            begin(ctx);
        }
    }

    private void begin(ChannelHandlerContext ctx) {
        ByteBuf header = ctx.alloc().directBuffer(Exchange.HEADER_BYTES);
        exchange.writeHeader(header);
        ctx.write(header);
        if (exchange.slow()) {
            counts.slowReaders.increment();
            ctx.channel().config().setAutoRead(false);
            readSlowly(ctx);
        }
        write(ctx);
    }

    private void readSlowly(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            ctx.read();
            ctx.executor().schedule(() -> readSlowly(ctx), SLOW_READ_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void write(ChannelHandlerContext ctx) {
        request.write(ctx);
        if (request.done() && exchange.ending() == Ending.HALF_CLOSE && !endsOutput) {
            endsOutput = true;
            counts.halfCloses.increment();
            request.last().addListener(written -> {
                if (written.isSuccess()) {
                    ((DuplexChannel) ctx.channel()).shutdownOutput();
                } else {
                    check("a write of the request failed: " + written.cause());
                }
            });
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!request.done()) {
            write(ctx);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            counts.bytes.add(received.readableBytes());
            if (!letGo) {
                check(response.read(received, ServerEnd.ACKNOWLEDGING_BYTES));
            }
        } finally {
            received.release();
        }
        if (exchange.ending() == Ending.RESET && response.receivedBytes() > exchange.resetAfterBytes()) {
            reset(ctx.channel());
        } else if (exchange.ending() == Ending.CLOSE && response.done()) {
            ctx.close();
        }
    }

    private void reset(Channel channel) {
        if (!letGo) {
            letGo = true;
            counts.resets.increment();
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    private void check(String wrong) {
        if (wrong != null) {
            state.fault(link.label() + ", response of key " + exchange.key() + ": " + wrong);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        } else if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                begin(ctx);
            } else {
                state.fault(link.label() + ", handshake: " + done.cause());
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!letGo && !response.done()) {
            check("the connection ended after " + response.receivedBytes() + " of " + exchange.responseBytes() + " bytes");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) || !letGo && !response.done()) {
            state.fault(link.label() + ", client: " + cause);
        }
        ctx.close();
    }
}
