package io.evpl;

import io.evpl.linux.OpenFds;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What users get wrong: one clear line, and nothing left open. */
class BadInputTest {
    private EvplEventLoopGroup group;
    private long fds;

    @BeforeEach
    void start() throws Exception {
        group = new EvplEventLoopGroup(1);
        listen(new InetSocketAddress("127.0.0.1", 0)).sync().channel().close().sync();
        fds = OpenFds.count();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(fds, OpenFds.count(), () -> OpenFds.list().toString());
        assertTrue(group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(10_000));
    }

    private ChannelFuture listen(InetSocketAddress address) {
        return new ServerBootstrap().group(group).channel(EvplServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter()).bind(address);
    }

    private Bootstrap client() {
        return new Bootstrap().group(group).channel(EvplSocketChannel.class).handler(new ChannelInboundHandlerAdapter());
    }

    private static void assertFails(ChannelFuture future, Class<? extends Throwable> type, String... words)
            throws Exception {
        assertTrue(future.await(10, TimeUnit.SECONDS));
        Throwable cause = future.cause();
        assertNotNull(cause);
        assertInstanceOf(type, cause);
        assertFalse(String.valueOf(cause.getMessage()).contains("\n"), cause.getMessage());
        for (String word : words) {
            assertTrue(cause.getMessage().contains(word), () -> "no " + word + " in: " + cause.getMessage());
        }
        assertTrue(future.channel().closeFuture().await(10, TimeUnit.SECONDS));
    }

    @Test
    void aPortInUse() throws Exception {
        Channel first = listen(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
        InetSocketAddress address = (InetSocketAddress) first.localAddress();
        assertFails(listen(address), BindException.class, "EADDRINUSE", "address already in use",
                Integer.toString(address.getPort()));
        first.close().sync();
    }

    @Test
    void anAddressThatIsNotThisMachines() throws Exception {
        assertFails(listen(new InetSocketAddress("192.0.2.1", 0)), BindException.class, "EADDRNOTAVAIL", "192.0.2.1");
    }

    @Test
    void aLocalAddressOfAConnectThatIsNotThisMachines() throws Exception {
        assertFails(client().connect(new InetSocketAddress("127.0.0.1", 9), new InetSocketAddress("192.0.2.1", 0)),
                SocketException.class, "EADDRNOTAVAIL", "192.0.2.1");
    }

    @Test
    void aPortThatNobodyListensOn() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertFails(client().connect(new InetSocketAddress("127.0.0.1", port)), ConnectException.class, "refused",
                Integer.toString(port));
    }

    @Test
    void aNameThatWasNotResolved() throws Exception {
        Bootstrap client = client().disableResolver();
        assertFails(client.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 80)), Exception.class);
    }
}
