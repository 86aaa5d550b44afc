package io.evpl.uring;

import io.evpl.channel.AddressCache;
import io.evpl.channel.DatagramArrival;
import io.evpl.channel.DatagramBatch;
import io.evpl.channel.DatagramEvents;
import io.evpl.channel.DatagramIo;
import io.evpl.channel.ReceiveBuffer;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.Cqe;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.Sqe;
import io.evpl.linux.uring.UringAbi;
import io.evpl.metrics.TrafficMetric;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCounted;

/**
 * One datagram socket on the ring: a receive that serves it for life, and as many sends as it has messages.
 *
 * <p>The receive takes its memory from the loop's {@link DatagramBuffers}. Without them, or without auto-read, each
 * receive brings a buffer of the channel's allocator.
 */
final class UringDatagramIo implements DatagramIo, Op.Target, UringSource.Batched, DatagramArrival.Sink {
    /** Results are the datagram's own length, so that it can be told how much did not fit. udp(7), recvmsg(2). */
    private static final int RECEIVE_FLAGS = SocketOptions.MSG_TRUNC;

    private final UringSource source;
    private final DatagramEvents events;
    private final InboundFlow inbound;
    private final DatagramArrival arrival;
    private final DatagramSends sends;
    private final int fd;
    private final int nameRoomBytes;

    private Op recv;
    /** What the armed receive was armed with. */
    private BufferRing ring;
    private int controlRoomBytes;
    private ByteBuf ownBuffer;
    /** struct msghdr, iovec, name and control of a receive without the ring: the kernel writes to it when that completes. */
    private ByteBuf ownHead;
    private boolean starved;
    private boolean replacing;
    private boolean cancelling;
    private boolean closed;

    UringDatagramIo(UringSource source, DatagramEvents events, AddressCache addresses) {
        this.source = source;
        this.events = events;
        fd = events.fd();
        nameRoomBytes = events.family().nameRoomBytes();
        inbound = new InboundFlow(events);
        arrival = new DatagramArrival(events, addresses, this);
        sends = new DatagramSends(this, source, new DatagramBatch(events, addresses), events);
    }

    // ---- receiving

    @Override
    public void beginRead() {
        if (inbound.beginRead() && recv == null) {
            arm();
        }
    }

    @Override
    public void stopRead() {
        inbound.stopRead();
        if (recv != null) {
            source.cancel(recv);
        }
    }

    @Override
    public void receiveChanged() {
        if (recv != null && !replacing) {
            replacing = true;
            source.cancel(recv); // armed again when it has completed
        }
    }

    private void receiveOn() {
        if (recv == null && !cancelling && inbound.wantsData()) {
            arm();
        }
    }

    private void arm() {
        if (cancelling) {
            return;
        }
        replacing = false;
        arrival.settleGro();
        controlRoomBytes = events.controlBytes();
        ring = starved || !source.has(RingFeature.MULTISHOT_RECVMSG) || !events.config().isAutoRead()
                || !ReceiveBuffer.isGuessed(events) ? null : source.datagramBuffers().forPayload(roomBytes());
        if (ring == null) {
            armOwn();
            return;
        }
        long head = source.scratch(MsgHdr.BYTES);
        // Of the msghdr only the lengths count: how much room to leave in front of the payload.
        MsgHdr.write(head, 0, nameRoomBytes, 0, 0, 0, controlRoomBytes, 0);
        recv = source.ops().begin(this, Op.RECV);
        Sqe.recvmsgMultishot(source.ring().sqe(), fd, head, RECEIVE_FLAGS, ring.group(), recv.id());
    }

    private int roomBytes() {
        int asked = events.payloadBytes() > 0 ? events.payloadBytes() : events.allocHandle().guess();
        return events.usesGro() ? DatagramArrival.AGGREGATE_BYTES : asked;
    }

    private void armOwn() {
        try {
            ownBuffer = ReceiveBuffer.allocate(events, events.usesGro() ? DatagramArrival.AGGREGATE_BYTES : events.payloadBytes());
            if (ownHead == null) {
                ownHead = PooledByteBufAllocator.DEFAULT.directBuffer(headBytes());
            }
        } catch (OutOfMemoryError | RuntimeException e) {
            events.receiveFailed(e);
            return;
        }
        long head = ReceiveBuffer.address(ownHead);
        Iovec.write(head + MsgHdr.BYTES, 0, ReceiveBuffer.address(ownBuffer), ownBuffer.writableBytes());
        long name = head + MsgHdr.BYTES + Iovec.BYTES;
        MsgHdr.write(head, name, nameRoomBytes, head + MsgHdr.BYTES, 1, name + nameRoomBytes, controlRoomBytes, 0);
        recv = source.ops().begin(this, Op.RECV);
        recv.held = ownBuffer.retain();
        Sqe.recvmsg(source.ring().sqe(), fd, head, RECEIVE_FLAGS, recv.id());
    }

    private int headBytes() {
        return MsgHdr.BYTES + Iovec.BYTES + nameRoomBytes + DatagramArrival.MAX_CONTROL_BYTES;
    }

