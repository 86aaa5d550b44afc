package io.evpl.conformance;

import io.netty.channel.ChannelHandler;

/** Breaks what lies between the transport and the log, to show that the oracle notices. */
interface Sabotage {
    Sabotage NONE = new Sabotage() {
    };

    /** @return what a loop service calls in place of {@code callback} */
    default Runnable callback(Key.What what, Runnable callback) {
        return callback;
    }

    /** @return a handler before that which notes what comes; null for none */
    default ChannelHandler handler(Side side) {
        return null;
    }
}
