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

    /** Whom packets go to. */
    public interface Sink {
        /** @param bytes of its payload */
        void packet(ReferenceCounted packet, int bytes);
    }

    private final DatagramEvents events;
    private final AddressCache addresses;
    private final AddressFamily family;
    private final Sink sink;

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
     * @param actualBytes how long it was
     * @param nameBytes   as the kernel gave it; the name's memory has {@link AddressFamily#nameRoomBytes()}
     */
    public void arrived(ByteBuf payload, int actualBytes, long name, int nameBytes, long control, long controlBytes,
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
        if (segmentBytes <= 0 || segmentBytes >= bytes) {
            sink.packet(events.packet(payload, sender, recipient), bytes);
        } else {
            split(payload, segmentBytes, sender, recipient);
        }
    }

    /** The kernel put several datagrams together, of one size but for the last. */
    private void split(ByteBuf payload, int segmentBytes, SocketAddress sender, SocketAddress recipient) {
        try {
            while (payload.isReadable()) {
                int bytes = Math.min(segmentBytes, payload.readableBytes());
                sink.packet(events.packet(payload.readRetainedSlice(bytes), sender, recipient), bytes);
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
