package io.evpl.tls;

import io.evpl.EvplProtocol;
import io.evpl.EvplProtocolProvider;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;

import java.util.List;

/** STREAM_SOCKET_TLS: TCP channels that talk only once {@link EvplTls} is in their pipeline. */
public final class TlsProtocols implements EvplProtocolProvider {
    @Override
    public List<EvplProtocol> protocols() {
        return List.of(EvplProtocol.builder("STREAM_SOCKET_TLS")
                .client(() -> {
                    EvplSocketChannel channel = new EvplSocketChannel();
                    channel.pipeline().addFirst(new TlsGuard());
                    return channel;
                }).server(() -> {
                    EvplServerSocketChannel channel = new EvplServerSocketChannel();
                    channel.pipeline().addFirst(new TlsGuard.OfAccepted());
                    return channel;
                }).build());
    }
}
