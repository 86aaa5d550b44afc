package io.evpl.conformance;

import io.evpl.EvplDatagramChannel;
import io.evpl.EvplEventLoopGroup;
import io.evpl.TruncatedDatagram;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults of libevpl's datagrams that ours must not have. */
@Timeout(60)
class DatagramFaultsTest {
    private static final int RECEIVE_BYTES = 2048;
    /** More than a receive buffer that is rounded up holds. */
    private static final int LONG_BYTES = 8 * RECEIVE_BYTES;
    /** One byte more than IPv4 carries: udp(7). */
    private static final int TOO_LONG_BYTES = 65_508;

    private EvplEventLoopGroup group;
    private final Inbox inbox = new Inbox();
    private EvplDatagramChannel receiver;
    private EvplDatagramChannel sender;

    /** What a channel heard: lengths of datagrams with their senders, and anything else. */
    private static final class Inbox extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<DatagramPacket> packets = new LinkedBlockingQueue<>();
        private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            packets.add((DatagramPacket) message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
        }

        int nextBytes() throws InterruptedException {
            DatagramPacket packet = packets.poll(10, TimeUnit.SECONDS);
            assertNotNull(packet, "no datagram came");
            int bytes = packet.content().readableBytes();
            packet.release();
            return bytes;
        }
    }

    @BeforeEach
    void begin() throws Exception {
        group = new EvplEventLoopGroup(2);
        receiver = bind(inbox);
        receiver.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(RECEIVE_BYTES));
        sender = bind(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                // whose datagram it was about nobody can tell
            }
        });
    }

    @AfterEach
    void end() {
        inbox.packets.forEach(DatagramPacket::release);
        assertTrue(group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(20_000));
    }

    private EvplDatagramChannel bind(ChannelInboundHandlerAdapter handler) throws Exception {
        return (EvplDatagramChannel) new Bootstrap().group(group).channel(EvplDatagramChannel.class).handler(handler)
                .bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
    }

    private ChannelFuture send(int bytes, InetSocketAddress to) throws InterruptedException {
        return sender.writeAndFlush(new DatagramPacket(sender.alloc().directBuffer(bytes).writeZero(bytes), to)).await();
    }

    private void assertStillServes(int bytes) throws Exception {
        assertTrue(send(bytes, receiver.localAddress()).isSuccess());
        assertEquals(bytes, inbox.nextBytes());
        assertTrue(sender.isActive() && receiver.isActive());
    }

    /** An address of nobody's: a socket had it and is closed. */
    private InetSocketAddress nobody() throws Exception {
        Channel gone = bind(new ChannelInboundHandlerAdapter());
        InetSocketAddress address = (InetSocketAddress) gone.localAddress();
        gone.close().sync();
        return address;
    }

    @Test
    void aDatagramToNobodyClosesNothing_L11() throws Exception {
        InetSocketAddress nobody = nobody();
        for (int i = 0; i < 3; i++) {
            send(7, nobody);
        }
        assertStillServes(8);
    }

    @Test
    void aConnectedSocketSurvivesTheRefusalOfItsPeer_L11() throws Exception {
        sender.connect(nobody()).sync();
        for (int i = 0; i < 3; i++) {
            sender.writeAndFlush(sender.alloc().directBuffer(1).writeByte(1)).await();
        }
        sender.disconnect().sync();
        assertStillServes(8);
    }

    @Test
    void aDatagramThatIsTooLongFailsAloneAndClosesNothing_L11() throws Exception {
        assertFalse(send(TOO_LONG_BYTES, receiver.localAddress()).isSuccess());
        assertStillServes(9);
    }

    @Test
    void aDatagramLongerThanItsBufferIsToldAndTheNextArrives_L21() throws Exception {
        assertTrue(send(LONG_BYTES, receiver.localAddress()).isSuccess());
        TruncatedDatagram told = (TruncatedDatagram) inbox.events.poll(10, TimeUnit.SECONDS);
        assertNotNull(told, "the datagram is lost in silence");
        assertEquals(LONG_BYTES, told.actualBytes());
        assertStillServes(RECEIVE_BYTES);
    }

    @Test
    void repliesGoToWhomAMessageCameFromHoweverLongAgoItWasReleased_U2() throws Exception {
        send(1, receiver.localAddress());
        DatagramPacket packet = inbox.packets.poll(10, TimeUnit.SECONDS);
        assertNotNull(packet);
        InetSocketAddress from = packet.sender();
        packet.release();
        for (int i = 2; i < 20; i++) {
            assertStillServes(i);
        }
        assertEquals(sender.localAddress(), from);
    }
}
