package io.evpl.uring;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.ReceiveBuffer;
import io.evpl.channel.ReceivedDescriptors;
import io.evpl.channel.RecordFraming;
import io.evpl.channel.SentMessage;
import io.evpl.channel.StreamEvents;
import io.evpl.channel.StreamIo;
import io.evpl.channel.WriteProgress;
import io.evpl.linux.Errno;
import io.evpl.linux.socket.DescriptorMessage;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.uring.Cqe;
import io.evpl.linux.uring.Ring;
import io.evpl.linux.uring.RingFeature;
import io.evpl.linux.uring.Sqe;
import io.evpl.linux.uring.UringAbi;
import io.evpl.metrics.TrafficMetric;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCounted;

import java.net.SocketAddress;

/** One connection on the ring: at most one receive, one send, one connect and one watch for the peer's end at a time. */
final class UringStreamIo implements StreamIo, Op.Target, UringSource.Batched {
    private static final int POLLRDHUP = 0x2000;
    /** Zero-copy sends that the kernel copied after all, in a row, before a connection stops asking for them. */
    private static final int COPIED_IN_VAIN = 2;

    private final UringSource source;
    private final StreamEvents events;
    private final InboundFlow inbound;
    private final WriteProgress progress;
    private final int fd;

    private Op recv;
    private Op send;
    private Op connect;
    private Op peerEnd;
    private ByteBuf ownBuffer;
    /** A message being received for its descriptors. */
    private ByteBuf message;
    /** Null until the kernel decrypts what is received. */
    private RecordReceive records;
    private boolean starved;
    private boolean cancelling;
    private int copiedInVain;
    private boolean zeroCopy;
    /** A completed send is being taken off the outbound buffer. */
    private boolean accounting;
    /**
     * Nothing was received or sent yet: what is written now is written in channelActive, where some handlers wait for
     * the peer's answer. It goes to the kernel at once, not at the end of the turn.
     */
    private boolean isGreeting = true;
    /** Whose write is with the kernel; the channel lets go of it when it closes, its promises wait for the result. */
    private ChannelOutboundBuffer writing;

    UringStreamIo(UringSource source, StreamEvents events) {
        this.source = source;
        this.events = events;
        this.fd = events.fd();
        inbound = new InboundFlow(events);
        progress = new WriteProgress(events.traffic());
        if (events.isConnected()) {
            receiveOrWatch();
        }
    }

    // ---- receiving

    @Override
    public void beginRead() {
        if (inbound.beginRead() && recv == null) {
            armRecv();
        }
    }

    @Override
    public void stopRead() {
        inbound.stopRead();
        if (recv != null) {
            source.cancel(recv);
        }
        watchPeerEnd();
    }

    /** With nothing being received, the peer's end would go unseen: a user who does not read still learns of it. */
    private void watchPeerEnd() {
        if (peerEnd == null && !cancelling && !inbound.hasEnded() && events.isOpen()) {
            peerEnd = source.ops().begin(this, Op.POLL);
            Sqe.poll(source.ring().sqe(), fd, POLLRDHUP, peerEnd.id());
        }
    }

    private void receiveOrWatch() {
        if (recv != null || cancelling) {
            return;
        }
        if (inbound.wantsData()) {
            armRecv();
        } else if (!events.config().isAutoRead()) {
            watchPeerEnd();
        }
    }

    private void armRecv() {
        if (cancelling || inbound.hasEnded()) {
            return;
        }
        RecordFraming framing = events.framing();
        int wantedBytes = framing == null ? 0 : framing.wantedBytes();
        if (wantedBytes == RecordFraming.NOTHING) {
            return;
        }
        if (framing != null && wantedBytes == RecordFraming.CONTENT && records == null) {
            records = new RecordReceive(source, fd);
        }
        isGreeting = false;
        if (events.wantsDescriptors()) {
            armRecvmsg();
            return;
        }
        boolean own = wantedBytes > 0 || source.buffers() == null || starved || !ReceiveBuffer.isGuessed(events);
        if (own) {
            try {
                ownBuffer = ReceiveBuffer.allocate(events, wantedBytes);
            } catch (OutOfMemoryError | RuntimeException e) {
                events.receiveFailed(e);
                return;
            }
        }
        Ring ring = source.ring();
        recv = source.ops().begin(this, Op.RECV);
        if (records != null) {
            records.arm(recv, ownBuffer);
        } else if (own) {
            recv.held = ownBuffer.retain();
            Sqe.recv(ring.sqe(), fd, 0, ReceiveBuffer.address(ownBuffer), ownBuffer.writableBytes(), recv.id());
        } else {
            boolean multishot = source.has(RingFeature.MULTISHOT_RECV) && events.config().isAutoRead();
            Sqe.recvSelect(ring.sqe(), fd, multishot ? UringAbi.RECV_MULTISHOT : 0, source.buffers().group(),
                    recv.id());
        }
    }

