package io.evpl.examples.perf.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/** Works through a {@link Program}, connections taking turns message by message, so many at a time. It goes on after {@link #stop}. */
final class ProgramLoad extends LoadConnections<ProgramLoad.ProgramConnection> {
    /** Few enough that no server's buffers depend on who is fast. */
    private static final int AT_A_TIME = 64;

    private final Scenario scenario;
    private final LoadTally tally;
    private final boolean mixed;
    private final Deque<ProgramConnection> due = new ArrayDeque<>();

    ProgramLoad(Scenario scenario, LoadTally tally, boolean mixed) {
        this.scenario = scenario;
        this.tally = tally;
        this.mixed = mixed;
    }

    final class ProgramConnection extends LoadConnection {
        private final int payloadBytes;
        private int messagesLeft;
        private long sentBytes;

        ProgramConnection(int index) {
            super(ProgramLoad.this.tally, index);
            boolean streams = mixed && Program.streams(index);
            boolean talks = mixed && Program.talks(index);
            payloadBytes = streams ? Program.STREAM_BYTES : scenario.payloadBytes();
            messagesLeft = streams ? Program.STREAM_MESSAGES : talks ? Program.TALK_MESSAGES : Program.IDLE_MESSAGES;
        }

        @Override
        void start() {
            due.add(this);
        }

        @Override
        boolean owed() {
            return messagesLeft > 0;
        }

        private void send() {
            ctx.writeAndFlush(PayloadPattern.slice(key + sentBytes, payloadBytes), ctx.voidPromise());
            sentBytes += payloadBytes;
            tally.sent(payloadBytes);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf received = (ByteBuf) message;
            try {
                if (verified(received) == sentBytes) {
                    echoed();
                }
            } finally {
                received.release();
            }
        }

        private void echoed() {
            if (--messagesLeft > 0) {
                due.add(this);
            }
            next();
        }
    }

    @Override
    protected ProgramConnection connection(int index) {
        return new ProgramConnection(index);
    }

    @Override
    public void start(EventLoop loop) {
        super.start(loop);
        for (int i = 0; i < AT_A_TIME; i++) {
            next();
        }
    }

    private void next() {
        ProgramConnection connection = due.poll();
        if (connection != null) {
            connection.send();
        }
    }
}
