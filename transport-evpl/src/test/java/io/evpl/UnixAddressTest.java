package io.evpl;

import io.evpl.linux.socket.PeerCredentials;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.Test;

import java.io.FileNotFoundException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Paths and abstract names, and who is at the other end. */
class UnixAddressTest extends UnixFixture {
    private static final int LONGEST = 107;

    private void assertServes(DomainSocketAddress address) throws Exception {
        Channel server = bind(address);
        EvplDomainSocketChannel client = connect(new ChannelInboundHandlerAdapter(), address);
        EvplDomainSocketChannel child = nextAccepted();
        assertEquals(address, server.localAddress());
        assertNull(server.remoteAddress());
        assertEquals(address, client.remoteAddress());
        assertEquals("", client.localAddress().path(), "a client that did not bind has no name");
        assertEquals(address, child.localAddress());
        assertEquals("", child.remoteAddress().path(), "a client that did not bind has no name");
        client.close().sync();
        child.closeFuture().sync();
        server.close().sync();
    }

    @Test
    void aPathServesAndIsGoneAfterTheClose() throws Exception {
        assertServes(path("server"));
        assertFalse(Files.exists(directory.resolve("server")));
    }

    @Test
    void anAbstractNameServesAndLeavesNoFile() throws Exception {
        assertServes(new DomainSocketAddress("\0evpl-" + UUID.randomUUID()));
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void anAbstractNameMayHaveNulsInItAndIsExactlyAsLongAsItIs() throws Exception {
        String name = "\0evpl-" + UUID.randomUUID();
        assertServes(new DomainSocketAddress(name + "\0x"));
        Channel server = bind(new DomainSocketAddress(name + "\0"));
        assertFails(client(new ChannelInboundHandlerAdapter()).connect(new DomainSocketAddress(name)),
                ConnectException.class, "ECONNREFUSED");
        server.close().sync();
    }

    @Test
    void anAbstractNameInUse() throws Exception {
        DomainSocketAddress address = new DomainSocketAddress("\0evpl-" + UUID.randomUUID());
        Channel server = bind(address);
        assertFails(tryBind(address), BindException.class, "EADDRINUSE", "@evpl-");
        server.close().sync();
        bind(address).close().sync();
    }

    @Test
    void aPathHas107BytesAtMost() throws Exception {
        String longest = directory + "/" + "x".repeat(LONGEST - directory.toString().length() - 1);
        assertServes(new DomainSocketAddress(longest));
        assertFails(tryBind(new DomainSocketAddress(longest + "x")), IllegalArgumentException.class, "107", "108");
        assertFails(client(new ChannelInboundHandlerAdapter()).connect(new DomainSocketAddress(longest + "x")),
                IllegalArgumentException.class, "107", "108");
    }

    @Test
    void aPathOfTheFileSystemsRootAndOneWithoutADirectory() throws Exception {
        Path relative = Path.of("evpl-" + UUID.randomUUID() + ".sock");
        assertServes(new DomainSocketAddress(relative.toString()));
        assertFalse(Files.exists(relative));
    }

    @Test
    void anEmptyPathAndAnAddressOfAnotherFamilyAreRefused() throws Exception {
        assertFails(tryBind(new DomainSocketAddress("")), IllegalArgumentException.class, "1 to 107");
        ChannelFuture future = server(channel -> { }).bind(new InetSocketAddress("127.0.0.1", 0));
        assertTrue(future.await(10_000));
        assertEquals(UnsupportedAddressTypeException.class, future.cause().getClass());
        assertTrue(future.cause().getCause().getMessage().contains("127.0.0.1"), future.cause().getCause()::getMessage);
        future.channel().closeFuture().sync();
    }

    @Test
    void aPathThatIsNotThereAndOneThatNobodyListensOn() throws Exception {
        assertFails(client(new ChannelInboundHandlerAdapter()).connect(path("nothing")), FileNotFoundException.class,
                "ENOENT", "nothing");
        Files.createFile(directory.resolve("file"));
        assertFails(client(new ChannelInboundHandlerAdapter()).connect(path("file")), ConnectException.class,
                "ECONNREFUSED", "file");
    }

    @Test
    void aClientThatBindsHasItsNameAndItsFileIsItsOwn() throws Exception {
        Channel server = bind(path("server"));
        EvplDomainSocketChannel client = (EvplDomainSocketChannel) client(new ChannelInboundHandlerAdapter())
                .connect(path("server"), path("client")).sync().channel();
        EvplDomainSocketChannel child = nextAccepted();
        assertEquals(path("client"), client.localAddress());
        assertEquals(path("client"), child.remoteAddress());
        client.close().sync();
        assertTrue(Files.exists(directory.resolve("client")), "clients remove no paths");
        child.closeFuture().sync();
        server.close().sync();
    }

    @Test
    void bothEndsKnowWhoTheOtherIs() throws Exception {
        Channel server = bind(path("server"));
        EvplDomainSocketChannel client = connect(new ChannelInboundHandlerAdapter(), path("server"));
        EvplDomainSocketChannel child = nextAccepted();
        int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int gid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
        PeerCredentials us = new PeerCredentials((int) ProcessHandle.current().pid(), uid, gid);
        assertEquals(us, child.peerCredentials());
        assertEquals(us, client.peerCredentials());
        client.close().sync();
        assertThrows(ClosedChannelException.class, client::peerCredentials);
        child.closeFuture().sync();
        server.close().sync();
    }

    @Test
    void aServerWhoseBacklogIsFullIsWaitedFor() throws Exception {
        Channel server = server(channel -> { }).option(ChannelOption.SO_BACKLOG, 0).option(ChannelOption.AUTO_READ, false)
                .bind(path("server")).sync().channel();
        List<ChannelFuture> connects = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            connects.add(client(new ChannelInboundHandlerAdapter()).connect(path("server")));
            connects.getFirst().sync();
        }
        assertFails(client(new ChannelInboundHandlerAdapter()).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 50)
                .connect(path("server")), ConnectTimeoutException.class, "50 ms", "server");
        assertTrue(connects.stream().anyMatch(connect -> !connect.isDone()), "the backlog was not full");
        server.config().setAutoRead(true);
        for (ChannelFuture connect : connects) {
            connect.sync().channel().close().sync();
        }
        for (int i = 0; i < connects.size(); i++) {
            nextAccepted().closeFuture().sync();
        }
        server.close().sync();
    }
}
