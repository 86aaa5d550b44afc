package io.evpl.examples.perf.scenario;

import io.netty.channel.ChannelHandler;
import java.util.Set;

/**
 * What the two programs say to each other, over whichever {@link Link}. A new mode is one implementation, added to {@link Modes}.
 * Instances are stateless and shared. The server half runs on Netty 4.1 and on 4.2, and in-process so does the load: only API that
 * both have, binary alike.
 */
public interface Mode {
    /** Between parent and children, and in the JSON. */
    String name();

    /** The options that mean something here, of those which not every mode has, e.g. {@code --depth}. */
    Set<String> options();

    /** One row's name in a table, less its link, e.g. {@code pingpong 64 x 64 B depth 1}. */
    String describe(Scenario scenario);

    /** True if each message has a latency; else only throughput is reported. */
    boolean timed();

    /** Pending bytes at which the sending channel of this scenario turns unwritable, on both sides; 0 keeps Netty's own. */
    int highWaterMarkBytes(Scenario scenario);

    /**
     * A handler for one accepted connection, or for the one socket of a datagram server. Called on its event loop, which also owns
     * {@code tally}.
     */
    ChannelHandler serverHandler(Scenario scenario, Tally tally);

    /** The generating side of one round, for the loop that will own {@code tally}. */
    Load load(Scenario scenario, LoadTally tally, Dialer dialer);

    /** Over TLS: true if the load's connections shall resume sessions; else each has a handshake with certificates. */
    default boolean resumesSessions() {
        return false;
    }

    /** True if each contestant brings a load of its own, in another JVM; else one generator serves all. */
    default boolean ownLoad() {
        return false;
    }

    /** Messages the server has dealt with, the divisor of its CPU time. */
    long serverMessages(Scenario scenario, long receivedBytes, long sentBytes);
}
