package io.evpl.epoll;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.ReceiveBuffer;
import io.evpl.channel.ReceivedDescriptors;
import io.evpl.channel.ReceivedRecord;
import io.evpl.channel.RecordFraming;
import io.evpl.channel.StreamEvents;
import io.evpl.channel.StreamIo;
import io.evpl.channel.WriteProgress;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.epoll.Epoll;
import io.evpl.linux.socket.DescriptorMessage;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.MsgHdr;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.linux.socket.TlsRecordMessage;
import io.evpl.metrics.TrafficCounters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.RecvByteBufAllocator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.SocketAddress;

/** One connection watched by epoll: edges are remembered until a call says that there is no more. */
final class EpollStreamIo implements StreamIo, EpollSource.Target {
    private static final int SEND_FLAGS = SocketOptions.MSG_NOSIGNAL | SocketOptions.MSG_DONTWAIT;
    private static final int NOT_WATCHED = -1;

    private final EpollSource source;
    private final StreamEvents events;
    private final TrafficCounters traffic;
    private final WriteProgress progress;
    private final int fd;
    private final boolean carriesDescriptors;
    private int place = NOT_WATCHED;
    private boolean wanted;
    private boolean readable;
    private boolean peerEnded;
    private boolean inputOver;
    private boolean blocked;
    private boolean writeAgain;
    private boolean againAsked;
    private boolean connecting;
    private boolean connectedAtOnce;
    private boolean closed;

    EpollStreamIo(EpollSource source, StreamEvents events) {
        this.source = source;
        this.events = events;
        this.fd = events.fd();
        traffic = events.traffic();
        progress = new WriteProgress(traffic);
        carriesDescriptors = events.mayCarryDescriptors();
        if (events.isConnected()) {
            watch();
        }
    }

