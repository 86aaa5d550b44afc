package io.evpl.channel;

/**
 * The backend's half of a channel, whatever it is that it reads. Made when the channel registers with a loop, gone when it
 * leaves. All methods run on that loop's thread.
 */
public interface ChannelIo {
    /** Passes on what arrives until {@link #stopRead()}: everything with auto-read, else until one read completes. */
    void beginRead();

    /** Passes on nothing more, and asks the kernel for nothing more. */
    void stopRead();

    /** Whether the kernel holds operations of this channel. */
    boolean isBusy();

    /** Takes back every operation; {@link ReadEvents#drained} follows unless the channel was not busy. */
    void cancel();

    /** Lets go of the loop: no event follows. The channel is not busy. What was not passed on is released, or closed. */
    void close();
}
