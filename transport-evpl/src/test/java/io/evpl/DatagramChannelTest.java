package io.evpl;

import io.evpl.linux.OpenFds;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** UDP on a real kernel: what Netty's own suite does not ask. */
class DatagramChannelTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

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

    private Bootstrap bootstrap(PacketInbox inbox) {
        return new Bootstrap().group(group).channel(EvplDatagramChannel.class).handler(inbox);
    }

    private EvplDatagramChannel bind(Bootstrap bootstrap, InetSocketAddress address) throws Exception {
        Channel channel = bootstrap.bind(address).sync().channel();
        open.add(channel);
        return (EvplDatagramChannel) channel;
    }

    private EvplDatagramChannel server() throws Exception {
        return bind(bootstrap(serverInbox), ANY_PORT);
    }

    private EvplDatagramChannel client() throws Exception {
        return bind(bootstrap(clientInbox), ANY_PORT);
    }

    private static ByteBuf buf(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static DatagramPacket packet(String text, InetSocketAddress to) {
        return new DatagramPacket(buf(text), to);
    }

    // ---- boundaries, addresses, kinds of message

    @Test
    void everySendIsOneDeliveryWhateverItsSizesInAFlush_S4_U2() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = client();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String text = "x".repeat(1 + (i / 5) * 37 % 1400);
            sent.add(text);
            client.write(packet(text, server.localAddress()));
        }
        client.flush();
        for (String text : sent) {
            PacketInbox.Packet packet = serverInbox.packet();
            assertEquals(text, packet.text());
            assertEquals(client.localAddress(), packet.sender());
            assertEquals(server.localAddress(), packet.recipient());
        }
    }

    @Test
    void allKindsOfMessageAreOneAndTheSame_S5() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = client();
        InetSocketAddress to = server.localAddress();
        client.write(packet("packet", to));
        client.write(new DefaultAddressedEnvelope<>(buf("envelope"), to));
        client.write(new DatagramPacket(Unpooled.wrappedBuffer(buf("comp"), buf("osite")), to));
        client.write(new DatagramPacket(Unpooled.directBuffer().writeBytes(buf("direct").array(), 0, 6).asReadOnly(), to));
        client.write(new SegmentedDatagramPacket(buf("segsegs"), 3, to));
        client.flush();
        client.connect(to).sync();
        client.writeAndFlush(buf("connected"));
        Set<String> received = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            received.add(serverInbox.packet().text());
        }
        assertEquals(Set.of("packet", "envelope", "composite", "direct", "seg", "s", "connected"), received);
    }

    @Test
    void aPacketReceivedMayBeSentBackAsItIs() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = client();
        client.writeAndFlush(packet("ping", server.localAddress())).sync();
        PacketInbox.Packet ping = serverInbox.packet();
        server.writeAndFlush(new DatagramPacket(buf("pong"), (InetSocketAddress) ping.sender(),
                (InetSocketAddress) ping.recipient())).sync();
        assertEquals("pong", clientInbox.packet().text());
    }

    @Test
    void whoSendsWithoutBindingGetsAnAddressAndItsReplies() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = (EvplDatagramChannel) bootstrap(clientInbox)
                .option(ChannelOption.valueOf("DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION"), true).register().sync().channel();
        open.add(client);
        assertTrue(client.isActive());
        assertNull(client.localAddress());
        client.writeAndFlush(packet("hi", server.localAddress())).sync();
        InetSocketAddress seen = (InetSocketAddress) serverInbox.packet().sender();
        assertEquals(seen.getPort(), client.localAddress().getPort());
        server.writeAndFlush(packet("hello", seen)).sync();
        assertEquals("hello", clientInbox.packet().text());
    }

    // ---- truncation

    @Test
    void aDatagramTooLongIsReportedCountedAndDropped_L21() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = client();
        client.writeAndFlush(packet("z".repeat(9000), server.localAddress())).sync();
        client.writeAndFlush(packet("short", server.localAddress())).sync();
        TruncatedDatagram truncated = (TruncatedDatagram) serverInbox.await();
        assertEquals(client.localAddress(), truncated.sender());
        assertEquals(9000, truncated.actualBytes());
        assertTrue(truncated.receivedBytes() >= 2048 && truncated.receivedBytes() < 9000, truncated::toString);
        assertEquals("short", serverInbox.packet().text());
        assertEquals(1, server.truncatedDatagrams());
    }

    @Test
    void theLargestDatagramFitsWhereItIsExpected() throws Exception {
        EvplDatagramChannel server = bind(bootstrap(serverInbox)
                .option(EvplChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 65507), ANY_PORT);
        EvplDatagramChannel client = client();
        client.writeAndFlush(packet("z".repeat(65507), server.localAddress())).sync();
        assertEquals(65507, serverInbox.packet().text().length());
    }

    @Test
    void theAllocatorsGuessIsRoomEnough() throws Exception {
        EvplDatagramChannel server = bind(bootstrap(serverInbox)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(20_000)), ANY_PORT);
        EvplDatagramChannel client = client();
        client.writeAndFlush(packet("z".repeat(20_000), server.localAddress())).sync();
        assertEquals(20_000, serverInbox.packet().text().length());
    }

    // ---- errors are each datagram's own

    @Test
    void aDatagramTooLongForUdpFailsItsOwnWriteAndNoOther_L11() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = client();
        ChannelFuture first = client.write(packet("first", server.localAddress()));
        ChannelFuture tooLong = client.write(packet("z".repeat(65508), server.localAddress()));
        ChannelFuture last = client.write(packet("last", server.localAddress()));
        client.flush();
        first.sync();
        assertTrue(tooLong.await().cause().getMessage().contains("EMSGSIZE"), () -> tooLong.cause().toString());
        last.sync();
        assertEquals("first", serverInbox.packet().text());
        assertEquals("last", serverInbox.packet().text());
        assertTrue(client.isOpen());
    }

    @Test
    void aPeerThatIsNotThereIsToldAndTheChannelStaysOpen_L11() throws Exception {
        EvplDatagramChannel gone = server();
        InetSocketAddress nowhere = gone.localAddress();
        gone.close().sync();
        EvplDatagramChannel client = client();
        client.connect(nowhere).sync();
        ChannelFuture written = client.writeAndFlush(buf("anybody?")).await();
        Object told = written.isSuccess() ? clientInbox.await() : written.cause();
        assertInstanceOf(PortUnreachableException.class, told);
        assertTrue(client.isOpen());
    }

    @Test
    void segmentsTooLongForThePathAreSentSingly() throws Exception {
        EvplDatagramChannel server = bind(bootstrap(serverInbox)
                .option(EvplChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 65507)
                .option(ChannelOption.SO_RCVBUF, 1 << 20), ANY_PORT);
        EvplDatagramChannel client = client();
        List<ChannelFuture> written = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            written.add(client.write(packet("z".repeat(32_000), server.localAddress())));
        }
        client.flush();
        for (ChannelFuture one : written) {
            one.sync();
            assertEquals(32_000, serverInbox.packet().text().length());
        }
    }

    @Test
    void anAddressOfTheWrongFamilyIsRefusedAndNamed() throws Exception {
        EvplDatagramChannel client = new EvplDatagramChannel(InternetProtocolFamily.IPv4);
        group.register(client).sync();
        open.add(client);
        client.bind(ANY_PORT).sync();
        Throwable cause = client.writeAndFlush(packet("x", new InetSocketAddress("::1", 9))).await().cause();
        assertTrue(cause.getCause().getMessage().contains("is no address of an IPv4 socket"), cause::toString);
    }

    // ---- connecting

    @Test
    void connectNarrowsAndDisconnectWidensAndThePortStays() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel other = bind(bootstrap(new PacketInbox()), ANY_PORT);
        EvplDatagramChannel client = bind(bootstrap(clientInbox), new InetSocketAddress(0));
        int port = client.localAddress().getPort();
        for (int i = 0; i < 3; i++) {
            client.connect(server.localAddress()).sync();
            assertTrue(client.isConnected());
            assertEquals(server.localAddress(), client.remoteAddress());
            assertEquals("127.0.0.1", client.localAddress().getAddress().getHostAddress());
            client.writeAndFlush(buf("hi" + i)).sync();
            assertEquals("hi" + i, serverInbox.packet().text());
            client.disconnect().sync();
            assertFalse(client.isConnected());
            assertNull(client.remoteAddress());
            assertEquals(port, client.localAddress().getPort());
            other.writeAndFlush(packet("anybody" + i, new InetSocketAddress("127.0.0.1", port))).sync();
            assertEquals("anybody" + i, clientInbox.packet().text());
        }
    }

    @Test
    void connectWithoutBindIsActiveAndHasAnAddress() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = (EvplDatagramChannel) bootstrap(clientInbox).connect(server.localAddress()).sync()
                .channel();
        open.add(client);
        assertTrue(client.isActive());
        assertNotEquals(0, client.localAddress().getPort());
        client.writeAndFlush(buf("hi")).sync();
        assertEquals(client.localAddress(), serverInbox.packet().sender());
    }

    @Test
    void disconnectingWhatIsNotConnectedChangesNothing() throws Exception {
        EvplDatagramChannel client = client();
        InetSocketAddress before = client.localAddress();
        client.disconnect().sync();
        assertTrue(client.isActive());
        assertEquals(before, client.localAddress());
    }

    @Test
    void aBindThatFailsLeavesNothingBehind() throws Exception {
        EvplDatagramChannel server = server();
        long before = OpenFds.count();
        ChannelFuture bind = bootstrap(clientInbox).bind(server.localAddress()).await();
        assertInstanceOf(BindException.class, bind.cause());
        bind.channel().closeFuture().sync();
        assertEquals(before, OpenFds.count());
    }

    // ---- options

    @ParameterizedTest
    @EnumSource(InternetProtocolFamily.class)
    void packetInfoTellsToWhichAddressADatagramCameAndChoosesFromWhichItGoes(InternetProtocolFamily family) throws Exception {
        EvplDatagramChannel server = new EvplDatagramChannel(family);
        server.config().setOption(EvplChannelOption.IP_PKTINFO, true);
        server.pipeline().addLast(serverInbox);
        group.register(server).sync();
        open.add(server);
        server.bind(new InetSocketAddress(0)).sync();
        EvplDatagramChannel client = client();
        InetSocketAddress second = new InetSocketAddress("127.0.0.2", server.localAddress().getPort());
        client.writeAndFlush(packet("hi", second)).sync();
        PacketInbox.Packet packet = serverInbox.packet();
        assertEquals(second, packet.recipient());
        server.writeAndFlush(new DatagramPacket(buf("from there"), (InetSocketAddress) packet.sender(),
                (InetSocketAddress) packet.recipient())).sync();
        assertEquals(second, clientInbox.packet().sender());
    }

    @Test
    void aggregatedDatagramsAreHandedOutOneByOne() throws Exception {
        EvplDatagramChannel server = bind(bootstrap(serverInbox).option(EvplChannelOption.UDP_GRO, true), ANY_PORT);
        EvplDatagramChannel client = client();
        for (int i = 0; i < 20; i++) {
            client.write(packet("number " + (10 + i), server.localAddress()));
        }
        client.write(packet("last", server.localAddress()));
        client.flush();
        for (int i = 0; i < 20; i++) {
            PacketInbox.Packet packet = serverInbox.packet();
            assertEquals("number " + (10 + i), packet.text());
            assertEquals(client.localAddress(), packet.sender());
        }
        assertEquals("last", serverInbox.packet().text());
    }

    /** Sends trains of twenty, until {@code done}; all arrive, one by one and in order. */
    private void sendTrainsUntil(EvplDatagramChannel client, EvplDatagramChannel server, BooleanSupplier done) throws Exception {
        for (int train = 0; train < 1000 && !done.getAsBoolean(); train++) {
            sendTrain(client, server, serverInbox, "train " + (1000 + train) + " number ");
        }
        assertTrue(done.getAsBoolean());
    }

    private void sendTrain(EvplDatagramChannel client, EvplDatagramChannel server, PacketInbox inbox, String text)
            throws Exception {
        for (int i = 0; i < 20; i++) {
            client.write(packet(text + (10 + i), server.localAddress()));
        }
        client.flush();
        for (int i = 0; i < 20; i++) {
            assertEquals(text + (10 + i), inbox.packet().text());
        }
    }

    @Test
    void trainsOfDatagramsAreAggregatedByThemselvesAndNoLongerWhenNoneCome() throws Exception {
        EvplDatagramChannel server = bind(bootstrap(serverInbox), ANY_PORT);
        EvplDatagramChannel client = client();
        assertFalse(server.config().isUdpGro());
        sendTrainsUntil(client, server, server.config()::isUdpGro);
        for (int i = 0; i < 20; i++) {
            sendTrain(client, server, serverInbox, "aggregated ");
        }
        assertTrue(server.config().isUdpGro());
        client.config().setOption(EvplChannelOption.UDP_GSO, false);
        sendTrainsUntil(client, server, () -> !server.config().isUdpGro());
        assertEquals(0, server.truncatedDatagrams());
    }

    @Test
    void aHandlerThatClosesAtTheFirstOfManyLeavesNoBufferOfTheOthers() throws Exception {
        EvplDatagramChannel client = client();
        for (RecvByteBufAllocator sizes : List.of(new FixedRecvByteBufAllocator(2048), new UsersOwnSizes())) {
            UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
            EvplDatagramChannel server = bind(new Bootstrap().group(group).channel(EvplDatagramChannel.class).handler(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    ReferenceCountUtil.release(message);
                    ctx.close();
                }
            }).option(ChannelOption.ALLOCATOR, memory).option(ChannelOption.RCVBUF_ALLOCATOR, sizes)
                    .option(ChannelOption.AUTO_READ, false), ANY_PORT);
            for (int i = 0; i < 20; i++) {
                client.write(packet("number " + i, server.localAddress()));
            }
            client.flush();
            client.writeAndFlush(packet("last", server.localAddress())).sync();
            server.config().setAutoRead(true);
            server.closeFuture().sync();
            server.eventLoop().submit(() -> { }).sync();
            assertEquals(0, memory.metric().usedDirectMemory());
        }
    }

    /** Not a class of Netty's: what it says is obeyed. */
    @SuppressWarnings("deprecation") // the return type is
    private static final class UsersOwnSizes extends DefaultMaxMessagesRecvByteBufAllocator {
        @Override
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return 2048;
                }
            };
        }
    }

    @Test
    void whoeverSaysWhetherToAggregateOrHowLargeADatagramIsHasIt() throws Exception {
        PacketInbox sizedInbox = new PacketInbox();
        EvplDatagramChannel never = bind(bootstrap(serverInbox).option(EvplChannelOption.UDP_GRO, false), ANY_PORT);
        EvplDatagramChannel sized = bind(bootstrap(sizedInbox).option(EvplChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 100), ANY_PORT);
        EvplDatagramChannel client = client();
        for (int i = 0; i < 40; i++) {
            sendTrain(client, never, serverInbox, "for one ");
            sendTrain(client, sized, sizedInbox, "for the other ");
        }
        assertFalse(never.config().isUdpGro());
        assertFalse(sized.config().isUdpGro());
    }

    @Test
    void optionsAreReadAsTheyWereSet() throws Exception {
        EvplDatagramChannel channel = client();
        EvplDatagramChannelConfig config = channel.config();
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1"));
        config.setBroadcast(true).setReuseAddress(true).setTrafficClass(0x10).setTimeToLive(7).setLoopbackModeDisabled(true)
                .setNetworkInterface(loopback).setMaxDatagramPayloadSize(1234).setUdpGro(true).setIpRecvOrigDestAddr(true);
        assertTrue(config.isBroadcast() && config.isReuseAddress() && config.isLoopbackModeDisabled() && config.isUdpGro()
                && config.isIpRecvOrigDestAddr());
        assertEquals(List.of(0x10, 7, 1234), List.of(config.getTrafficClass(), config.getTimeToLive(),
                config.getMaxDatagramPayloadSize()));
        assertEquals(loopback, config.getNetworkInterface());
        config.setInterface(InetAddress.getByName("127.0.0.1"));
        assertEquals(loopback, config.getOption(ChannelOption.IP_MULTICAST_IF));
        config.getOptions().forEach((option, value) -> assertEquals(value, config.getOption(option), option::name));
        assertThrows(ChannelException.class, () -> config.setInterface(InetAddress.getByName("192.0.2.77")));
        assertThrows(IllegalArgumentException.class, () -> config.setMaxDatagramPayloadSize(-1));
    }

    /** Options of {@code EpollChannelOption}, which existing code sets, are these very ones. */
    @ParameterizedTest
    @ValueSource(strings = {"MAX_DATAGRAM_PAYLOAD_SIZE", "UDP_GRO", "IP_RECVORIGDSTADDR", "IP_FREEBIND", "IP_TRANSPARENT"})
    void optionsOfTheEpollTransportAreKnown(String name) throws Exception {
        ChannelOption<?> epoll = (ChannelOption<?>) Class.forName("io.netty.channel.epoll.EpollChannelOption")
                .getField(name).get(null);
        assertTrue(client().config().getOptions().containsKey(epoll), epoll::name);
    }

    // ---- multicast

    @ParameterizedTest
    @ValueSource(strings = {"239.1.2.3", "ff02::1:3"})
    void groupsAreJoinedBlockedAndLeft(String name) throws Exception {
        InetAddress multicast = InetAddress.getByName(name);
        boolean ipv6 = multicast instanceof Inet6Address;
        NetworkInterface network = NetworkInterface.networkInterfaces().filter(one -> supports(one, ipv6)).findFirst()
                .orElse(null);
        assumeTrue(network != null, "no interface does multicast: ip link set lo multicast on");
        EvplDatagramChannel channel = bind(bootstrap(clientInbox), new InetSocketAddress(0));
        channel.joinGroup(new InetSocketAddress(multicast, 0), network).sync();
        InetAddress source = InetAddress.getByName(ipv6 ? "fe80::1" : "192.0.2.9");
        channel.block(multicast, network, source).sync();
        channel.leaveGroup(new InetSocketAddress(multicast, 0), network).sync();
        Throwable again = channel.leaveGroup(new InetSocketAddress(multicast, 0), network).await().cause();
        assertTrue(again.getMessage().contains("EADDRNOTAVAIL") && again.getMessage().contains(network.getName()),
                again::toString);
        channel.joinGroup(multicast, network, source).sync();
        channel.leaveGroup(multicast, network, source).sync();
    }

    private static boolean supports(NetworkInterface network, boolean ipv6) {
        try {
            return network.isUp() && network.supportsMulticast()
                    && network.inetAddresses().anyMatch(address -> address instanceof Inet6Address == ipv6);
        } catch (java.net.SocketException e) {
            return false;
        }
    }

    // ---- moving, reading, closing

    @Test
    void aChannelThatMovesKeepsWhatItWroteAndWhatCame() throws Exception {
        EvplDatagramChannel server = server();
        EvplDatagramChannel client = client();
        int sent = 0;
        for (int move = 0; move < 30; move++) {
            for (int i = 0; i < 10; i++) {
                client.writeAndFlush(packet("number " + sent++, server.localAddress()));
            }
            Channel moving = move % 2 == 0 ? server : client;
            moving.deregister().sync();
            group.next().register(moving).sync();
        }
        Set<String> received = new HashSet<>();
        for (int i = 0; i < sent; i++) {
            assertTrue(received.add(serverInbox.packet().text()), "twice");
        }
        assertTrue(serverInbox.isEmpty());
    }

    @Test
    void withoutAutoReadOneReadIsOneRun() throws Exception {
        EvplDatagramChannel server = bind(bootstrap(serverInbox).option(ChannelOption.AUTO_READ, false), ANY_PORT);
        EvplDatagramChannel client = client();
        client.writeAndFlush(packet("a", server.localAddress())).sync();
        assertTrue(serverInbox.isEmpty());
        server.read();
        assertEquals("a", serverInbox.packet().text());
        client.writeAndFlush(packet("b", server.localAddress())).sync();
        server.config().setAutoRead(true);
        assertEquals("b", serverInbox.packet().text());
    }

    @Test
    void closingIsNeitherALeakNorACrashWhateverIsUnderWay() throws Exception {
        EvplDatagramChannel server = server();
        long before = OpenFds.count();
        for (int i = 0; i < 50; i++) {
            Channel client = bootstrap(new PacketInbox()).bind(ANY_PORT).sync().channel();
            for (int j = 0; j < 20; j++) {
                client.write(packet("x".repeat(j + 1), server.localAddress()));
            }
            client.flush();
            client.close().sync();
        }
        assertEquals(before, OpenFds.count());
    }
}
