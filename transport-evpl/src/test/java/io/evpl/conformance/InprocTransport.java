package io.evpl.conformance;

import io.evpl.EvplInprocChannel;
import io.evpl.EvplServerInprocChannel;
import io.evpl.InprocAddress;
import io.evpl.InprocKind;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;

import java.util.EnumSet;
import java.util.Set;

/** Channels within the process: bytes, or messages. */
final class InprocTransport implements ConformanceTransport {
    private final InprocKind kind;

    InprocTransport(InprocKind kind) {
        this.kind = kind;
    }

    @Override
    public String name() {
        return switch (kind) {
            case STREAM -> "STREAM_INPROC";
            case MESSAGE -> "DATAGRAM_INPROC";
        };
    }

    @Override
    public Traits traits() {
        Set<Capability> capabilities = EnumSet.complementOf(EnumSet.of(Capability.FILE));
        if (kind == InprocKind.MESSAGE) {
            capabilities.remove(Capability.STREAM);
        }
        return new Traits(capabilities, 131_072, 1 << 20);
    }

    @Override
    public Channel newChannel() {
        return new EvplInprocChannel(kind);
    }

    @Override
    public ServerChannel newServerChannel() {
        return new EvplServerInprocChannel(kind);
    }

    @Override
    public InprocAddress freeAddress() {
        return InprocAddress.ANY;
    }

    @Override
    public InprocAddress refusingAddress() {
        return new InprocAddress("nobody");
    }

    @Override
    public void close() {
        // names go with their listeners
    }
}