    private void watch() {
        place = source.watchChannel(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP, this);
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
        if (connecting && (mask != 0 || connectedAtOnce)) {
            finishConnect();
            if (closed) {
                return;
            }
        }
        // What is to be written on waits for the turn it asked for: in this one it had its share.
        if ((mask & Epoll.EPOLLOUT) != 0 && blocked || mask == 0 && writeAgain) {
            blocked = false;
            writeAgain = false;
            events.writable();
        }
        if ((mask & (Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0) {
            readable = true;
            peerEnded |= (mask & (Epoll.EPOLLRDHUP | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0;
        }
        // The peer has gone: what it left is passed on although nobody reads, so that the end can follow.
        if (!closed && readable && (wanted || peerEnded)) {
            read();
        }
    }

    // ---- connecting

    @Override
    public int connect(SocketAddress remote, AddressFamily family) {
        int result;
        try (Arena arena = Arena.ofConfined()) {
            long address = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            result = Syscalls.connect(fd, address, family.write(remote, address));
        }
        if (result < 0 && result != -Errno.EINPROGRESS) {
            return result;
        }
        connecting = true;
        // Watched only now: epoll reports a socket that was never connected as hung up.
        watch();
        if (result == 0) {
            connectedAtOnce = true;
            askAgain();
        }
        return 0;
    }

    private void finishConnect() {
        connecting = false;
        long error = SocketOptions.getInt(fd, SocketOptions.SOL_SOCKET, SocketOptions.SO_ERROR);
        events.connectEnded((int) (error > 0 ? -error : error));
    }

    // ---- reading

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

    /** One read of Netty's: a run of receives, as long as the user's settings allow. */
    private void read() {
        if (inputOver || isHeldBack()) {
            return;
        }
        RecvByteBufAllocator.ExtendedHandle handle = events.allocHandle();
        handle.reset(events.config());
        int received;
        boolean any = false;
        do {
            received = events.wantsDescriptors() ? receiveDescriptors(handle) : receiveBytes(handle);
            any |= received > 0;
        } while (received > 0 && !closed && events.isOpen() && !isHeldBack() && handle.continueReading());
        if (any) {
            handle.readComplete();
            events.pipeline().fireChannelReadComplete();
        }
        if (received <= 0 && received != -Errno.EAGAIN && received != -Errno.EINTR && received != -Errno.ENOMEM) {
            endOfInput(received);
        } else if (!closed) {
            readAgain();
        }
    }

    private void readAgain() {
        if (readable && (wanted || peerEnded) && !isHeldBack()) {
            askAgain();
        }
    }

    private boolean isHeldBack() {
        RecordFraming framing = events.framing();
        return framing != null && framing.wantedBytes() == RecordFraming.NOTHING;
    }

    /** @return bytes received and passed on, 0 at the end, or -errno; -ENOMEM is reported already */
    private int receiveBytes(RecvByteBufAllocator.ExtendedHandle handle) {
        ByteBuf buffer;
        RecordFraming framing = events.framing();
        int wantedBytes = framing == null ? 0 : framing.wantedBytes();
        boolean records = framing != null && wantedBytes == RecordFraming.CONTENT;
        try {
            buffer = ReceiveBuffer.allocate(events, wantedBytes);
        } catch (OutOfMemoryError | RuntimeException e) {
            readable = false;
            events.receiveFailed(e);
            return -Errno.ENOMEM;
        }
        int room = buffer.writableBytes();
        int received = carriesDescriptors ? recvmsg(ReceiveBuffer.address(buffer), room)
                : records ? receiveRecords(ReceiveBuffer.address(buffer), room)
                : (int) Syscalls.recv(fd, ReceiveBuffer.address(buffer), room, SocketOptions.MSG_DONTWAIT);
        received(handle, received, room);
        readable |= carriesDescriptors && received > 0
                && (MsgHdr.flags(source.message()) & SocketOptions.MSG_CTRUNC) != 0;
        if (received > 0) {
            readable |= records; // a receive ends behind a record of another type, though there is more
            buffer.writerIndex(buffer.writerIndex() + received);
            ByteBuf bytes = ReceiveBuffer.fitted(buffer, events);
            events.pipeline().fireChannelRead(records ? ReceivedRecord.of(bytes, source.message()) : bytes);
        } else {
            buffer.release();
        }
        return received;
    }

    /**
     * A receive ends behind bytes that came with descriptors, though there is more: only a message's flags tell. The kernel
     * closes those descriptors, as for recv(2).
     */
    private int recvmsg(long address, int room) {
        long message = source.message();
        Iovec.write(message + MsgHdr.BYTES, 0, address, room);
        MsgHdr.write(message, 0, 0, message + MsgHdr.BYTES, 1, 0, 0, 0);
        return (int) Syscalls.recvmsg(fd, message, SocketOptions.MSG_DONTWAIT);
    }

    /** The content of TLS records of one type; {@link ReceivedRecord#of} tells which. */
    private int receiveRecords(long address, int room) {
        long message = source.message();
        TlsRecordMessage.writeReceived(message, address, room);
        return (int) Syscalls.recvmsg(fd, message, SocketOptions.MSG_DONTWAIT);
    }

    /** As {@link #receiveBytes}, for the descriptors of one message. */
    private int receiveDescriptors(RecvByteBufAllocator.ExtendedHandle handle) {
        long message = source.message();
        DescriptorMessage.writeReceived(message);
        int received = (int) Syscalls.recvmsg(fd, message, DescriptorMessage.RECEIVE_FLAGS | SocketOptions.MSG_DONTWAIT);
        received(handle, received, 1);
        if (received > 0) {
            ReceivedDescriptors.of(message).passOn(events);
        }
        return received;
    }

    private void received(RecvByteBufAllocator.ExtendedHandle handle, int received, int room) {
        handle.attemptedBytesRead(room);
        handle.lastBytesRead(Math.max(received, 0));
        if (received > 0) {
            // Less than asked for: there is no more, unless the peer's end is behind it. epoll(7).
            readable = received == room || peerEnded;
            wanted = false;
            handle.incMessagesRead(1);
            traffic.received(received);
        } else if (received == -Errno.EAGAIN) {
            readable = false;
        }
    }

    @Override
    public void receiveAnew() {
        readAgain(); // nothing waits in the kernel: each receive asks anew
    }

    private void endOfInput(int result) {
        inputOver = true;
        readable = false;
        if (closed || !events.isOpen()) {
            return;
        }
        if (result == 0) {
            events.inputEnded();
        } else {
            events.inputFailed(result);
        }
    }

    // ---- writing

    @Override
    public void write(ChannelOutboundBuffer out) throws Exception {
        long message = source.message();
        int left = events.maxWriteBytes();
        for (int spins = events.config().getWriteSpinCount(); spins > 0 && left > 0; spins--) {
            int taken;
            switch (progress.next(out, message + MsgHdr.BYTES, WriteProgress.MAX_BUFFERS, left)) {
                case NOTHING -> {
                    return;
                }
                case ONE -> taken = (int) Syscalls.send(fd, progress.address(), progress.bytes(), SEND_FLAGS);
                case GATHER -> {
                    MsgHdr.write(message, 0, 0, message + MsgHdr.BYTES, progress.buffers(), 0, 0, 0);
                    taken = (int) Syscalls.sendmsg(fd, message, SEND_FLAGS);
                }
                case MESSAGE -> {
                    progress.message().writeTo(message);
                    taken = (int) Syscalls.sendmsg(fd, message, SEND_FLAGS);
                }
                default -> throw new AssertionError();
            }
            if (taken == -Errno.EAGAIN) {
                blocked = true;
                return;
            }
            if (taken >= 0) {
                left -= taken;
                progress.wrote(out, taken);
            } else if (taken != -Errno.EINTR) {
                throw failure(taken);
            }
        }
        if (!out.isEmpty()) {
            writeAgain = true;
            askAgain();
        }
    }

    private static IOException failure(int result) {
        return Errno.toException("send", result);
    }

    @Override
    public boolean isWriting() {
        return blocked || writeAgain;
    }

    @Override
    public void cancelWrite() {
        if (isWriting()) {
            blocked = false;
            writeAgain = false;
            events.writable();
        }
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
        progress.close();
        if (place != NOT_WATCHED) {
            source.unwatch(fd, place);
            place = NOT_WATCHED;
        }
    }
}