    private void armRecvmsg() {
        try {
            message = messageOf(DescriptorMessage.RECEIVED_BYTES);
        } catch (OutOfMemoryError e) {
            events.receiveFailed(e);
            return;
        }
        DescriptorMessage.writeReceived(ReceiveBuffer.address(message));
        recv = source.ops().begin(this, Op.RECV);
        recv.held = message.retain();
        Sqe.recvmsg(source.ring().sqe(), fd, ReceiveBuffer.address(message), DescriptorMessage.RECEIVE_FLAGS, recv.id());
    }

    /** Memory that the kernel looks at until the completion: scratch is reused before. */
    private static ByteBuf messageOf(int bytes) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
    }

    @Override
    public void receiveAnew() {
        cancel(recv);
        receiveOrWatch();
    }

    private void received(int res, int flags, boolean more) {
        if (!more) {
            recv = null;
        }
        ReferenceCounted data = take(res, flags);
        if (res > 0) {
            starved = false;
            // Of records the flag tells nothing: it is about bytes that are still encrypted, or comes without meaning.
            boolean moreThere = recv == null && (flags & UringAbi.CQE_F_SOCK_NONEMPTY) != 0 && events.framing() == null;
            if (inbound.received(data, moreThere)) {
                source.endBatchOf(this);
            }
        } else {
            if (data != null) {
                data.release();
            }
            receiveEnded(res);
        }
        receiveOrWatch();
    }

    /** @return what a receive put where, which may be nothing; null if it had nowhere to put it */
    private ReferenceCounted take(int res, int flags) {
        if (records != null && res > 0) {
            return records.typed((ByteBuf) takeBytes(res, flags));
        }
        return takeBytes(res, flags);
    }

    private ReferenceCounted takeBytes(int res, int flags) {
        int bytes = Math.max(res, 0);
        if (Cqe.hasBuffer(flags)) {
            return source.buffers().take(bytes, flags);
        }
        if (message != null) {
            ByteBuf received = message;
            message = null;
            ReceivedDescriptors data = bytes > 0 ? ReceivedDescriptors.of(ReceiveBuffer.address(received)) : null;
            received.release();
            return data;
        }
        ByteBuf data = ownBuffer;
        ownBuffer = null;
        return data == null ? null : ReceiveBuffer.fitted(data.writerIndex(data.writerIndex() + bytes), events);
    }

    private void receiveEnded(int res) {
        switch (-res) {
            case Errno.ECANCELED, Errno.EINTR, Errno.EAGAIN -> {
                // armed again below if still wanted
            }
            // All lent buffers were taken at once: one receive with a buffer of its own, then back to the ring.
            case Errno.ENOBUFS -> {
                starved = true;
                events.traffic().count(TrafficMetric.BUFFERS_EXHAUSTED);
                source.buffers().recover();
            }
            default -> {
                if (!cancelling) {
                    inbound.ended(res);
                    inbound.deliverEnd();
                }
            }
        }
    }

    /** The completions at hand are dispatched: what was received together is complete. */
    @Override
    public void batchEnded() {
        inbound.batchEnded();
        receiveOrWatch();
    }

    // ---- writing

    @Override
    public void write(ChannelOutboundBuffer out) throws Exception {
        if (isWriting() || cancelling) {
            return;
        }
        writing = out;
        int buffersAtMost = WriteProgress.buffersAtMost(out);
        long message = buffersAtMost == 0 ? 0 : source.scratch(MsgHdr.BYTES + buffersAtMost * Iovec.BYTES);
        switch (progress.next(out, message + MsgHdr.BYTES, buffersAtMost, events.maxWriteBytes())) {
            case NOTHING -> {
            }
            case ONE -> sendOne(out);
            case GATHER -> sendGathered(out, message);
            case MESSAGE -> sendMessage();
        }
        if (isGreeting) {
            isGreeting = false;
            source.submit();
        }
    }

    private void sendOne(ChannelOutboundBuffer out) throws Exception {
        Op op = source.ops().begin(this, Op.SEND);
        send = op;
        zeroCopy = isWorthZeroCopy(progress.bytes());
        if (zeroCopy) {
            op.held = progress.hold(out);
            sendZeroCopy(op);
        } else {
            Sqe.send(source.ring().sqe(), fd, progress.address(), progress.bytes(), SocketOptions.MSG_NOSIGNAL, op.id());
        }
    }

    /** From a slab, the kernel has the pages already. */
    private void sendZeroCopy(Op op) {
        int fixed = source.fixedBuffer(progress.address());
        long sqe = source.ring().sqe();
        if (fixed == FixedBuffers.NONE) {
            Sqe.sendZc(sqe, fd, progress.address(), progress.bytes(), SocketOptions.MSG_NOSIGNAL,
                    UringAbi.SEND_ZC_REPORT_USAGE, op.id());
        } else {
            Sqe.sendZcFixed(sqe, fd, progress.address(), progress.bytes(), SocketOptions.MSG_NOSIGNAL,
                    UringAbi.SEND_ZC_REPORT_USAGE, fixed, op.id());
        }
    }

    private void sendGathered(ChannelOutboundBuffer out, long message) throws Exception {
        Op op = source.ops().begin(this, Op.SEND);
        send = op;
        MsgHdr.write(message, 0, 0, message + MsgHdr.BYTES, progress.buffers(), 0, 0, 0);
        long sqe = source.ring().sqe();
        zeroCopy = source.has(RingFeature.SENDMSG_ZC) && isWorthZeroCopy(progress.bytes() / progress.buffers());
        if (zeroCopy) {
            op.held = progress.hold(out);
            Sqe.sendmsgZc(sqe, fd, message, SocketOptions.MSG_NOSIGNAL, UringAbi.SEND_ZC_REPORT_USAGE, op.id());
        } else {
            Sqe.sendmsg(sqe, fd, message, SocketOptions.MSG_NOSIGNAL, op.id());
        }
    }

    private void sendMessage() {
        ByteBuf memory = messageOf(SentMessage.BYTES);
        long address = ReceiveBuffer.address(memory);
        progress.message().writeTo(address);
        Op op = source.ops().begin(this, Op.SEND);
        send = op;
        op.held = memory;
        zeroCopy = false;
        Sqe.sendmsg(source.ring().sqe(), fd, address, SocketOptions.MSG_NOSIGNAL, op.id());
    }

    private boolean isWorthZeroCopy(int bytes) {
        int least = source.zeroCopyBytes();
        return least >= 0 && bytes >= least && copiedInVain < COPIED_IN_VAIN && !progress.isFile();
    }

    private void sent(Op op, int res, int flags) {
        if ((flags & UringAbi.CQE_F_NOTIF) != 0) {
            copiedInVain = (res & UringAbi.NOTIF_USAGE_ZC_COPIED) != 0 ? copiedInVain + 1 : 0;
            return;
        }
        assert send == op : "a send completed that was not the one in flight";
        send = null;
        if (res >= 0) {
            // Listeners run in here, write and close: this send counts as in flight until all of it is accounted for. Its
            // place in the table may be another operation's by then, so nothing may cancel it.
            accounting = true;
            progress.wrote(writing, res);
            accounting = false;
            zeroCopy = false;
        } else if (zeroCopy && (res == -Errno.ENOMEM || res == -Errno.EOPNOTSUPP)) {
            copiedInVain = COPIED_IN_VAIN; // locked memory is short, or this socket has no zero copy: send by copying
        } else if (res != -Errno.ECANCELED && res != -Errno.EINTR && res != -Errno.EAGAIN) {
            if (!cancelling) {
                events.writeFailed(Errno.toException("send", res));
            }
            return;
        }
        if (!cancelling) {
            events.writable();
        }
    }

    @Override
    public boolean isWriting() {
        return send != null || accounting;
    }

    @Override
    public void cancelWrite() {
        if (send != null) {
            source.cancel(send);
        }
    }

    // ---- connecting

    @Override
    public int connect(SocketAddress remote, AddressFamily family) {
        long address = source.scratch(SockAddr.STORAGE_BYTES);
        int bytes = family.write(remote, address);
        connect = source.ops().begin(this, Op.CONNECT);
        Sqe.connect(source.ring().sqe(), fd, address, bytes, connect.id());
        return 0;
    }

    // ---- life

    @Override
    public void completed(Op op, int res, int flags, boolean more) {
        switch (op.kind) {
            case Op.RECV -> received(res, flags, more);
            case Op.SEND -> sent(op, res, flags);
            case Op.CONNECT -> {
                connect = null;
                if (!cancelling) {
                    events.connectEnded(res);
                    if (events.isConnected()) {
                        receiveOrWatch();
                    }
                }
            }
            case Op.POLL -> {
                peerEnd = null;
                if (!cancelling && res >= 0) {
                    inbound.forceRead();
                    receiveOrWatch();
                }
            }
            default -> throw new AssertionError("kind " + op.kind);
        }
        if (cancelling && !isBusy()) {
            events.drained();
        }
    }

    @Override
    public boolean isBusy() {
        return recv != null || isWriting() || connect != null || peerEnd != null;
    }

    @Override
    public void cancel() {
        cancelling = true;
        // In order behind what is prepared: a send prepared this turn is tried once before it is cancelled.
        cancel(send);
        cancel(recv);
        cancel(connect);
        cancel(peerEnd);
    }

    private void cancel(Op op) {
        if (op != null) {
            source.cancel(op);
        }
    }

    @Override
    public void close() {
        assert !isBusy() : "closed while the kernel holds operations";
        cancelling = true;
        inbound.close();
        progress.close();
        if (records != null) {
            records.close();
        }
    }
}
