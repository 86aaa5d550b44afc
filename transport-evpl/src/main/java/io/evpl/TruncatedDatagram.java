package io.evpl;

import java.net.SocketAddress;

/**
 * A user event of datagram channels: one arrived that was longer than what it could be received into. It is dropped, for
 * half a datagram is none. Who wants such datagrams sets {@link EvplChannelOption#MAX_DATAGRAM_PAYLOAD_SIZE}, or a
 * {@code RCVBUF_ALLOCATOR} that guesses more.
 *
 * @param sender        null if it has no name
 * @param receivedBytes how much there was room for
 * @param actualBytes   how long it was
 */
public record TruncatedDatagram(SocketAddress sender, int receivedBytes, int actualBytes) {
}
