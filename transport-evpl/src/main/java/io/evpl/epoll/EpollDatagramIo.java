package io.evpl.epoll;

import io.evpl.channel.AddressCache;
import io.evpl.channel.DatagramArrival;
import io.evpl.channel.DatagramBatch;
import io.evpl.channel.DatagramEvents;
import io.evpl.channel.DatagramIo;
import io.evpl.channel.ReceiveBuffer;
import io.evpl.linux.Errno;
import io.evpl.linux.Syscalls;
import io.evpl.linux.epoll.Epoll;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MmsgHdr;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.ReferenceCounted;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * One datagram socket watched by epoll: edges are remembered until a call says that there is no more. It receives and
 * sends in batches, recvmmsg(2) and sendmmsg(2).
 */
final class EpollDatagramIo implements DatagramIo, EpollSource.Target, DatagramArrival.Sink {
    /** Datagrams in one recvmmsg(2) at most. */
    static final int RECEIVE_BATCH = 64;
    private static final int FIRST_BATCH = 4;
    private static final int NAME_AND_CONTROL_BYTES = SockAddr.STORAGE_BYTES + DatagramArrival.MAX_CONTROL_BYTES;
    /** What the headers of a batch take. */
    static final int RECEIVE_BYTES = RECEIVE_BATCH * (MmsgHdr.BYTES + Iovec.BYTES + NAME_AND_CONTROL_BYTES);
    /** Results are the datagram's own length, so that it can be told how much did not fit. */
    private static final int RECEIVE_FLAGS = SocketOptions.MSG_DONTWAIT | SocketOptions.MSG_TRUNC;
    private static final int SEND_FLAGS = SocketOptions.MSG_NOSIGNAL | SocketOptions.MSG_DONTWAIT;
    /** Of such buffers: each may hold dozens of datagrams. */
    private static final int AGGREGATE_BATCH = 8;

    private final EpollSource source;
    private final DatagramEvents events;
    private final DatagramBatch batch;
    private final DatagramArrival arrival;
    private final int fd;
    private final int nameRoomBytes;
    private final int place;
    /** For the next receive: those that nobody has a part of are used again. They are kept from one read to the next with GRO only. */
    private final ByteBuf[] buffers = new ByteBuf[RECEIVE_BATCH];
    private int buffersFor;
    /**
     * As many as came the last time, and a few more, so that a batch that is not full says that there are no more: a buffer that
     * is not filled was allocated in vain, and so was a call that finds nothing.
     */
    private int batchGuess = FIRST_BATCH;
    private boolean wanted;
    private boolean readable;
    private boolean blocked;
    private boolean writeAgain;
    private boolean againAsked;
    private boolean writing;
    private int singly;
    private boolean closed;

    EpollDatagramIo(EpollSource source, DatagramEvents events, AddressCache addresses) {
        this.source = source;
        this.events = events;
        fd = events.fd();
        nameRoomBytes = events.family().nameRoomBytes();
        batch = new DatagramBatch(events, addresses);
        arrival = new DatagramArrival(events, addresses, this);
        place = source.watchChannel(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT, this);
    }

    private void askAgain() {
        if (!againAsked) {
            againAsked = true;
            source.again(this);
        }
    }

