package io.evpl.testsuite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.DatagramUnicastTest;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;

/** Netty's tests of datagrams, over unix sockets. */
class EvplDomainDatagramUnicastTest extends DatagramUnicastTest {
    /** Closing a datagram socket leaves its file. */
    @TempDir
    private Path folder;
    private int sockets;

    @Override
    protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
        return SocketCombos.INSTANCE.domainDatagram();
    }

    @Override
    protected SocketAddress newSocketAddress() {
        return new DomainSocketAddress(folder.resolve("socket-" + ++sockets).toString());
    }

    @Override
    protected boolean isConnected(Channel channel) {
        return ((DomainDatagramChannel) channel).isConnected();
    }

    @Override
    protected boolean supportDisconnect() {
        return false; // Netty's epoll, the peer here, cannot; DomainDatagramTest has ours
    }

    @Override
    protected Channel setupClientChannel(Bootstrap bootstrap, byte[] bytes, CountDownLatch received,
                                         AtomicReference<Throwable> failure) throws Throwable {
        return bind(bootstrap, bytes, received, failure, null, false);
    }

    @Override
    protected Channel setupServerChannel(Bootstrap bootstrap, byte[] bytes, SocketAddress sender, CountDownLatch received,
                                         AtomicReference<Throwable> failure, boolean echo) throws Throwable {
        return bind(bootstrap, bytes, received, failure, sender, echo);
    }

    private Channel bind(Bootstrap bootstrap, byte[] bytes, CountDownLatch received, AtomicReference<Throwable> failure,
                         SocketAddress sender, boolean echo) throws Throwable {
        bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Checking(bytes, received, failure, sender, echo));
            }
        });
        return bootstrap.bind(newSocketAddress()).sync().channel();
    }

    @Override
    protected ChannelFuture write(Channel channel, ByteBuf buf, SocketAddress remote, WrapType wrapType) {
        DomainSocketAddress to = (DomainSocketAddress) remote;
        return channel.write(new DomainDatagramPacket(switch (wrapType) {
            case DUP -> buf.retainedDuplicate();
            case SLICE -> buf.retainedSlice();
            case READ_ONLY -> buf.retain().asReadOnly();
            case NONE -> buf.retain();
        }, to));
    }

    /** Unix addresses have nothing to resolve; their counterpart is a path where there is nobody. */
    @Override
    public void testSendToUnresolvableAddress(Bootstrap server, Bootstrap client) throws Throwable {
        CountDownLatch received = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        byte[] bytes = {1, 2, 3};
        Channel receiver = setupServerChannel(server, bytes, null, received, failure, false);
        Channel sender = setupClientChannel(client, bytes, new CountDownLatch(1), failure);
        ByteBuf payload = Unpooled.copiedBuffer(bytes);
        ChannelFuture toNobody = write(sender, payload, newSocketAddress(), WrapType.NONE);
        ChannelFuture toSomebody = write(sender, payload, receiver.localAddress(), WrapType.NONE);
        sender.flush();
        payload.release();
        assertInstanceOf(IOException.class, toNobody.await().cause());
        toSomebody.sync();
        assertTrue(received.await(10, TimeUnit.SECONDS));
        assertNull(failure.get());
        closeChannel(sender);
        closeChannel(receiver);
    }

    /** Netty's has a java.net.DatagramSocket send them, which knows no unix addresses; Netty's epoll sends none here. */
    @Override
    public void testReceiveEmptyDatagrams(Bootstrap server, Bootstrap client) throws Throwable {
        if (client.config().group() instanceof EpollEventLoopGroup || server.config().group() instanceof EpollEventLoopGroup) {
            return;
        }
        int count = 10;
        CountDownLatch received = new CountDownLatch(count);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Channel receiver = setupServerChannel(server, new byte[0], null, received, failure, false);
        Channel sender = setupClientChannel(client, new byte[0], new CountDownLatch(1), failure);
        for (int i = 0; i < count; i++) {
            sender.writeAndFlush(new DomainDatagramPacket(Unpooled.EMPTY_BUFFER,
                    (DomainSocketAddress) receiver.localAddress())).sync();
        }
        assertTrue(received.await(10, TimeUnit.SECONDS));
        assertNull(failure.get());
        closeChannel(sender);
        closeChannel(receiver);
    }

    private static final class Checking extends SimpleChannelInboundHandler<DomainDatagramPacket> {
        private final byte[] bytes;
        private final CountDownLatch received;
        private final AtomicReference<Throwable> failure;
        private final SocketAddress sender;
        private final boolean echo;

        Checking(byte[] bytes, CountDownLatch received, AtomicReference<Throwable> failure, SocketAddress sender,
                 boolean echo) {
            this.bytes = bytes;
            this.received = received;
            this.failure = failure;
            this.sender = sender;
            this.echo = echo;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DomainDatagramPacket packet) {
            try {
                assertEquals(bytes.length, packet.content().readableBytes());
                for (byte expected : bytes) {
                    assertEquals(expected, packet.content().readByte());
                }
                assertEquals(ctx.channel().localAddress(), packet.recipient());
                assertEquals(sender == null ? packet.sender() : sender, packet.sender());
                if (echo) {
                    ctx.writeAndFlush(new DomainDatagramPacket(packet.content().readerIndex(0).retain(), packet.sender()));
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
            received.countDown();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failure.compareAndSet(null, cause);
        }
    }
}
