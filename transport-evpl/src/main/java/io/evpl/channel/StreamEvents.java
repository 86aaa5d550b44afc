package io.evpl.channel;

/** What a stream channel lets its {@link StreamIo} know and call. All on the loop's thread. */
public interface StreamEvents extends ReadEvents {
    /** Whether the connection is there already. */
    boolean isConnected();

    /** Bytes to hand to the kernel at a time, and in one {@link StreamIo#write}. */
    int maxWriteBytes();

    /** Whether the peer can send descriptors among its bytes. */
    boolean mayCarryDescriptors();

    /** Whether the next receive is for descriptors and not for bytes. Asked before each. */
    boolean wantsDescriptors();

    /** How TLS records are received; null if bytes are, as they come. Asked before each receive. */
    RecordFraming framing();

    /** Passes a descriptor on that came from the peer; {@code fd} is the channel's from here. */
    void descriptorReceived(int fd);

    /** A connect begun by {@link StreamIo#connect} ended. @param result 0 or -errno */
    void connectEnded(int result);

    /** The peer sends no more; everything received before has been passed on. */
    void inputEnded();

    /** Receiving failed; everything received before has been passed on. @param result -errno */
    void inputFailed(int result);

    /** There is no memory to receive into. */
    void receiveFailed(Throwable cause);

    /** A write made progress or can go on: call {@link StreamIo#write} again if there is more. */
    void writable();

    /** Writing failed; nothing of this channel's is with the kernel. */
    void writeFailed(Throwable cause);
}
