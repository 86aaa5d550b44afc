package io.evpl.testsuite;

import io.evpl.EvplDatagramChannel;
import io.evpl.EvplDomainDatagramChannel;
import io.evpl.EvplDomainSocketChannel;
import io.evpl.EvplEventLoopGroup;
import io.evpl.EvplServerDomainSocketChannel;
import io.evpl.EvplServerSocketChannel;
import io.evpl.EvplSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketTestPermutation;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;

/**
 * Who talks to whom in Netty's own suite: evpl with itself, and with NIO on either side. Which backend evpl runs on is
 * the JVM's choice ({@code -Dio.evpl.backend}); the build runs the suite once for each.
 *
 * <p>With {@code -Devpl.testsuite.peers=self} NIO is left out: where a kernel is what is being tested, and processors are
 * slow, it only takes time.
 *
 * <p>A new transport joins the suite by three methods here and one small subclass for each test class of Netty's;
 * {@link SuiteCompletenessTest} names the classes that are missing.
 */
final class SocketCombos extends SocketTestPermutation {
    static final SocketCombos INSTANCE = new SocketCombos();
    private static final boolean SELF_ONLY = "self".equals(System.getProperty("evpl.testsuite.peers"));

    /** The suite's own number; enough for a server and its children to live on different loops. */
    private final EventLoopGroup evplGroup =
            new EvplEventLoopGroup(NUM_THREADS, new DefaultThreadFactory("testsuite-evpl", true));

    /** Throws where Netty's epoll transport does not load: a peer less must not go unseen. */
    private final EventLoopGroup epollGroup =
            new EpollEventLoopGroup(NUM_THREADS, new DefaultThreadFactory("testsuite-epoll", true));

    private SocketCombos() {
    }

    /** evpl x evpl, evpl x NIO, NIO x evpl. NIO x NIO proves nothing about us. */
    @Override
    public List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> socket() {
        List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combos = combo(serverSocket(), clientSocket());
        if (!SELF_ONLY) {
            combos.removeLast();
        }
        return combos;
    }

    /** {@link #socket()} and evpl x evpl with TCP Fast Open asked for on both sides, which must change nothing visible. */
    @Override
    public List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> socketWithFastOpen() {
        List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combos = socket();
        combos.addAll(combo(List.of(this::evplFastOpenServer), List.of(this::evplFastOpenClient)));
        return combos;
    }

    @Override
    public List<BootstrapFactory<ServerBootstrap>> serverSocket() {
        return SELF_ONLY ? List.of(this::evplServer) : List.of(this::evplServer, this::nioServer);
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> clientSocket() {
        return SELF_ONLY ? List.of(this::evplClient) : List.of(this::evplClient, this::nioClient);
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> clientSocketWithFastOpen() {
        return SELF_ONLY ? List.of(this::evplClient, this::evplFastOpenClient)
                : List.of(this::evplClient, this::evplFastOpenClient, this::nioClient);
    }

    /** evpl x evpl, evpl x NIO, NIO x evpl. */
    @Override
    public List<BootstrapComboFactory<Bootstrap, Bootstrap>> datagram(InternetProtocolFamily family) {
        List<BootstrapFactory<Bootstrap>> each = List.of(() -> evplDatagram(family), () -> nioDatagram(family));
        List<BootstrapComboFactory<Bootstrap, Bootstrap>> combos = combo(each, each);
        combos.removeLast();
        return combos;
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> datagramSocket() {
        return List.of(() -> evplDatagram(null));
    }

    /** Over unix sockets: evpl x evpl, evpl x Netty's epoll, epoll x evpl. */
    List<BootstrapComboFactory<Bootstrap, Bootstrap>> domainDatagram() {
        List<BootstrapFactory<Bootstrap>> each = List.of(this::evplDomainDatagram,
                () -> new Bootstrap().group(epollGroup).channel(EpollDomainDatagramChannel.class));
        List<BootstrapComboFactory<Bootstrap, Bootstrap>> combos = combo(each, each);
        combos.removeLast();
        return combos;
    }

    private Bootstrap evplDatagram(InternetProtocolFamily family) {
        return new Bootstrap().group(evplGroup).channelFactory(() -> new EvplDatagramChannel(family));
    }

    private Bootstrap nioDatagram(InternetProtocolFamily family) {
        return new Bootstrap().group(NIO_GROUP).channelFactory(() -> new NioDatagramChannel(family));
    }

    private Bootstrap evplDomainDatagram() {
        return new Bootstrap().group(evplGroup).channel(EvplDomainDatagramChannel.class);
    }

    /** Over unix sockets: evpl x evpl, evpl x Netty's epoll, epoll x evpl. NIO's unix channels have addresses of their own. */
    List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> domainSocket() {
        List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combos = combo(serverDomainSocket(), clientDomainSocket());
        combos.removeLast();
        return combos;
    }

    List<BootstrapFactory<ServerBootstrap>> serverDomainSocket() {
        return List.of(this::evplDomainServer,
                () -> new ServerBootstrap().group(epollGroup).channel(EpollServerDomainSocketChannel.class));
    }

    List<BootstrapFactory<Bootstrap>> clientDomainSocket() {
        return List.of(this::evplDomainClient,
                () -> new Bootstrap().group(epollGroup).channel(EpollDomainSocketChannel.class));
    }

    private ServerBootstrap evplDomainServer() {
        return new ServerBootstrap().group(evplGroup).channel(EvplServerDomainSocketChannel.class);
    }

    private Bootstrap evplDomainClient() {
        return new Bootstrap().group(evplGroup).channel(EvplDomainSocketChannel.class);
    }

    private ServerBootstrap evplServer() {
        return new ServerBootstrap().group(evplGroup).channel(EvplServerSocketChannel.class);
    }

    private ServerBootstrap evplFastOpenServer() {
        return evplServer().option(ChannelOption.TCP_FASTOPEN, 5);
    }

    private ServerBootstrap nioServer() {
        return new ServerBootstrap().group(NIO_GROUP).channel(NioServerSocketChannel.class);
    }

    private Bootstrap evplClient() {
        return new Bootstrap().group(evplGroup).channel(EvplSocketChannel.class);
    }

    private Bootstrap evplFastOpenClient() {
        return evplClient().option(ChannelOption.TCP_FASTOPEN_CONNECT, true);
    }

    private Bootstrap nioClient() {
        return new Bootstrap().group(NIO_GROUP).channel(NioSocketChannel.class);
    }
}
