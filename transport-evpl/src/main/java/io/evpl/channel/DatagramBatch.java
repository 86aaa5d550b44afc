package io.evpl.channel;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Cmsg;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MmsgHdr;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.PacketInfo;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.metrics.TrafficCounters;
import io.evpl.metrics.TrafficMetric;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.SegmentedDatagramPacket;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.util.Arrays;

/**
 * Flushed datagrams as the kernel wants them: an array of struct mmsghdr with names, control messages and vectors.
 *
 * <p>Datagrams in a row that go to the same place and are equally long (the last may be shorter) become segments of one
 * message, if the channel lets them: the kernel walks its stack once for all of them, and the network sees no difference.
 *
 * <p>Every flushed message is one datagram in one piece; {@link SendBuffer#inOnePiece} sees to that.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/udp.7.html">udp(7), UDP_SEGMENT</a>
 */
public final class DatagramBatch implements ChannelOutboundBuffer.MessageProcessor {
    /** Datagrams in one batch; also below Linux's UIO_MAXIOV, 1024, which sendmmsg(2) obeys. */
    public static final int MAX_PACKETS = 512;
    /** UDP_MAX_SEGMENTS of {@code <linux/udp.h>} before Linux 6.9; 128 since. */
    private static final int MAX_SEGMENTS = 64;
    /** An IP packet's longest, less the headers of IPv6 and UDP. */
    private static final int MAX_SEGMENTED_BYTES = 65535 - 40 - 8;
    private static final int SEGMENT_VALUE_BYTES = 2;
    private static final int CONTROL_BYTES = Cmsg.space(SEGMENT_VALUE_BYTES) + Cmsg.space(PacketInfo.IN6_BYTES);
    private static final int FIRST_MESSAGES = 16;
    /** What {@link #bytes} of {@link #MAX_PACKETS} is at most. */
    public static final int MAX_BYTES =
            MAX_PACKETS * (MmsgHdr.BYTES + SockAddr.STORAGE_BYTES + CONTROL_BYTES + Iovec.BYTES);

    private final DatagramEvents events;
    private final AddressCache addresses;
    private final AddressFamily family;
    private final TrafficCounters traffic;
    /** Segments of this size and more are not made: the kernel refused one, for the path's MTU perhaps. */
    private int segmentLimitBytes;

    private int[] packetsOf = new int[FIRST_MESSAGES];
    private int[] segmentBytesOf = new int[FIRST_MESSAGES];
    private int messages;
    private int skip;
    private int packets;
    private int packetsAtMost;
    private long headers;
    private long names;
    private long controls;
    private long vectors;

    // the message that the next datagram may join
    private boolean isOpen;
    private SocketAddress recipient;
    private SocketAddress source;
    private int segmentBytes;
    private int messageBytes;
    private int nameBytes;

    public DatagramBatch(DatagramEvents events, AddressCache addresses) {
        this.events = events;
        this.addresses = addresses;
        family = events.family();
        traffic = events.traffic();
        boolean segments = family.isInet()
                && SocketOptions.getInt(events.fd(), SocketOptions.IPPROTO_UDP, SocketOptions.UDP_SEGMENT) >= 0;
        segmentLimitBytes = segments ? MAX_SEGMENTED_BYTES : 0;
    }

    /** Room that a batch of so many datagrams needs. */
    public int bytes(int packets) {
        return packets * (MmsgHdr.BYTES + family.nameRoomBytes() + CONTROL_BYTES + Iovec.BYTES);
    }

    /**
     * Prepares the flushed datagrams behind the first {@code skip}.
     *
     * @param packetsAtMost at most so many, and {@link #MAX_PACKETS}
     * @param memory        {@link #bytes} of that, the kernel's until it has taken the messages
     * @return how many messages that made
     */
    public int prepare(ChannelOutboundBuffer out, int skip, int packetsAtMost, long memory) {
        this.skip = skip;
        this.packetsAtMost = packetsAtMost;
        headers = memory;
        names = headers + (long) packetsAtMost * MmsgHdr.BYTES;
        controls = names + (long) packetsAtMost * family.nameRoomBytes();
        vectors = controls + (long) packetsAtMost * CONTROL_BYTES;
        messages = 0;
        packets = 0;
        isOpen = false;
        try {
            out.forEachFlushedMessage(this);
        } catch (Exception e) {
            throw new AssertionError("the processor throws nothing", e);
        }
        finishMessage();
        return messages;
    }

    /** The struct msghdr of a prepared message. */
    public long message(int index) {
        return MmsgHdr.message(headers, index);
    }

    /** The array of struct mmsghdr. */
    public long messages() {
        return headers;
    }

    /** How many datagrams are in a prepared message. */
    public int packets(int index) {
        return packetsOf[index];
    }

    /** How long each datagram of a prepared message is, if there are several. */
    public int segmentBytes(int index) {
        return segmentBytesOf[index];
    }

    @Override
    public boolean processMessage(Object message) {
        if (skip > 0) {
            skip--;
            return true;
        }
        if (packets == packetsAtMost) {
            return false;
        }
        if (message instanceof ByteBuf content) {
            add(content, null, null, 0);
        } else {
            AddressedEnvelope<?, ?> envelope = (AddressedEnvelope<?, ?>) message;
            int segments = message instanceof SegmentedDatagramPacket segmented ? segmented.segmentSize() : 0;
            add((ByteBuf) envelope.content(), (SocketAddress) envelope.recipient(),
                    events.sendsFromSender() ? (SocketAddress) envelope.sender() : null, segments);
        }
        return true;
    }

