package io.evpl.examples.perf.report;

import io.evpl.examples.perf.scenario.Transport;
import org.HdrHistogram.Histogram;

/**
 * One measured window, or why there is none.
 *
 * @param index 0-based; rounds of the same index ran one after the other, so their ratio is the fairest there is
 * @param note why it stalled, failed or could not run, else empty
 * @param seconds of the window
 * @param messages completed in it, at the receiving end
 * @param payloadBytes the same in bytes, both directions if both were measured
 * @param lostMessages given up in it, less those given up that came after all; 0 where nothing can be lost
 * @param serverSeconds between the server's two readings of its CPU clocks
 * @param serverMessages what the server dealt with between these
 * @param loopCpuNs CPU time of the server's loop threads between these
 * @param processCpuNs CPU time of the whole server JVM between these
 * @param loadCpuNs CPU time of the whole load JVM within the window, 0 where the load has none
 * @param othersCores what processes that are no part of the measurement took meanwhile, in cores; NaN if unknown
 * @param latencyNs null if nothing was timed
 */
public record Round(Transport transport, int index, Outcome outcome, String note, double seconds, long messages, long payloadBytes,
                    long lostMessages, double serverSeconds, long serverMessages, long loopCpuNs, long processCpuNs, long loadCpuNs, double othersCores,
                    Histogram latencyNs) {
    private static final double NS_PER_US = 1e3;
    private static final double NS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MB = 1e6;

    /** UNAVAILABLE: the transport runs here, but not over the row's link. */
    public enum Outcome { MEASURED, STALLED, FAILED, UNAVAILABLE }

    public static Round without(Transport transport, int index, Outcome outcome, String note) {
        return new Round(transport, index, outcome, note, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null);
    }

    public boolean measured() {
        return outcome == Outcome.MEASURED;
    }

    public double messagesPerSecond() {
        return messages / seconds;
    }

    public double megabytesPerSecond() {
        return payloadBytes / BYTES_PER_MB / seconds;
    }

    public double cpuUsPerMessage() {
        return loopCpuNs / NS_PER_US / serverMessages;
    }

    public double processCpuUsPerMessage() {
        return processCpuNs / NS_PER_US / serverMessages;
    }

    /** The whole load JVM's, for each message it completed. */
    public double loadCpuUsPerMessage() {
        return loadCpuNs / NS_PER_US / messages;
    }

    /** Share of the window the server's loops ran, over all loops: well below 1, something else was the limit. */
    public double loopsBusy() {
        return loopCpuNs / NS_PER_SECOND / serverSeconds;
    }

    /** Of all that were sent. What was given up before the window and came within it makes no share of less than none. */
    public double lossShare() {
        return (double) Math.max(0, lostMessages) / (Math.max(0, lostMessages) + messages);
    }

    /** NaN if nothing was timed. */
    public double latencyUs(double percentile) {
        return latencyNs == null ? Double.NaN : latencyNs.getValueAtPercentile(percentile) / NS_PER_US;
    }
}
