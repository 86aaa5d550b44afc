package io.evpl.channel;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;

import java.net.SocketAddress;

/** What a datagram channel lets its {@link DatagramIo} know and call. All on the loop's thread. */
public interface DatagramEvents extends ReadEvents {
    AddressFamily family();

    /** The port that the socket is bound to. */
    int localPort();

    /** Bytes that a received datagram must have room for, as the user said; 0 leaves it to the allocator's handle. */
    int payloadBytes();

    /** Room for the control messages that the socket's options bring with each datagram, 0 for none. */
    int controlBytes();

    /** Whether the kernel may put datagrams together. */
    boolean usesGro();

    /** Whether it is for us to say so; the user has not. */
    boolean choosesGro();

    /**
     * Has the kernel put datagrams together from now on, or not. To be called with no receive in flight, for the next one needs
     * another buffer.
     *
     * @return whether it does
     */
    boolean switchGro(boolean on);

    /** Whether the sender of an outgoing datagram is the address that it is to go from. */
    boolean sendsFromSender();

    /** Whether datagrams alike may go as segments of one message. */
    boolean coalesces();

    /**
     * The message that a handler gets.
     *
     * @param payload   the message's own
     * @param sender    null if it has no name
     * @param recipient to which address it was sent; null if that was not asked for
     */
    ReferenceCounted packet(ByteBuf payload, SocketAddress sender, SocketAddress recipient);

    /** A datagram was longer than what it was received into; what there was of it is dropped. */
    void truncated(SocketAddress sender, int receivedBytes, int actualBytes);

    /** A receive reported an error, which may be about what was sent; receiving goes on. @param result -errno */
    void receiveFailed(int result);

    /** There is no memory to receive into. */
    void receiveFailed(Throwable cause);

    /** Room for more to send: call {@link DatagramIo#write} again if there is more. */
    void writable();
}
