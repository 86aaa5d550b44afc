package io.evpl;

import io.evpl.foreign.ForeignLoop;
import io.evpl.linux.OpenFds;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Channels of ours on a loop of Netty's, beside its own. */
@Timeout(60)
abstract class HostedChannelsContract {
    private static final int MANY = 1000;
    private static final long WINDOW_MS = 50;
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final ForeignHost host;
    private EventLoopGroup group;
    private EventLoop loop;

    HostedChannelsContract(ForeignHost host) {
        this.host = host;
    }

    @BeforeEach
    void begin() {
        group = host.newGroup(1);
        loop = group.next();
    }

    @AfterEach
    void end() {
        ForeignHost.shutDown(group, 0);
    }

    private void awaitSleep(long sleepsBefore) {
        VirtualLoop.await(() -> ForeignLoop.onto(loop).sleeps() > sleepsBefore);
    }

    private void spinFor(long spinNs) throws InterruptedException {
        loop.submit(() -> {
            ForeignLoop.onto(loop).spinFor(spinNs);
            ForeignLoop.onto(loop).pollSoon(); // it may be asleep
        }).sync();
    }

    /** A connection to an echoing server, both on the host. */
    private Channel connect(InprocPair.Told told) throws InterruptedException {
        Channel listener = new ServerBootstrap().group(loop).channel(EvplServerSocketChannel.class)
                .childHandler(ForeignHost.Echoing.HANDLER).bind(ANY_PORT).sync().channel();
        Channel client = new Bootstrap().group(loop).channel(EvplSocketChannel.class).handler(told)
                .connect(listener.localAddress()).sync().channel();
        told.expect("active");
        return client;
    }

    private static void pingPong(Channel client, InprocPair.Told told) throws InterruptedException {
        client.writeAndFlush(InprocPair.bytes(1)).sync();
        InprocPair.release(told.next());
    }

    @Test
    void tcpEchoes() throws Exception {
        ForeignHost.echo(loop, MANY, EvplServerSocketChannel.class, EvplSocketChannel.class);
    }

    @Test
    void theyTalkToTheHostsOwnChannels() throws Exception {
        ForeignHost.echo(loop, MANY, host.server(), EvplSocketChannel.class);
        ForeignHost.echo(loop, MANY, EvplServerSocketChannel.class, host.client());
    }

    /** What a task of the host's writes is submitted although the sources are armed, and the answer wakes the host. */
    @Test
    void anIdleConnectionIsThereWhenItIsNeeded() throws Exception {
        InprocPair.Told told = new InprocPair.Told();
        Channel client = connect(told);
        for (int i = 0; i < 100; i++) {
            long sleeps = ForeignLoop.onto(loop).sleeps();
            pingPong(client, told);
            awaitSleep(sleeps);
        }
        VirtualLoop.awaitStill(WINDOW_MS, ForeignLoop.onto(loop)::turns, turns -> true); // an idle connection has none
    }

    @Test
    void aBusyConnectionAndTheHostsOwnBothGoOn() throws Exception {
        InprocPair.Told told = new InprocPair.Told();
        connect(told);
        ForeignHost.echo(loop, MANY, EvplServerSocketChannel.class, EvplSocketChannel.class);
        spinFor(-1); // a turn of ours in each of the host's
        long turns = ForeignLoop.onto(loop).turns();
        long sleeps = ForeignLoop.onto(loop).sleeps();
        host.echo(loop, MANY);
        assertEquals(sleeps, ForeignLoop.onto(loop).sleeps());
        assertTrue(ForeignLoop.onto(loop).turns() - turns >= MANY);
        spinFor(0);
        awaitSleep(sleeps);
    }

    @Test
    void datagramsEcho() throws Exception {
        InprocPair.Told told = new InprocPair.Told();
        Channel server = new Bootstrap().group(loop).channel(EvplDatagramChannel.class).handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(io.netty.channel.ChannelHandlerContext ctx, Object message) {
                DatagramPacket packet = (DatagramPacket) message;
                ctx.writeAndFlush(new DatagramPacket(packet.content(), packet.sender()));
            }
        }).bind(ANY_PORT).sync().channel();
        Channel client = new Bootstrap().group(loop).channel(EvplDatagramChannel.class).handler(told).bind(ANY_PORT).sync().channel();
        told.expect("active");
        for (int i = 0; i < 100; i++) {
            client.writeAndFlush(new DatagramPacket(Unpooled.directBuffer().writeByte(i), (InetSocketAddress) server.localAddress()));
            DatagramPacket answer = (DatagramPacket) told.next();
            assertEquals(i, answer.content().getByte(0));
            answer.release();
        }
    }

    @Test
    void unixSocketsEcho() throws Exception {
        DomainSocketAddress address = new DomainSocketAddress("\0evpl-hosted-" + ProcessHandle.current().pid() + host);
        new ServerBootstrap().group(loop).channel(EvplServerDomainSocketChannel.class)
                .childHandler(ForeignHost.Echoing.HANDLER).bind(address).sync();
        InprocPair.Told told = new InprocPair.Told();
        Channel client = new Bootstrap().group(loop).channel(EvplDomainSocketChannel.class).handler(told).connect(address).sync()
                .channel();
        told.expect("active");
        pingPong(client, told);
    }

    @Test
    void aRefusedConnectIsTold() throws Exception {
        Channel listener = new ServerBootstrap().group(loop).channel(EvplServerSocketChannel.class)
                .childHandler(ForeignHost.Echoing.HANDLER).bind(ANY_PORT).sync().channel();
        listener.close().sync();
        Throwable cause = new Bootstrap().group(loop).channel(EvplSocketChannel.class).handler(new ChannelInboundHandlerAdapter())
                .connect(listener.localAddress()).await().cause();
        assertInstanceOf(ConnectException.class, cause);
    }

    /** One that moves to another host's loop leaves nothing of it behind. */
    @Test
    void aConnectionMovesToAnotherLoop() throws Exception {
        InprocPair.Told told = new InprocPair.Told();
        Channel client = connect(told);
        try (EvplEventLoopGroup own = new EvplEventLoopGroup(1)) {
            for (int i = 0; i < 20; i++) {
                client.deregister().sync();
                (i % 2 == 0 ? own : group).register(client).sync();
                pingPong(client, told);
            }
            client.close().sync();
        }
    }

    @Test
    void theHostsEndClosesThemAndLeavesNothingBehind() throws Exception {
        ForeignHost.shutDown(group, 0);
        for (long quietMs : new long[] {0, 1}) {
            ForeignHost.awaitNoWatcher();
            long fds = OpenFds.count();
            group = host.newGroup(1);
            loop = group.next();
            InprocPair.Told told = new InprocPair.Told();
            Channel client = connect(told);
            pingPong(client, told);
            new ServerBootstrap().group(loop).channel(EvplServerInprocChannel.class)
                    .childHandler(ForeignHost.Echoing.HANDLER).bind(new InprocAddress("hosted-" + host)).sync();
            ForeignHost.shutDown(group, quietMs);
            told.expect("inactive");
            assertFalse(client.isOpen());
            assertTrue(client.closeFuture().isDone());
            ForeignHost.awaitNoWatcher();
            VirtualLoop.await(() -> OpenFds.count() <= fds);
        }
    }
}
