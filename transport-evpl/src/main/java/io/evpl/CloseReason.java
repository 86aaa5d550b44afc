package io.evpl;

import io.evpl.metrics.TrafficMetric;
import io.netty.channel.Channel;

/**
 * Why a connection of ours was closed. {@code closeReason()} of its channel has it from the moment that the close begins, so that
 * {@code channelInactive} and the listeners of {@code closeFuture()} can ask.
 *
 * @param by    whose doing it was
 * @param cause what failed; null unless {@code by} is {@link By#FAILURE}
 */
public record CloseReason(By by, Throwable cause) {
    /** Whose doing it was. */
    public enum By {
        /** {@code close()} of the channel. */
        US,
        /** The peer sent all that it had to send and ended the connection. */
        PEER,
        /** Connecting, receiving or sending failed; a peer that resets the connection is such a failure. */
        FAILURE,
        /** The event loop shut down. */
        LOOP
    }

    static final CloseReason PEER = new CloseReason(By.PEER, null);
    private static final CloseReason US = new CloseReason(By.US, null);
    private static final CloseReason LOOP = new CloseReason(By.LOOP, null);

    static CloseReason failure(Throwable cause) {
        return new CloseReason(By.FAILURE, cause);
    }

    /** Of a channel that is closed without another reason. */
    static CloseReason ofClosing(Channel channel) {
        return channel.isRegistered() && channel.eventLoop().isShuttingDown() ? LOOP : US;
    }

    /** As what it is counted. */
    TrafficMetric metric() {
        return switch (by) {
            case US -> TrafficMetric.CLOSED_BY_US;
            case PEER -> TrafficMetric.CLOSED_BY_PEER;
            case FAILURE -> TrafficMetric.CLOSED_BY_FAILURE;
            case LOOP -> TrafficMetric.CLOSED_BY_LOOP;
        };
    }

    @Override
    public String toString() {
        return switch (by) {
            case US -> "closed by us";
            case PEER -> "the peer ended it";
            case FAILURE -> "failed: " + cause;
            case LOOP -> "its event loop shut down";
        };
    }
}
