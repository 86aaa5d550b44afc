package io.evpl.examples.perf.scenario;

import org.HdrHistogram.Histogram;

/** The generator's tally: also counts and times the messages of the open window. Everything new here is for the loop thread. */
public final class LoadTally extends Tally {
    /** A latency above this is a stall, which the watchdog reports long before. */
    private static final long MAX_LATENCY_NS = 60_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram latencyNs = new Histogram(MAX_LATENCY_NS, SIGNIFICANT_DIGITS);
    private long messages;
    private long openedNs;
    private long receivedBefore;
    private long sentBefore;
    private long lostBefore;
    private Window window;

    /** What the load saw between {@link #openWindow} and {@link #shutWindow}. */
    public record Window(long durationNs, long messages, long receivedBytes, long sentBytes, long lostMessages, Histogram latencyNs) { }

    public void echoed(long latencyNs) {
        messages++;
        unanswered(latencyNs);
    }

    /** A latency that counts, of a message that does not: it was due and has not come back. */
    public void unanswered(long soFarNs) {
        latencyNs.recordValue(Math.clamp(soFarNs, 0, MAX_LATENCY_NS));
    }

    public void openWindow(long nowNs) {
        latencyNs.reset();
        messages = 0;
        receivedBefore = receivedBytes();
        sentBefore = sentBytes();
        lostBefore = lostMessages();
        openedNs = nowNs;
    }

    public void shutWindow(long nowNs) {
        window = new Window(nowNs - openedNs, messages, receivedBytes() - receivedBefore, sentBytes() - sentBefore,
                lostMessages() - lostBefore, latencyNs.copy());
    }

    public Window window() {
        return window;
    }
}
