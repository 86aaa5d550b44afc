package io.evpl.tls;

import io.evpl.channel.RecordFraming;
import io.netty.channel.Channel;

/** What a kernel does for the TLS of one channel. On the channel's loop. */
interface KtlsKernel {
    /** A direction of a connection. */
    enum Direction {
        TRANSMIT,
        RECEIVE
    }

    /** @return why no kernel can encrypt this channel's bytes, whatever it has; null if one can */
    Throwable obstacle(Channel channel);

    /** As {@link io.evpl.channel.RecordChannel#receiveBy}. */
    void receiveBy(Channel channel, RecordFraming framing);

    /**
     * Gives the keys of one direction, from the record of this number on. Nothing of that direction may be under way.
     *
     * @return why it did not take them, and all is as before; null if it did
     */
    Throwable program(Channel channel, Direction direction, RecordKeys keys, long sequence);

    /** A record could not be decrypted: takes the socket's error away, which would fail what is sent, too. */
    void clearError(Channel channel);
}
