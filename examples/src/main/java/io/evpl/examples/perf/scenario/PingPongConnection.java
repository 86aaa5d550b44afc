package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** One connection's outstanding messages and when each was sent. */
class PingPongConnection extends LoadConnection {
    protected final int depth;
    protected long sentMessages;
    protected long echoedMessages;
    private final int payloadBytes;
    private final int maxRunBytes;
    private final long[] sentAtNs;
    private final Flush flush = new Flush(this::send);

    PingPongConnection(Scenario scenario, LoadTally tally, int index) {
        super(tally, index);
        this.depth = scenario.depth();
        this.payloadBytes = scenario.payloadBytes();
        this.maxRunBytes = scenario.link().writesEachMessage() ? Math.min(payloadBytes, PayloadPattern.MAX_RUN_BYTES)
                : PayloadPattern.MAX_RUN_BYTES;
        this.sentAtNs = new long[depth];
    }

    @Override
    void start() {
        running = true;
        send();
    }

    @Override
    boolean owed() {
        return echoedMessages < sentMessages;
    }

    /** How many messages may be sent now. */
    protected int sendableMessages() {
        return depth - (int) (sentMessages - echoedMessages);
    }

    /** The time a message's latency counts from. */
    protected long sentAtNs(long message) {
        return sentAtNs[(int) (message % depth)];
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            echoed(verified(received) / payloadBytes, System.nanoTime());
        } finally {
            received.release();
        }
    }

    private void echoed(long completeMessages, long nowNs) {
        if (completeMessages > sentMessages) {
            tally.fault("connection " + index + ": more was echoed than sent");
            running = false;
            return;
        }
        while (echoedMessages < completeMessages) {
            tally.echoed(nowNs - sentAtNs(echoedMessages++));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        flush.sendOn(ctx);
    }

    /**
     * All that may be sent now, under one flush. Successive messages are one run of the pattern, so mostly also one write; but
     * in-process each is written by itself.
     */
    protected final void send() {
        int messages = running ? sendableMessages() : 0;
        if (messages <= 0) {
            return;
        }
        long position = key + sentMessages * payloadBytes;
        long nowNs = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            sentAtNs[(int) (sentMessages++ % depth)] = nowNs;
        }
        long bytes = (long) messages * payloadBytes;
        for (int run; bytes > 0; bytes -= run, position += run) {
            run = (int) Math.min(bytes, maxRunBytes);
            ctx.write(PayloadPattern.slice(position, run), ctx.voidPromise());
        }
        flush.now(ctx);
    }
}
