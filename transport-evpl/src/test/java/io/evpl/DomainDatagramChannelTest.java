package io.evpl;

import io.evpl.channel.AddressFamily;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.BindException;
import java.nio.channels.NotYetConnectedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DomainDatagramChannelTest {
    @TempDir
    private Path directory;
    private final EvplEventLoopGroup group = new EvplEventLoopGroup(2);
    private final List<Channel> open = new ArrayList<>();
    private final PacketInbox serverInbox = new PacketInbox();
    private final PacketInbox clientInbox = new PacketInbox();

    @AfterEach
    void close() throws Exception {
        for (Channel channel : open) {
            channel.close().sync();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private DomainSocketAddress address(String name) {
        return new DomainSocketAddress(directory.resolve(name).toString());
    }

    private Bootstrap bootstrap(PacketInbox inbox) {
        return new Bootstrap().group(group).channel(EvplDomainDatagramChannel.class).handler(inbox);
    }

    private EvplDomainDatagramChannel bind(PacketInbox inbox, DomainSocketAddress address) throws Exception {
        Channel channel = bootstrap(inbox).bind(address).sync().channel();
        open.add(channel);
        return (EvplDomainDatagramChannel) channel;
    }

    private static ByteBuf buf(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Test
    void wholeMessagesGoBothWaysByPath_U2() throws Exception {
        EvplDomainDatagramChannel server = bind(serverInbox, address("server"));
        EvplDomainDatagramChannel client = bind(clientInbox, address("client"));
        for (int i = 0; i < 10; i++) {
            client.write(new DomainDatagramPacket(buf("hello " + i), server.localAddress()));
        }
        client.flush();
        for (int i = 0; i < 10; i++) {
            assertEquals(new PacketInbox.Packet("hello " + i, client.localAddress(), server.localAddress()),
                    serverInbox.packet());
        }
        server.writeAndFlush(new DomainDatagramPacket(buf("back"), client.localAddress())).sync();
        assertEquals("back", clientInbox.packet().text());
    }

    /** More than its receiver queues (net.unix.max_dgram_qlen): what finds no room waits, and all keep their order. */
    @Test
    void aFullReceiverHoldsUpItsSenderInOrder() throws Exception {
        EvplDomainDatagramChannel server = bind(serverInbox, address("server"));
        EvplDomainDatagramChannel client = bind(clientInbox, address("client"));
        server.config().setAutoRead(false);
        for (int i = 0; i < 1000; i++) {
            client.write(new DomainDatagramPacket(buf("datagram " + i), server.localAddress()));
        }
        client.flush();
        server.config().setAutoRead(true);
        for (int i = 0; i < 1000; i++) {
            assertEquals("datagram " + i, serverInbox.packet().text());
        }
    }

    @Test
    void abstractNamesNeedNoFile() throws Exception {
        DomainSocketAddress name = new DomainSocketAddress("\0evpl-test-" + System.nanoTime());
        EvplDomainDatagramChannel server = bind(serverInbox, name);
        assertEquals(name, server.localAddress());
        EvplDomainDatagramChannel client = bind(clientInbox, address("client"));
        client.writeAndFlush(new DomainDatagramPacket(buf("hi"), name)).sync();
        assertEquals(client.localAddress(), serverInbox.packet().sender());
    }

    @Test
    void aSenderWithoutANameHasAnEmptyPath() throws Exception {
        EvplDomainDatagramChannel server = bind(serverInbox, address("server"));
        EvplDomainDatagramChannel client = (EvplDomainDatagramChannel) bootstrap(clientInbox)
                .connect(server.localAddress()).sync().channel();
        open.add(client);
        assertTrue(client.isConnected());
        client.writeAndFlush(buf("hi")).sync();
        PacketInbox.Packet packet = serverInbox.packet();
        assertEquals("hi", packet.text());
        assertEquals(AddressFamily.UNNAMED, packet.sender());
    }

    @Test
    void connectAndDisconnect() throws Exception {
        EvplDomainDatagramChannel server = bind(serverInbox, address("server"));
        EvplDomainDatagramChannel client = bind(clientInbox, address("client"));
        client.connect(server.localAddress()).sync();
        assertEquals(server.localAddress(), client.remoteAddress());
        client.writeAndFlush(buf("hi")).sync();
        assertEquals("hi", serverInbox.packet().text());
        client.disconnect().sync();
        assertNull(client.remoteAddress());
        assertInstanceOf(NotYetConnectedException.class, client.writeAndFlush(buf("x")).await().cause());
        assertTrue(client.isOpen());
    }

    @Test
    void theFileGoesWithTheChannelUnlessItHasBecomeSomebodyElses() throws Exception {
        Path path = directory.resolve("server");
        bind(serverInbox, address("server")).close().sync();
        assertFalse(Files.exists(path));
        EvplDomainDatagramChannel again = bind(clientInbox, address("server"));
        Files.delete(path);
        Files.createFile(path);
        again.close().sync();
        assertTrue(Files.exists(path));
    }

    @Test
    void aPathInUseIsRefusedAndTheFileStays() throws Exception {
        bind(serverInbox, address("server"));
        assertInstanceOf(BindException.class, bootstrap(clientInbox).bind(address("server")).await().cause());
        assertTrue(Files.exists(directory.resolve("server")));
    }

    /** A unix socket loses nothing: who reads too slowly holds its senders up. */
    @Test
    void aReceiverThatDoesNotReadHoldsItsSenderUpAndGetsAll_S4() throws Exception {
        EvplDomainDatagramChannel server = (EvplDomainDatagramChannel) bootstrap(serverInbox)
                .option(ChannelOption.AUTO_READ, false).bind(address("server")).sync().channel();
        open.add(server);
        EvplDomainDatagramChannel client = bind(clientInbox, address("client"));
        int count = 500;
        for (int i = 0; i < count; i++) {
            client.writeAndFlush(new DomainDatagramPacket(buf("number " + i), server.localAddress()));
        }
        server.config().setAutoRead(true);
        for (int i = 0; i < count; i++) {
            assertEquals("number " + i, serverInbox.packet().text());
        }
    }

    @Test
    void aClosedReceiverDoesNotHoldUpTheClose() throws Exception {
        EvplDomainDatagramChannel server = (EvplDomainDatagramChannel) bootstrap(serverInbox)
                .option(ChannelOption.AUTO_READ, false).bind(address("server")).sync().channel();
        open.add(server);
        EvplDomainDatagramChannel client = bind(clientInbox, address("client"));
        for (int i = 0; i < 500; i++) {
            client.writeAndFlush(new DomainDatagramPacket(buf("number " + i), server.localAddress()));
        }
        client.close().sync();
        assertFalse(client.isOpen());
    }
}
