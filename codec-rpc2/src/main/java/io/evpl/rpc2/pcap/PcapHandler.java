package io.evpl.rpc2.pcap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes what passes through a pipeline to a capture file: a stream as a TCP connection with its handshake and its end, datagrams as UDP.
 * Belongs in front of the handlers whose bytes are to be seen, and behind an {@code SslHandler} if they are to be seen in clear. Addresses
 * that are no internet ones become ports of 127.0.0.1. What is written is taken for sent.
 *
 * <p>One for each channel. Copies every byte: a tool for looking, not for production.
 */
public final class PcapHandler extends ChannelDuplexHandler {
    /** As on Ethernet. Wireshark calls a packet malformed that has more than some hundred messages in it. */
    private static final int MAX_SEGMENT_BYTES = 1_460;
    private static final int FIRST_PORT = 10_000;
    private static final AtomicInteger PORTS = new AtomicInteger(FIRST_PORT);

    private final PcapFile file;
    private InetSocketAddress local;
    private InetSocketAddress remote;
    private int sentSequence = 1000;
    private int receivedSequence = 5000;
    private boolean open;

    public PcapHandler(PcapFile file) {
        this.file = file;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.fireChannelActive();
    }

    /** The handshake of RFC 9293, section 3.5, from whoever connected. */
    private void begin(ChannelHandlerContext ctx) {
        if (open || ctx.channel().remoteAddress() == null) {
            return;
        }
        open = true;
        local = internet(ctx.channel().localAddress());
        remote = internet(ctx.channel().remoteAddress());
        boolean accepted = ctx.channel().parent() != null;
        segment(!accepted, IpPacket.SYN);
        segment(accepted, IpPacket.SYN | IpPacket.ACK);
        segment(!accepted, IpPacket.ACK);
    }

    private static InetSocketAddress internet(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet;
        }
        // Well beyond the privileged ones, and around again before they end.
        int port = FIRST_PORT + (PORTS.getAndIncrement() - FIRST_PORT & 0x7FFF);
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void segment(boolean outward, int flags) {
        int sequence = outward ? sentSequence : receivedSequence;
        int acknowledged = (flags & IpPacket.ACK) == 0 ? 0 : outward ? receivedSequence : sentSequence;
        file.add(IpPacket.tcp(outward ? local : remote, outward ? remote : local, sequence, acknowledged, flags, null, 0, 0));
        if ((flags & (IpPacket.SYN | IpPacket.FIN)) != 0) {
            advance(outward, 1);
        }
    }

    private void advance(boolean outward, int bytes) {
        if (outward) {
            sentSequence += bytes;
        } else {
            receivedSequence += bytes;
        }
    }

    private void stream(boolean outward, ByteBuf data) {
        int end = data.writerIndex();
        for (int at = data.readerIndex(); at < end && open; at += MAX_SEGMENT_BYTES) {
            int bytes = Math.min(MAX_SEGMENT_BYTES, end - at);
            file.add(IpPacket.tcp(outward ? local : remote, outward ? remote : local, outward ? sentSequence : receivedSequence,
                    outward ? receivedSequence : sentSequence, IpPacket.PUSH | IpPacket.ACK, data, at, bytes));
            advance(outward, bytes);
        }
    }

    private void packet(ChannelHandlerContext ctx, boolean outward, DatagramPacket packet) {
        InetSocketAddress here = internet(ctx.channel().localAddress());
        InetSocketAddress from = outward || packet.sender() == null ? here : packet.sender();
        InetSocketAddress to = outward ? packet.recipient() : here;
        if (to.getAddress().getClass() == from.getAddress().getClass()) {
            ByteBuf content = packet.content();
            file.add(IpPacket.udp(from, to, content, content.readerIndex(), content.readableBytes()));
        } // else this channel is bound to the wildcard of both families, and a packet has one of them
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        record(ctx, false, message);
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        record(ctx, true, message);
        ctx.write(message, promise);
    }

    private void record(ChannelHandlerContext ctx, boolean outward, Object message) {
        if (message instanceof DatagramPacket packet) {
            packet(ctx, outward, packet);
        } else if (message instanceof ByteBuf data) {
            stream(outward, data);
        } else if (message instanceof ByteBufHolder holder) {
            stream(outward, holder.content());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && open) {
            segment(false, IpPacket.FIN | IpPacket.ACK);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (open) {
            segment(false, IpPacket.FIN | IpPacket.ACK);
            segment(true, IpPacket.FIN | IpPacket.ACK);
            open = false;
        }
        ctx.fireChannelInactive();
    }
}