    @Override
    public void ready(int mask) {
        if (mask == 0) {
            againAsked = false;
        }
        if (closed) {
            return;
        }
        if ((mask & Epoll.EPOLLOUT) != 0 && blocked || writeAgain) {
            blocked = false;
            writeAgain = false;
            events.writable();
        }
        readable |= (mask & (Epoll.EPOLLIN | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0;
        if (!closed && readable && wanted) {
            read((mask & Epoll.EPOLLERR) != 0);
        }
    }

    // ---- receiving

    @Override
    public void beginRead() {
        wanted = true;
        if (readable) {
            askAgain();
        }
    }

    @Override
    public void stopRead() {
        wanted = false;
    }

    @Override
    public void receiveChanged() {
        // each receive looks at the options
    }

    /** One read of Netty's: batches, as long as the user's settings allow. @param hasError one waits to be read */
    private void read(boolean hasError) {
        RecvByteBufAllocator.ExtendedHandle handle = events.allocHandle();
        handle.reset(events.config());
        boolean any = false;
        int left = maxPackets();
        if (!events.usesGro()) {
            arrival.settleGro();
        }
        do {
            int count = Math.min(Math.min(batchGuess, left), events.usesGro() ? AGGREGATE_BATCH : RECEIVE_BATCH);
            int received = receive(handle, count);
            if (received < 0) {
                if (received == -Errno.EAGAIN) {
                    readable = false;
                    break;
                }
                if (received != -Errno.EINTR) {
                    failed(received);
                }
                continue;
            }
            any = true;
            wanted = false;
            left -= received;
            // Fewer than asked for: there are no more, but an error that ended the batch may be kept for the next call.
            readable = received == count || hasError;
            batchGuess = received == count ? count * 2 : Math.max(received + received / 8 + 2, FIRST_BATCH);
        } while (readable && left > 0 && !closed && events.isOpen()
                && handle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER));
        arrival.batchEnded();
        if (!readable && events.isOpen()) { // a handler may have closed it, and its descriptor's number be another's
            arrival.settleGro(); // to end it, nothing may wait
        }
        if (!events.usesGro() || closed) {
            releaseBuffers(); // those of aggregates are too large to be allocated anew for each read
        }
        if (any) {
            handle.readComplete();
            events.pipeline().fireChannelReadComplete();
        }
        if (!closed && readable && wanted) {
            askAgain();
        }
    }

    private int maxPackets() {
        return events.config().getRecvByteBufAllocator() instanceof MaxMessagesRecvByteBufAllocator limited
                ? limited.maxMessagesPerRead() : 1;
    }

    /** @return datagrams received, or -errno */
    private int receive(RecvByteBufAllocator.ExtendedHandle handle, int atMost) {
        int controlRoomBytes = events.controlBytes();
        int bytes = events.usesGro() ? DatagramArrival.AGGREGATE_BYTES : events.payloadBytes();
        if (bytes != buffersFor) {
            releaseBuffers();
            buffersFor = bytes;
        }
        long headers = source.receiveHeaders();
        int count = 0;
        int room = 0;
        try {
            for (; count < atMost; count++) {
                ByteBuf buffer = buffers[count] == null ? ReceiveBuffer.allocate(events, bytes) : buffers[count];
                buffers[count] = buffer;
                room += buffer.writableBytes();
                describe(headers, count, buffer, controlRoomBytes);
            }
        } catch (OutOfMemoryError | RuntimeException e) {
            if (count == 0) {
                events.receiveFailed(e);
                return -Errno.EAGAIN;
            }
        }
        handle.attemptedBytesRead(room);
        int received = Syscalls.recvmmsg(fd, headers, count, RECEIVE_FLAGS);
        if (received <= 0) {
            handle.lastBytesRead(received == 0 ? 0 : -1);
            return received == 0 ? -Errno.EAGAIN : received;
        }
        for (int i = 0; i < received; i++) {
            passOn(headers, i, controlRoomBytes);
        }
        return received;
    }

    private void describe(long headers, int index, ByteBuf buffer, int controlRoomBytes) {
        long vector = headers + (long) RECEIVE_BATCH * MmsgHdr.BYTES + (long) index * Iovec.BYTES;
        long name = name(headers, index);
        Iovec.write(vector, 0, ReceiveBuffer.address(buffer), buffer.writableBytes());
        MsgHdr.write(MmsgHdr.message(headers, index), name, nameRoomBytes, vector, 1, name + nameRoomBytes,
                controlRoomBytes, 0);
    }

    private static long name(long headers, int index) {
        return headers + (long) RECEIVE_BATCH * (MmsgHdr.BYTES + Iovec.BYTES)
                + (long) index * NAME_AND_CONTROL_BYTES;
    }

    private void passOn(long headers, int index, int controlRoomBytes) {
        ByteBuf buffer = buffers[index];
        long message = MmsgHdr.message(headers, index);
        int actual = MmsgHdr.bytes(headers, index);
        long name = name(headers, index);
        int room = ReceiveBuffer.isGuessed(events) ? buffer.capacity() : 0; // else it is passed on as the user's allocator made it
        int start = buffer.writerIndex();
        int bytes = Math.min(actual, buffer.writableBytes());
        arrival.arrived(room > 0 ? buffer.retainedSlice(start, bytes) : buffer.retain().writerIndex(start + bytes), room, actual, name,
                MsgHdr.nameBytes(message), name + nameRoomBytes,
                Math.min(MsgHdr.controlBytes(message), controlRoomBytes), MsgHdr.flags(message));
        if (room == 0 || buffer.refCnt() > 1) {
            buffers[index] = null; // lives on until the last slice is released
            buffer.release();
        }
    }

    private void releaseBuffers() {
        for (int i = 0; i < RECEIVE_BATCH; i++) {
            if (buffers[i] != null) {
                buffers[i].release();
                buffers[i] = null;
            }
        }
    }

    @Override
    public void packet(ReferenceCounted packet, int bytes) {
        if (closed || !events.isOpen()) {
            packet.release();
            return;
        }
        RecvByteBufAllocator.ExtendedHandle handle = events.allocHandle();
        handle.lastBytesRead(Math.max(bytes, 1));
        handle.incMessagesRead(1);
        events.traffic().received(bytes);
        events.pipeline().fireChannelRead(packet);
    }

    private void failed(int result) {
        if (Errno.isBug(result)) {
            throw new AssertionError("recvmmsg: " + Errno.text(-result));
        }
        events.receiveFailed(result);
    }

    // ---- sending

    @Override
    public void write(ChannelOutboundBuffer out) {
        if (blocked || writing) {
            return;
        }
        writing = true; // promises complete in here, and their listeners write
        int spins = events.config().getWriteSpinCount();
        while (!blocked && hasMore(out) && spins-- > 0) {
            sendBatch(out);
        }
        writing = false;
        if (!closed && !blocked && hasMore(out)) {
            writeAgain = true;
            askAgain();
        }
    }

    private static boolean hasMore(ChannelOutboundBuffer out) {
        DatagramBatch.dropCancelled(out);
        return !out.isEmpty();
    }

    private void sendBatch(ChannelOutboundBuffer out) {
        int most = Math.min(out.size(), singly > 0 ? 1 : DatagramBatch.MAX_PACKETS);
        int messages = batch.prepare(out, 0, most, source.sendHeaders());
        int sent = Syscalls.sendmmsg(fd, batch.messages(), messages, SEND_FLAGS);
        if (sent == -Errno.EAGAIN) {
            blocked = true;
        } else if (sent >= 0) {
            int packets = 0;
            for (int i = 0; i < sent; i++) {
                packets += batch.packets(i);
            }
            singly = Math.max(singly - packets, 0);
            for (; packets > 0; packets--) {
                batch.sent(out);
            }
        } else if (sent != -Errno.EINTR) {
            refused(out, sent);
        }
    }

    /** The first message was refused: the one datagram in it, or the segments, each of which is then sent alone. */
    private void refused(ChannelOutboundBuffer out, int result) {
        int packets = batch.packets(0);
        if (packets > 1 && batch.isRefusedForItsSegments(result, batch.segmentBytes(0))) {
            singly = packets;
            return;
        }
        singly = packets > 1 ? packets - 1 : Math.max(singly - 1, 0);
        batch.refused(out, result);
    }

    // ---- life

    @Override
    public boolean isBusy() {
        return false;
    }

    @Override
    public void cancel() {
        throw new AssertionError("the kernel holds nothing of a channel on epoll");
    }

    @Override
    public void close() {
        closed = true;
        releaseBuffers();
        source.unwatch(fd, place);
    }
}
