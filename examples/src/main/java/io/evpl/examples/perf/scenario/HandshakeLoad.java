package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.internal.tcnative.SSL;
import java.util.ArrayList;
import java.util.List;

/**
 * Slots in each of which one connection follows another. The first of each comes before the round and is not asked whether it was
 * resumed: it brings the session.
 */
final class HandshakeLoad implements Load {
    private final Scenario scenario;
    private final LoadTally tally;
    private final Dialer dialer;
    private final boolean resumed;
    private final List<Slot> slots = new ArrayList<>();
    private boolean running;

    HandshakeLoad(Scenario scenario, LoadTally tally, Dialer dialer, boolean resumed) {
        this.scenario = scenario;
        this.tally = tally;
        this.dialer = dialer;
        this.resumed = resumed;
    }

    /** One after the other. */
    private final class Slot {
        private final int index;
        private final long key;
        private boolean underWay = true;

        Slot(int index) {
            this.index = index;
            this.key = PayloadPattern.keyOf(index);
        }

        void next() {
            underWay = true;
            ChannelFuture connect = dialer.dial(new Connection(this, false));
            connect.addListener(connected -> {
                if (!connected.isSuccess()) {
                    fault(this, "connect failed: " + connected.cause());
                }
            });
        }

        void ended() {
            underWay = false;
            if (running) {
                next();
            }
        }
    }

    /** One connection's life. */
    private final class Connection extends ChannelInboundHandlerAdapter {
        private final Slot slot;
        private final boolean first;
        private final long beganNs = System.nanoTime();
        private int receivedBytes;

        Connection(Slot slot, boolean first) {
            this.slot = slot;
            this.first = first;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done) {
                handshaken(ctx, done.cause());
            }
        }

        private void handshaken(ChannelHandlerContext ctx, Throwable failure) {
            if (failure != null) {
                fault(slot, "handshake failed: " + failure);
            } else if (!first && resumed != isResumed(ctx)) {
                fault(slot, "its handshake was " + (resumed ? "a full one" : "a resumption"));
            } else {
                tally.sent(scenario.payloadBytes());
                ctx.writeAndFlush(PayloadPattern.slice(slot.key, scenario.payloadBytes()), ctx.voidPromise());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf received = (ByteBuf) message;
            try {
                if (PayloadPattern.mismatch(received, slot.key + receivedBytes) >= 0) {
                    fault(slot, "its echo came back wrong");
                }
                tally.received(received.readableBytes());
                receivedBytes += received.readableBytes();
                if (receivedBytes == scenario.payloadBytes()) {
                    tally.echoed(System.nanoTime() - beganNs);
                    ctx.close();
                }
            } finally {
                received.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (receivedBytes == scenario.payloadBytes()) {
                slot.ended();
            } else if (running) {
                fault(slot, "closed by the server");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fault(slot, cause.toString());
            ctx.close();
        }
    }

    private static boolean isResumed(ChannelHandlerContext ctx) {
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        return SSL.isSessionReused(((ReferenceCountedOpenSslEngine) ssl.engine()).sslPointer());
    }

    private void fault(Slot slot, String what) {
        tally.fault("connection " + slot.index + ": " + what);
    }

    @Override
    public ChannelHandler connect(int connectionIndex) {
        Slot slot = new Slot(connectionIndex);
        slots.add(slot);
        return new Connection(slot, true);
    }

    @Override
    public void start(EventLoop loop) {
        running = true;
        slots.stream().filter(slot -> !slot.underWay).forEach(Slot::next);
    }

    @Override
    public void overdue(long nowNs) {
        // One at a time in each slot: a late one holds back its successors and does not hide them.
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public int owedConnections() {
        return (int) slots.stream().filter(slot -> slot.underWay).count();
    }
}