    private void add(ByteBuf content, SocketAddress to, SocketAddress from, int segmentsOfItsOwn) {
        int bytes = content.readableBytes();
        if (isOpen && segmentsOfItsOwn == 0 && bytes > 0 && joins(bytes, to, from)) {
            packetsOf[messages]++;
            messageBytes += bytes;
            isOpen = bytes == segmentBytes; // a shorter one is the last
        } else {
            finishMessage();
            beginMessage(bytes, to, from, segmentsOfItsOwn);
        }
        Iovec.write(vectors, packets++, address(content), bytes);
    }

    private boolean joins(int bytes, SocketAddress to, SocketAddress from) {
        return bytes <= segmentBytes && packetsOf[messages] < MAX_SEGMENTS
                && messageBytes + bytes <= MAX_SEGMENTED_BYTES
                && (to == recipient || to != null && to.equals(recipient))
                && (from == source || from != null && from.equals(source));
    }

    private void beginMessage(int bytes, SocketAddress to, SocketAddress from, int segmentsOfItsOwn) {
        if (messages == packetsOf.length) {
            packetsOf = Arrays.copyOf(packetsOf, messages * 2);
            segmentBytesOf = Arrays.copyOf(segmentBytesOf, messages * 2);
        }
        packetsOf[messages] = 1;
        recipient = to;
        source = from;
        messageBytes = bytes;
        nameBytes = to == null ? 0 : addresses.write(family, to, name());
        isOpen = segmentsOfItsOwn == 0 && bytes > 0 && bytes < segmentLimitBytes && events.coalesces();
        segmentBytes = segmentsOfItsOwn == 0 ? bytes : segmentsOfItsOwn;
        segmentBytesOf[messages] = segmentBytes;
    }

    private void finishMessage() {
        if (packets == 0) {
            return;
        }
        // What has one segment needs no segmentation, and is sent where the kernel has none.
        boolean segmented = messageBytes > segmentBytes;
        long control = controls + (long) messages * CONTROL_BYTES;
        int controlBytes = segmented ? writeSegment(control) : 0;
        if (source != null) {
            controlBytes += writeSource(control + controlBytes);
        }
        int count = packetsOf[messages];
        MsgHdr.write(message(messages), nameBytes == 0 ? 0 : name(), nameBytes,
                vectors + (long) (packets - count) * Iovec.BYTES, count, controlBytes == 0 ? 0 : control, controlBytes, 0);
        messages++;
        isOpen = false;
    }

    private int writeSegment(long control) {
        long value = Cmsg.write(control, SocketOptions.IPPROTO_UDP, SocketOptions.UDP_SEGMENT, SEGMENT_VALUE_BYTES);
        NativeAddress.putShort(value, (short) segmentBytes);
        return Cmsg.space(SEGMENT_VALUE_BYTES);
    }

    /** The wildcard address leaves the choice to the kernel, as no sender does. */
    private int writeSource(long control) {
        if (!(source instanceof InetSocketAddress inet) || inet.getAddress() == null
                || inet.getAddress().isAnyLocalAddress()) {
            return 0;
        }
        boolean ipv6 = family == AddressFamily.INET6;
        int bytes = ipv6 ? PacketInfo.IN6_BYTES : PacketInfo.IN_BYTES;
        long value = ipv6 ? Cmsg.write(control, SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_PKTINFO, bytes)
                : Cmsg.write(control, SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO, bytes);
        addresses.write(family, source, addresses.spare());
        PacketInfo.writeSource(addresses.spare(), ipv6, value);
        return Cmsg.space(bytes);
    }

    private long name() {
        return names + (long) messages * family.nameRoomBytes();
    }

    private static long address(ByteBuf buf) {
        int index = buf.readerIndex();
        return buf.hasMemoryAddress() ? buf.memoryAddress() + index
                : NativeAddress.of(buf.internalNioBuffer(index, buf.readableBytes()));
    }

    // ---- what happened to them

    /**
     * The kernel refused a message of several datagrams.
     *
     * @return whether it may have refused the segmentation rather than the first datagram: then all are sent again, singly
     */
    public boolean isRefusedForItsSegments(int result, int segmentBytes) {
        switch (-result) {
            case Errno.EMSGSIZE, Errno.EINVAL -> {
                segmentLimitBytes = Math.min(segmentLimitBytes, segmentBytes);
                return true;
            }
            case Errno.EIO, Errno.EOPNOTSUPP -> {
                segmentLimitBytes = 0; // no checksum offload, or a tunnel that cannot
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    /** Takes the first datagram off: the kernel has it. */
    public void sent(ChannelOutboundBuffer out) {
        dropCancelled(out);
        Object message = out.current();
        ByteBuf content = message instanceof ByteBuf buf ? buf : (ByteBuf) ((AddressedEnvelope<?, ?>) message).content();
        traffic.sent(content.readableBytes());
        out.remove();
    }

    /** Takes the first datagram off: the kernel did not take it. @param result -errno */
    public void refused(ChannelOutboundBuffer out, int result) {
        dropCancelled(out);
        traffic.count(TrafficMetric.SENDS_REFUSED);
        out.remove(toException(result));
    }

    /**
     * A write that was cancelled before its flush has left {@link Unpooled#EMPTY_BUFFER} in its place, which nobody can
     * have written: {@link SendBuffer#inOnePiece} lets none through.
     */
    public static void dropCancelled(ChannelOutboundBuffer out) {
        while (out.current() == Unpooled.EMPTY_BUFFER) {
            out.remove();
        }
    }

    private static Exception toException(int result) {
        if (result == -Errno.EDESTADDRREQ || result == -Errno.ENOTCONN) {
            NotYetConnectedException e = new NotYetConnectedException();
            e.initCause(Errno.toException("sendmsg", result, "a datagram without a recipient, and the channel is not"
                    + " connected: write a DatagramPacket with one, or connect"));
            return e;
        }
        return Errno.toException("sendmsg", result);
    }
}
