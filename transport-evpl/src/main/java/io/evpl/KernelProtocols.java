package io.evpl;

import java.util.List;

/** The protocols of this module. */
final class KernelProtocols implements EvplProtocolProvider {
    @Override
    public List<EvplProtocol> protocols() {
        return List.of(
                tcp(KnownProtocol.STREAM_IO_URING_TCP, Backends.IO_URING),
                tcp(KnownProtocol.STREAM_SOCKET_TCP, Backends.EPOLL),
                here(KnownProtocol.DATAGRAM_SOCKET_UDP).bound(EvplDatagramChannel::new).build(),
                here(KnownProtocol.STREAM_SOCKET_UNIX).client(EvplDomainSocketChannel::new)
                        .server(EvplServerDomainSocketChannel::new).build(),
                inproc(KnownProtocol.STREAM_INPROC, InprocKind.STREAM),
                inproc(KnownProtocol.DATAGRAM_INPROC, InprocKind.MESSAGE));
    }

    private static EvplProtocol tcp(KnownProtocol known, String backend) {
        return here(known).backend(backend).client(EvplSocketChannel::new).server(EvplServerSocketChannel::new).build();
    }

    private static EvplProtocol inproc(KnownProtocol known, InprocKind kind) {
        return here(known).client(() -> new EvplInprocChannel(kind)).server(() -> new EvplServerInprocChannel(kind)).build();
    }

    private static EvplProtocol.Builder here(KnownProtocol known) {
        return EvplProtocol.builder(known.name()).unavailable(Evpl.unavailabilityCause());
    }
}
