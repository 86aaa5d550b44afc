package io.evpl.conformance;

import io.evpl.EvplDomainSocketChannel;
import io.evpl.EvplServerDomainSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.UUID;

/** Unix stream sockets, at paths or at abstract names. */
final class UnixTransport implements ConformanceTransport {
    enum Names { PATH, ABSTRACT }

    private final Names names;
    private final Path directory = Files.createTempDirectory("conformance");

    UnixTransport(Names names) throws IOException {
        this.names = names;
    }

    @Override
    public String name() {
        return "STREAM_SOCKET_UNIX, " + names;
    }

    @Override
    public Traits traits() {
        return new Traits(EnumSet.complementOf(EnumSet.of(Capability.RESET)), 131_072, 1 << 20);
    }

    @Override
    public Channel newChannel() {
        return new EvplDomainSocketChannel();
    }

    @Override
    public ServerChannel newServerChannel() {
        return new EvplServerDomainSocketChannel();
    }

    @Override
    public DomainSocketAddress freeAddress() {
        String name = "c-" + UUID.randomUUID();
        return new DomainSocketAddress(switch (names) {
            case PATH -> directory.resolve(name).toString();
            case ABSTRACT -> '\0' + name;
        });
    }

    @Override
    public DomainSocketAddress refusingAddress() {
        return freeAddress();
    }

    /** Listeners have taken their files away. */
    @Override
    public void close() throws IOException {
        Files.delete(directory);
    }
}
