package io.evpl.examples.perf.soak;

import io.evpl.EvplDatagramChannel;
import io.evpl.EvplDomainDatagramChannel;
import io.evpl.examples.perf.scenario.PayloadPattern;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/**
 * Two sockets: one sends, so many packets in flight, the other sends each back. A packet is number, checksum, and the pattern from a
 * place that the number says. UDP may lose packets, which are counted; nothing may lose a unix socket's, change their order, or
 * repeat one.
 */
final class PacketSoak {
    private static final int HEADER_BYTES = 2 * Long.BYTES;
    private static final int MAX_PACKET_BYTES = 1400;
    /** More than a unix socket queues (net.unix.max_dgram_qlen, 10), so that it is full now and then. */
    private static final int IN_FLIGHT = 16;
    private static final long GIVE_UP_MS = 200;
    /** Between the places where two packets' patterns begin: prime, so that no two near each other are alike. */
    private static final long STRIDE_BYTES = 7919;

    final String label;
    final SoakCounts counts = new SoakCounts();
    private final boolean unix;
    private final SoakState state;
    private final SplittableRandom random;
    private Channel sender;
    private Channel echo;

    PacketSoak(boolean unix, SoakState state, long seed) {
        this.unix = unix;
        this.state = state;
        this.label = unix ? "unix-datagram" : "udp";
        this.random = new SplittableRandom(seed ^ label.hashCode());
    }

    void start(EventLoopGroup loops, Path folder) throws InterruptedException {
        echo = bind(loops, address(folder, "echo"), new EchoEnd());
        SocketAddress target = unix ? echo.localAddress() : new InetSocketAddress(InetAddress.getLoopbackAddress(),
                ((InetSocketAddress) echo.localAddress()).getPort());
        sender = bind(loops, address(folder, "sender"), new SendingEnd(target));
        sender.eventLoop().execute(() -> sender.pipeline().get(SendingEnd.class).start());
    }

    private SocketAddress address(Path folder, String name) {
        return unix ? new DomainSocketAddress(folder.resolve(name).toFile()) : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private Channel bind(EventLoopGroup loops, SocketAddress address, ChannelInboundHandlerAdapter handler) throws InterruptedException {
        return new Bootstrap().group(loops).channel(unix ? EvplDomainDatagramChannel.class : EvplDatagramChannel.class)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(2 * MAX_PACKET_BYTES))
                .handler(handler).bind(address).sync().channel();
    }

    void close() throws InterruptedException {
        sender.close().sync();
        echo.close().sync();
    }

    private Object packet(ByteBuf content, SocketAddress to) {
        return unix ? new DomainDatagramPacket(content, (DomainSocketAddress) to) : new DatagramPacket(content, (InetSocketAddress) to);
    }

    private void failed(String what, Throwable cause) {
        state.fault(label + ", " + what + ": " + cause);
    }

    /** Sends back what it gets. */
    private final class EchoEnd extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            SocketAddress from = message instanceof DatagramPacket udp ? udp.sender() : ((DomainDatagramPacket) message).sender();
            ctx.write(packet(((ByteBufHolder) message).content(), from)).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!state.stopping()) {
                failed("echo", cause);
            }
        }
    }

    /** Numbers from the last that came back up to the next to be sent are in flight, or lost. */
    private final class SendingEnd extends ChannelInboundHandlerAdapter {
        private final SocketAddress target;
        private ChannelHandlerContext ctx;
        private ScheduledFuture<?> watch;
        private long nextSent;
        private long nextExpected;
        private long expectedAtLook = -1;

        SendingEnd(SocketAddress target) {
            this.target = target;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            ctx = added;
        }

        void start() {
            watch = ctx.executor().scheduleAtFixedRate(this::look, GIVE_UP_MS, GIVE_UP_MS, TimeUnit.MILLISECONDS);
            send();
        }

        /** Nothing came since the last look: what is in flight is lost. */
        private void look() {
            if (expectedAtLook == nextExpected && nextExpected < nextSent && !unix) {
                counts.lostPackets.add(nextSent - nextExpected);
                nextExpected = nextSent;
            }
            expectedAtLook = nextExpected;
            send();
        }

        private void send() {
            while (!state.stopping() && nextSent - nextExpected < IN_FLIGHT) {
                ctx.write(packet(numbered(nextSent++), target)).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
            }
            ctx.flush();
            if (state.stopping() && watch != null) {
                watch.cancel(false);
            }
        }

        private ByteBuf numbered(long number) {
            int bytes = 1 + random.nextInt(MAX_PACKET_BYTES - HEADER_BYTES);
            ByteBuf packet = ctx.alloc().directBuffer(HEADER_BYTES + bytes).writeLong(number).writeLong(0);
            PayloadPattern.write(packet, number * STRIDE_BYTES, bytes);
            packet.setLong(Long.BYTES, checksum(packet));
            state.spoil(packet);
            return packet;
        }

        private long checksum(ByteBuf packet) {
            CRC32 crc = new CRC32();
            crc.update(packet.nioBuffer(packet.readerIndex() + HEADER_BYTES, packet.readableBytes() - HEADER_BYTES));
            return crc.getValue() << Integer.SIZE | packet.readableBytes();
        }

        @Override
        public void channelRead(ChannelHandlerContext read, Object message) {
            ByteBuf packet = ((ByteBufHolder) message).content();
            try {
                counts.packets.increment();
                counts.bytes.add(packet.readableBytes());
                returned(packet);
            } finally {
                packet.release();
            }
        }

        private void returned(ByteBuf packet) {
            if (packet.readableBytes() < HEADER_BYTES || packet.getLong(packet.readerIndex() + Long.BYTES) != checksum(packet)) {
                state.fault(label + ", packet " + nextExpected + " or a later one: its checksum is wrong");
                return;
            }
            long number = packet.getLong(packet.readerIndex());
            packet.skipBytes(HEADER_BYTES);
            if (number >= nextSent || PayloadPattern.mismatch(packet, number * STRIDE_BYTES) >= 0) {
                state.fault(label + ", packet " + number + ": it is not what was sent");
            } else if (number < nextExpected) {
                late(number);
            } else {
                skip(number);
                nextExpected = number + 1;
            }
        }

        /** Given up and come after all, on loopback in order: a repeated one would be late without having been given up. */
        private void late(long number) {
            if (unix || counts.lostPackets.sum() == 0) {
                state.fault(label + ", packet " + number + " came twice or out of order");
            } else {
                counts.lostPackets.decrement();
            }
        }

        private void skip(long number) {
            if (number > nextExpected && unix) {
                state.fault(label + ", packet " + nextExpected + " did not come before " + number);
            } else {
                counts.lostPackets.add(number - nextExpected);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext read) {
            send();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
            if (!state.stopping()) {
                failed("sender", cause);
            }
        }
    }
}