    @Override
    public void completed(Op op, int res, int flags, boolean more) {
        assert op.kind == Op.RECV : "kind " + op.kind;
        if (!more) {
            recv = null;
        }
        if (Cqe.hasBuffer(flags)) {
            arrivedInRing(res, flags);
        } else if (ownBuffer != null) {
            ByteBuf buffer = ownBuffer;
            ownBuffer = null;
            arrivedInOwn(buffer, res);
        }
        if (res < 0) {
            failed(res);
        }
        receiveOn();
        drainedIfDone();
    }

    private void arrivedInRing(int res, int flags) {
        int headBytes = UringAbi.RECVMSG_OUT_BYTES + nameRoomBytes + controlRoomBytes;
        ByteBuf buffer = ring.lent(flags);
        int received = res - headBytes;
        if (received < 0 || res > buffer.capacity()) {
            throw new AssertionError("a datagram of " + res + " bytes with its head of " + headBytes + " in " + buffer);
        }
        BufferRing lender = ring; // a handler may have another armed
        long head = address(buffer);
        ByteBuf payload = buffer.retainedSlice(headBytes, received);
        int actual = NativeAddress.getInt(head + UringAbi.RECVMSG_OUT_PAYLOADLEN);
        long name = head + UringAbi.RECVMSG_OUT_BYTES;
        try {
            arrival.arrived(payload, buffer.capacity(), actual, name, NativeAddress.getInt(head + UringAbi.RECVMSG_OUT_NAMELEN),
                    name + nameRoomBytes,
                    Math.min(NativeAddress.getInt(head + UringAbi.RECVMSG_OUT_CONTROLLEN), controlRoomBytes),
                    NativeAddress.getInt(head + UringAbi.RECVMSG_OUT_FLAGS));
        } finally {
            if (buffer.refCnt() == 1) {
                lender.lendAgain(flags); // all of it was copied, or is released already
            } else {
                lender.take(res, flags); // replaced; it lives on until the last slice is released
                buffer.release();
            }
        }
    }

    private static long address(ByteBuf buffer) {
        return buffer.hasMemoryAddress() ? buffer.memoryAddress()
                : NativeAddress.of(buffer.internalNioBuffer(0, buffer.capacity()));
    }

    private void arrivedInOwn(ByteBuf buffer, int res) {
        starved = false;
        if (res < 0) {
            buffer.release();
            return;
        }
        long head = ownHeadAddress();
        int received = Math.min(res, buffer.writableBytes());
        long name = head + MsgHdr.BYTES + Iovec.BYTES;
        arrival.arrived(buffer.writerIndex(buffer.writerIndex() + received), ReceiveBuffer.isGuessed(events) ? buffer.capacity() : 0,
                res, name, MsgHdr.nameBytes(head),
                name + nameRoomBytes, Math.min(MsgHdr.controlBytes(head), controlRoomBytes), MsgHdr.flags(head));
    }

    private long ownHeadAddress() {
        return ReceiveBuffer.address(ownHead);
    }

    @Override
    public void packet(ReferenceCounted packet, int bytes) {
        if (inbound.received(packet, false)) {
            source.endBatchOf(this);
        }
    }

    private void failed(int result) {
        switch (-result) {
            case Errno.ECANCELED, Errno.EINTR, Errno.EAGAIN -> {
                // armed again if still wanted
            }
            // A burst took all that was lent. What it took has been replaced, unless the allocator had no memory.
            case Errno.ENOBUFS -> {
                events.traffic().count(TrafficMetric.BUFFERS_EXHAUSTED);
                if (ring != null) {
                    ring.recover();
                    starved = !ring.isLending();
                }
            }
            default -> {
                if (Errno.isBug(result)) {
                    throw new AssertionError("recvmsg: " + Errno.text(-result));
                }
                if (!cancelling) {
                    events.receiveFailed(result);
                }
            }
        }
    }

    // ---- sending

    @Override
    public void write(ChannelOutboundBuffer out) {
        if (!cancelling) {
            sends.write(out);
        }
    }

    void sendCompleted() {
        sends.settle();
        if (!cancelling) {
            source.endBatchOf(this);
        }
        drainedIfDone();
    }

    /** The completions at hand are dispatched. */
    @Override
    public void batchEnded() {
        if (closed) {
            return;
        }
        arrival.batchEnded();
        if (arrival.wantsGroSettled()) {
            receiveChanged();
        }
        inbound.batchEnded();
        if (!cancelling) {
            events.writable();
        }
        receiveOn();
    }

    // ---- life

    @Override
    public boolean isBusy() {
        return recv != null || sends.isBusy();
    }

    boolean isCancelling() {
        return cancelling;
    }

    @Override
    public void cancel() {
        cancelling = true;
        // In order behind what is prepared: a send prepared this turn is tried once before it is cancelled.
        sends.cancel();
        if (recv != null) {
            source.cancel(recv);
        }
    }

    private void drainedIfDone() {
        if (cancelling && !isBusy()) {
            events.drained();
        }
    }

    @Override
    public void close() {
        assert !isBusy() : "closed while the kernel holds operations";
        cancelling = true;
        closed = true;
        inbound.close();
        if (ownHead != null) {
            ownHead.release();
            ownHead = null;
        }
    }
}
