package io.evpl.channel;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Cmsg;
import io.evpl.linux.socket.PacketInfo;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;

import java.net.SocketAddress;

/** From what the kernel received, and what it said about it, to what a handler gets. */
public final class DatagramArrival {
    /** What the control messages take at most that the options of a channel can ask for. */
    public static final int MAX_CONTROL_BYTES = Cmsg.space(PacketInfo.IN_BYTES) + Cmsg.space(PacketInfo.IN6_BYTES)
            + Cmsg.space(SockAddr.IN_BYTES) + Cmsg.space(SockAddr.IN6_BYTES) + Cmsg.space(Integer.BYTES);

    /** GRO puts datagrams together until an IP packet is full: what a buffer for them must hold. */
    public static final int AGGREGATE_BYTES = 65536;
    /** What is larger than {@link ReceiveBuffer#SMALL_BYTES} is copied out of a buffer so many times its size. */
    private static final int WASTE = 4;

    /** Whom packets go to. */
    public interface Sink {
        /** @param bytes of its payload */
        void packet(ReferenceCounted packet, int bytes);
    }

    private final DatagramEvents events;
    private final AddressCache addresses;
    private final AddressFamily family;
    private final Sink sink;
    private final GroPolicy gro = new GroPolicy();

    public DatagramArrival(DatagramEvents events, AddressCache addresses, Sink sink) {
        this.events = events;
        this.addresses = addresses;
        this.sink = sink;
        family = events.family();
    }

    /**
     * A message was received.
     *
     * @param payload     what was received of it; taken over
     * @param roomBytes   what the payload keeps alive, if that is not what the user asked for; 0: pass it on as it is
     * @param actualBytes how long it was
     * @param nameBytes   as the kernel gave it; the name's memory has {@link AddressFamily#nameRoomBytes()}
     */
    public void arrived(ByteBuf payload, int roomBytes, int actualBytes, long name, int nameBytes, long control, long controlBytes,
                        int flags) {
        SocketAddress sender = addresses.read(family, name, Math.min(nameBytes, family.nameRoomBytes()));
        int bytes = payload.readableBytes();
        if ((flags & SocketOptions.MSG_TRUNC) != 0 || actualBytes > bytes) {
            payload.release();
            events.truncated(sender, bytes, actualBytes);
            return;
        }
        SocketAddress recipient = controlBytes == 0 ? null : recipient(control, controlBytes);
        int segmentBytes = controlBytes == 0 ? 0 : segmentBytes(control, controlBytes);
        boolean single = segmentBytes <= 0 || segmentBytes >= bytes;
        if (events.choosesGro()) {
            gro.arrived(sender, bytes, single ? 0 : segmentBytes);
        }
        if (single) {
            sink.packet(events.packet(fitted(payload, roomBytes), sender, recipient), bytes);
        } else if (segmentBytes <= ReceiveBuffer.SMALL_BYTES) {
            split(payload, segmentBytes, true, sender, recipient);
        } else {
            split(fitted(payload, roomBytes), segmentBytes, false, sender, recipient);
        }
    }

    /** What was there to be received is. */
    public void batchEnded() {
        gro.batchEnded();
    }

    /** Whether {@link #settleGro} should be called, as soon as no receive is in flight. */
    public boolean wantsGroSettled() {
        return gro.wantsChange();
    }

    /** Has the kernel put datagrams together, or not, as what arrived suggests. With no receive in flight. */
    public void settleGro() {
        if (gro.wantsChange()) {
            boolean on = !events.usesGro();
            gro.settled(events.choosesGro() ? events.switchGro(on) : events.usesGro());
        }
    }

    /** A copy of what would keep alive much more than it is. Takes the payload. */
    private ByteBuf fitted(ByteBuf payload, int roomBytes) {
        int bytes = payload.readableBytes();
        if (bytes * (bytes <= ReceiveBuffer.SMALL_BYTES ? 2 : WASTE) >= roomBytes) {
            return payload;
        }
        ByteBuf copy = copy(payload, bytes);
        payload.release();
        return copy;
    }

    /** The next bytes; without memory for a copy, a slice. */
    private ByteBuf copy(ByteBuf payload, int bytes) {
        ByteBuf copy = ReceiveBuffer.copyOf(payload, payload.readerIndex(), bytes, events.config().getAllocator());
        if (copy == null) {
            return payload.readRetainedSlice(bytes);
        }
        payload.skipBytes(bytes);
        return copy;
    }

    /** The kernel put several datagrams together, of one size but for the last. */
    private void split(ByteBuf payload, int segmentBytes, boolean copied, SocketAddress sender, SocketAddress recipient) {
        try {
            while (payload.isReadable()) {
                int bytes = Math.min(segmentBytes, payload.readableBytes());
                ByteBuf part = copied ? copy(payload, bytes) : payload.readRetainedSlice(bytes);
                sink.packet(events.packet(part, sender, recipient), bytes);
            }
        } finally {
            payload.release();
        }
    }

    private static int segmentBytes(long control, long controlBytes) {
        long value = Cmsg.find(control, controlBytes, SocketOptions.IPPROTO_UDP, SocketOptions.UDP_GRO, Integer.BYTES);
        return value == 0 ? 0 : NativeAddress.getInt(value);
    }

    /** To which address it was sent: before a redirection, if that is known. */
    private SocketAddress recipient(long control, long controlBytes) {
        long value = Cmsg.find(control, controlBytes, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_ORIGDSTADDR,
                SockAddr.IN6_BYTES);
        if (value != 0) {
            return addresses.read(family, value, SockAddr.IN6_BYTES);
        }
        value = Cmsg.find(control, controlBytes, SocketOptions.IPPROTO_IP, SocketOptions.IP_ORIGDSTADDR, SockAddr.IN_BYTES);
        if (value != 0) {
            return addresses.read(family, value, SockAddr.IN_BYTES);
        }
        value = Cmsg.find(control, controlBytes, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_PKTINFO,
                PacketInfo.IN6_BYTES);
        if (value != 0) {
            return recipient(value, true);
        }
        value = Cmsg.find(control, controlBytes, SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO, PacketInfo.IN_BYTES);
        return value == 0 ? null : recipient(value, false);
    }

    private SocketAddress recipient(long info, boolean ipv6) {
        long spare = addresses.spare();
        return addresses.read(family, spare, PacketInfo.toSockAddr(info, ipv6, events.localPort(), spare));
    }
}
