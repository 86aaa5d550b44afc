package io.evpl.rpc2;

import java.util.concurrent.TimeUnit;

/**
 * When a call that has no reply is sent again, with the same xid and the same bytes: after {@code firstNs}, then after twice as long each
 * time but at most {@code maxNs}, each a little more or less so that callers do not keep step.
 *
 * @param transmissions in all; when the last one has had its time, the call fails with {@link RpcTimeoutException}
 */
public record Retransmission(long firstNs, long maxNs, int transmissions) {
    /** For UDP: half a second, as loss on a local network is noticed soon; half a minute in all. */
    public static final Retransmission DEFAULT = new Retransmission(TimeUnit.MILLISECONDS.toNanos(500), TimeUnit.SECONDS.toNanos(10), 7);

    public Retransmission {
        if (firstNs <= 0 || maxNs < firstNs || transmissions < 1) {
            throw new IllegalArgumentException("firstNs " + firstNs + ", maxNs " + maxNs + ", transmissions " + transmissions
                    + ": times are positive and grow, and a call is sent once at least");
        }
    }

    /** @param sent how often the call was sent already, from 1 */
    long delayNs(int sent) {
        return Backoff.waitNs(firstNs, maxNs, sent);
    }
}
