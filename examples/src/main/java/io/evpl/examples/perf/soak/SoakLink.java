package io.evpl.examples.perf.soak;

import io.evpl.Evpl;
import io.evpl.EvplChannelOption;
import io.evpl.EvplDomainSocketChannel;
import io.evpl.EvplInprocChannel;
import io.evpl.EvplServerDomainSocketChannel;
import io.evpl.EvplServerInprocChannel;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.evpl.InprocAddress;
import io.evpl.InprocKind;
import io.evpl.tls.EvplTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** What carries exchanges: each with its channels, half of them on the slab allocator. */
enum SoakLink {
    TCP(EvplServerSocketChannel.class, EvplSocketChannel.class, null, false),
    UNIX(EvplServerDomainSocketChannel.class, EvplDomainSocketChannel.class, null, false),
    INPROC_STREAM(EvplServerInprocChannel.class, EvplInprocChannel.class, null, false),
    INPROC_MESSAGE(EvplServerInprocChannel.class, EvplInprocChannel.class, null, false),
    TLS_BORINGSSL(EvplServerSocketChannel.class, EvplSocketChannel.class, EvplTls.Provider.BORINGSSL, false),
    TLS_JDK(EvplServerSocketChannel.class, EvplSocketChannel.class, EvplTls.Provider.JDK, false),
    /** The kernel encrypts what is sent. */
    TLS_KERNEL(EvplServerSocketChannel.class, EvplSocketChannel.class, EvplTls.Provider.BORINGSSL, true);

    private static final Path UPPER_LAYERS = Path.of("/proc/sys/net/ipv4/tcp_available_ulp");
    private static final int BACKLOG_CONNECTIONS = 128;

    final Class<? extends ServerChannel> server;
    final Class<? extends Channel> client;
    final EvplTls.Provider provider;
    final boolean kernelEncrypts;

    SoakLink(Class<? extends ServerChannel> server, Class<? extends Channel> client, EvplTls.Provider provider, boolean kernelEncrypts) {
        this.server = server;
        this.client = client;
        this.provider = provider;
        this.kernelEncrypts = kernelEncrypts;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** @return why it cannot be had here; null if it can */
    String lack() {
        Throwable boring = EvplTls.boringSslUnavailabilityCause();
        if (provider == EvplTls.Provider.BORINGSSL && boring != null) {
            return boring.getMessage();
        }
        return kernelEncrypts && !kernelHasTls() ? "the kernel has no TLS (sudo modprobe tls)" : null;
    }

    private static boolean kernelHasTls() {
        try {
            return Files.readString(UPPER_LAYERS).contains("tls");
        } catch (IOException e) {
            return false;
        }
    }

    /** TLS ends both directions together. */
    boolean halfCloses() {
        return provider == null;
    }

    /** One write is one read. */
    boolean keepsMessages() {
        return this == INPROC_MESSAGE;
    }

    SocketAddress listenAddress(Path folder) {
        return switch (this) {
            case UNIX -> new DomainSocketAddress(folder.resolve("soak").toFile());
            case INPROC_STREAM, INPROC_MESSAGE -> InprocAddress.ANY;
            case TCP, TLS_BORINGSSL, TLS_JDK, TLS_KERNEL -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        };
    }

    ServerBootstrap server(EventLoopGroup loops) {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops).channel(server)
                .option(ChannelOption.SO_BACKLOG, BACKLOG_CONNECTIONS)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, halfCloses());
        if (client == EvplInprocChannel.class) {
            bootstrap.option(EvplChannelOption.INPROC_KIND, kind());
        }
        return bootstrap;
    }

    Bootstrap client(EventLoopGroup loops, boolean slabs) {
        Bootstrap bootstrap = new Bootstrap().group(loops).channel(client).option(ChannelOption.ALLOW_HALF_CLOSURE, halfCloses());
        if (slabs) {
            bootstrap.option(ChannelOption.ALLOCATOR, Evpl.allocator());
        }
        if (client == EvplInprocChannel.class) {
            bootstrap.option(EvplChannelOption.INPROC_KIND, kind());
        }
        return bootstrap;
    }

    private InprocKind kind() {
        return this == INPROC_MESSAGE ? InprocKind.MESSAGE : InprocKind.STREAM;
    }
}
