package io.evpl;

import io.evpl.jfr.LoopEvents;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficCounters;
import io.evpl.metrics.TrafficMetric;
import io.netty.channel.Channel;

import java.net.SocketAddress;

/**
 * Has a channel's connection counted and told of, once when it begins and once when it ends, however often it changes its loop.
 * On the thread of the loop that the channel is registered with.
 */
final class ConnectionTally {
    private final Channel channel;
    private final Protocol protocol;
    private TrafficCounters traffic;
    private boolean begun;

    ConnectionTally(Channel channel, Protocol protocol) {
        this.channel = channel;
        this.protocol = protocol;
    }

    /** The channel has come to a loop, which counts from now on. */
    void on(LoopChannels loop) {
        traffic = loop.traffic(protocol);
    }

    TrafficCounters traffic() {
        return traffic;
    }

    private boolean begins(TrafficMetric as) {
        if (begun) {
            return false;
        }
        begun = true;
        traffic().count(as);
        return true;
    }

    /** A datagram channel came to a loop. */
    void opened() {
        begins(TrafficMetric.OPENED);
    }

    /** A connection that a peer made came to a loop. */
    void accepted() {
        if (begins(TrafficMetric.ACCEPTED)) {
            LoopEvents.accepted(protocol, channel);
        }
    }

    void connected(SocketAddress remote) {
        if (begins(TrafficMetric.OPENED)) {
            LoopEvents.connected(protocol, channel, remote, null);
        }
    }

    void connectFailed(SocketAddress remote, Throwable cause) {
        traffic().count(TrafficMetric.CONNECTS_FAILED);
        LoopEvents.connected(protocol, channel, remote, cause);
    }

    /** The channel leaves its loop; if it is closed, for {@code reason}, the connection has ended, or never came about. */
    void left(CloseReason reason) {
        if (channel.isOpen()) {
            return;
        }
        if (begun) {
            begun = false;
            traffic().count(reason.metric());
            LoopEvents.closed(protocol, channel, reason.by().name(), reason.cause());
        } else if (reason.by() == CloseReason.By.FAILURE) {
            connectFailed(channel.remoteAddress(), reason.cause());
        }
    }
}
