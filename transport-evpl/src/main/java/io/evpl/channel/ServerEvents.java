package io.evpl.channel;

/** What a listening channel lets its backend's half know. All on the loop's thread. */
public interface ServerEvents extends ReadEvents {
    /** Passes a new connection on; {@code fd} is the channel's from here. */
    void accepted(int fd);

    /** Accepting failed; it goes on with the next read. @param result -errno */
    void acceptFailed(int result);
}
