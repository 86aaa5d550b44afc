package io.evpl.conformance;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;

import java.io.IOException;
import java.net.SocketAddress;

/** What the suite must know of a transport to run its programs on it. */
interface ConformanceTransport extends AutoCloseable {
    /** Its protocol's name. */
    String name();

    Traits traits();

    /** Without an argument: a client, or a datagram channel. */
    Channel newChannel();

    /** Only if it is {@link Capability#CONNECTED}. */
    default ServerChannel newServerChannel() {
        throw new AssertionError("nobody listens for datagrams");
    }

    /** @return where nobody has listened yet, or any free address */
    SocketAddress freeAddress() throws IOException;

    /** @return where a connect is refused. Only if it is {@link Capability#CONNECTED} */
    default SocketAddress refusingAddress() throws IOException {
        throw new AssertionError("nobody refuses datagrams");
    }

    /** @return what to write so that {@code content}, a ByteBuf or a FileRegion, goes to {@code peer} */
    default Object outbound(Object content, Channel peer) {
        return content;
    }

    /** @return the bytes of what was read; they belong to {@code message} */
    default ByteBuf inbound(Object message) {
        return (ByteBuf) message;
    }

    /** After all programs. */
    @Override
    void close() throws IOException;
}
