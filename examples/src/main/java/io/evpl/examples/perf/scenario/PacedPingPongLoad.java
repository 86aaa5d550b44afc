package io.evpl.examples.perf.scenario;

import io.netty.channel.EventLoop;

/**
 * Open loop: message {@code n} of the round is due {@code n} intervals after the start, on connection {@code n % connections},
 * and its latency counts from then, whatever keeps it from being sent (no coordinated omission).
 */
final class PacedPingPongLoad extends LoadConnections<PacedPingPongLoad.PacedConnection> implements Runnable {
    /** What a turn may catch up on before the loop reads again. */
    private static final int MAX_DUE_PER_TURN = 1024;

    private final Scenario scenario;
    private final LoadTally tally;
    private final double intervalNs;
    private EventLoop loop;
    private long startNs;
    private long nextMessage;
    private boolean running;

    PacedPingPongLoad(Scenario scenario, LoadTally tally) {
        this.scenario = scenario;
        this.tally = tally;
        this.intervalNs = 1e9 / scenario.messagesPerSecond();
    }

    final class PacedConnection extends PingPongConnection {
        private long dueMessages;

        PacedConnection(int index) {
            super(PacedPingPongLoad.this.scenario, PacedPingPongLoad.this.tally, index);
        }

        @Override
        void start() {
            running = true;
        }

        @Override
        protected int sendableMessages() {
            return (int) Math.min(dueMessages - sentMessages, super.sendableMessages());
        }

        @Override
        protected long sentAtNs(long message) {
            return dueNs(message * connections.size() + index);
        }

        private void due() {
            dueMessages++;
            send();
        }

        private void overdue(long nowNs) {
            for (long message = echoedMessages; message < dueMessages; message++) {
                tally.unanswered(nowNs - sentAtNs(message));
            }
        }
    }

    @Override
    protected PacedConnection connection(int index) {
        return new PacedConnection(index);
    }

    @Override
    public void start(EventLoop on) {
        super.start(on);
        loop = on;
        running = true;
        startNs = System.nanoTime();
        run();
    }

    /** One look at the clock a turn. The task re-queues itself: a timer's resolution would be part of the latency. */
    @Override
    public void run() {
        if (!running) {
            return;
        }
        long nowNs = System.nanoTime();
        for (int sent = 0; sent < MAX_DUE_PER_TURN && dueNs(nextMessage) <= nowNs; sent++) {
            connections.get((int) (nextMessage++ % connections.size())).due();
        }
        loop.execute(this);
    }

    private long dueNs(long message) {
        return startNs + (long) (message * intervalNs);
    }

    @Override
    public void overdue(long nowNs) {
        connections.forEach(connection -> connection.overdue(nowNs));
    }

    @Override
    public void stop() {
        running = false;
        super.stop();
    }
}
