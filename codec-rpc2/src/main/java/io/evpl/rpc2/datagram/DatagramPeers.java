package io.evpl.rpc2.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The end of a server's datagram channel: gives each peer a {@link PeerChannel}. A peer that has been silent for {@link #IDLE_NS} is
 * forgotten; if there are {@link #MAX_PEERS}, the one that has been silent longest is.
 */
public final class DatagramPeers extends ChannelInboundHandlerAdapter {
    /** Sender addresses cost nothing to make up: at 1 to 2 KiB a peer this is 8 MiB at most. */
    public static final int MAX_PEERS = 4096;
    /** Longer than a client waits between two transmissions. */
    public static final long IDLE_NS = TimeUnit.SECONDS.toNanos(60);

    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(DatagramPeers.class);

    private final ChannelHandler initializer;
    /** In the order of their last use. */
    private final LinkedHashMap<InetSocketAddress, PeerChannel> peers = new LinkedHashMap<>(16, 0.75f, true);
    private final List<PeerChannel> touched = new ArrayList<>();
    private final LongAdder dropped = new LongAdder();
    private ChannelHandlerContext ctx;
    private ScheduledFuture<?> idleTimer;
    private boolean reading;

    /** @param initializer of each peer's pipeline; sharable */
    public DatagramPeers(ChannelHandler initializer) {
        this.initializer = initializer;
    }

    /** Datagrams that were no RPC messages, or came when there was no room. From any thread. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        idleTimer = ctx.executor().scheduleWithFixedDelay(this::forgetIdle, IDLE_NS, IDLE_NS, TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        idleTimer.cancel(false);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        if (!(received instanceof DatagramPacket packet)) {
            ctx.fireChannelRead(received);
            return;
        }
        reading = true;
        ByteBuf message = packet.content();
        // A stray or forged one must not end the conversation that its sender's address has with us.
        if (!MarkedMessages.isMessage(message)) {
            message.release();
            dropped.increment();
            return;
        }
        PeerChannel peer = peer(packet.sender(), message);
        if (peer == null || !peer.received(message)) {
            dropped.increment();
            return;
        }
        touched.add(peer);
    }

    /** Null, with the message released, if there is none: only a call makes one. */
    private PeerChannel peer(InetSocketAddress sender, ByteBuf message) {
        PeerChannel peer = peers.get(sender);
        if (peer == null) {
            if (!MarkedMessages.isCall(message)) {
                message.release();
                return null;
            }
            if (peers.size() >= MAX_PEERS) {
                Iterator<PeerChannel> oldest = peers.values().iterator();
                PeerChannel forgotten = oldest.next();
                oldest.remove();
                forgotten.close();
            }
            peer = new PeerChannel(ctx.channel(), this, sender);
            peer.pipeline().addLast(initializer);
            peers.put(sender, peer);
            ctx.channel().eventLoop().register(peer);
        }
        peer.lastUsedNs = System.nanoTime();
        return peer;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).readComplete();
        }
        touched.clear();
        reading = false;
        ctx.flush();
        ctx.fireChannelReadComplete();
    }

    /** Peers have written: at the end of a turn of reading all goes out at once. */
    void flush() {
        if (!reading) {
            ctx.flush();
        }
    }

    void forget(InetSocketAddress remote, PeerChannel peer) {
        peers.remove(remote, peer);
    }

    private void forgetIdle() {
        long now = System.nanoTime();
        List<PeerChannel> idle = new ArrayList<>();
        for (Map.Entry<InetSocketAddress, PeerChannel> each : peers.entrySet()) {
            if (now - each.getValue().lastUsedNs < IDLE_NS) {
                break;
            }
            idle.add(each.getValue());
        }
        idle.forEach(PeerChannel::close);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            List.copyOf(peers.values()).forEach(PeerChannel::flush);
        }
        ctx.fireChannelWritabilityChanged();
    }

    /** An ICMP message that came back for one peer, say. The others are not to suffer. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("{}: {}", ctx.channel(), cause.toString());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        List.copyOf(peers.values()).forEach(PeerChannel::close);
        ctx.fireChannelInactive();
    }
}
