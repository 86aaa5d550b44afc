package io.evpl;

import io.evpl.channel.ChannelIo;
import io.evpl.channel.Transport;

/**
 * A channel's hold on the half of it that its loop's backend has: there while the channel is registered, and given up only when
 * the kernel has given back every operation. On the loop's thread.
 */
final class BackendHalf<I extends ChannelIo> {
    private LoopChannels loop;
    private I io;
    /** Runs once the kernel has given back every operation: the rest of a close. */
    private Runnable afterDrain;

    void begin(LoopChannels loop, I io) {
        this.loop = loop;
        this.io = io;
    }

    /** To ask something of it. Null while the channel has no loop. */
    I io() {
        if (io != null) {
            loop.pollSoon();
        }
        return io;
    }

    boolean isBusy() {
        return io != null && io.isBusy();
    }

    /** The channel leaves its loop. @param open it goes on elsewhere: what the kernel holds is waited for */
    void leave(Transport transport, boolean open) {
        if (open && isBusy()) {
            io.cancel();
            transport.settle(io::isBusy);
        }
        release();
    }

    /** Gives it up, if the kernel holds nothing. */
    void release() {
        if (io != null && !io.isBusy()) {
            io.close();
            io = null;
        }
    }

    /** Takes back what the kernel holds, which must be something; {@code rest} runs when it has given all of it back. */
    void cancelThen(Runnable rest) {
        afterDrain = rest;
        io().cancel();
    }

    /** The kernel has given everything back. */
    void drained() {
        Runnable rest = afterDrain;
        afterDrain = null;
        if (rest != null) {
            rest.run();
        }
    }
}
