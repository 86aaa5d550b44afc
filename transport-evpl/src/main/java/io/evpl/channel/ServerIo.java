package io.evpl.channel;

/** The backend's half of a listening channel. All methods run on its loop's thread. */
public interface ServerIo {
    /** Accepts connections until {@link #stopRead()}: all that come with auto-read, else until one read completes. */
    void beginRead();

    /** Accepts no more: connections wait in the backlog. */
    void stopRead();

    /** Whether the kernel holds operations of this channel. */
    boolean isBusy();

    /** Takes back every operation; {@link ServerEvents#drained} follows unless the channel was not busy. */
    void cancel();

    /** Lets go of the loop: no event follows. Connections not passed on are closed. */
    void close();
}
