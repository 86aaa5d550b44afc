package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** What the generating ends of all modes share: the context, checked payload, and a lost connection as a fault. */
abstract class LoadConnection extends ChannelInboundHandlerAdapter {
    protected final LoadTally tally;
    protected final int index;
    protected final long key;
    protected ChannelHandlerContext ctx;
    protected boolean running;
    private long receivedBytes;

    LoadConnection(LoadTally tally, int index) {
        this.tally = tally;
        this.index = index;
        this.key = PayloadPattern.keyOf(index);
    }

    abstract void start();

    abstract boolean owed();

    void stop() {
        running = false;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
    }

    /** Verifies and counts. @return the connection's received bytes so far, these included */
    protected final long verified(ByteBuf received) {
        int wrong = PayloadPattern.mismatch(received, key + receivedBytes);
        if (wrong >= 0) {
            tally.fault("connection " + index + ": byte " + (receivedBytes + wrong) + " came back wrong");
            running = false;
        }
        receivedBytes += received.readableBytes();
        tally.received(received.readableBytes());
        return receivedBytes;
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        if (running || owed()) {
            tally.fault("connection " + index + " was closed by the server");
            running = false;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        tally.fault("connection " + index + ": " + cause);
        failed.close();
    }
}
