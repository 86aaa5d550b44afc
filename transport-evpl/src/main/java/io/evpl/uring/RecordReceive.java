package io.evpl.uring;

import io.evpl.channel.ReceiveBuffer;
import io.evpl.channel.ReceivedRecord;
import io.evpl.linux.socket.TlsRecordMessage;
import io.evpl.linux.uring.Sqe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ReferenceCounted;

/**
 * Receives of a connection whose kernel decrypts TLS: a message each, because only a control message tells a record's type.
 * Not multishot: that would put the control messages of each receive into the lent buffer before its content, which then
 * begins anywhere, and it has the kernel go on by itself past a record that calls for other keys.
 */
final class RecordReceive implements AutoCloseable {
    private final UringSource source;
    private final int fd;
    /** What the kernel looks at and writes to until the completion: scratch is reused before. */
    private final ByteBuf message = PooledByteBufAllocator.DEFAULT.directBuffer(TlsRecordMessage.RECEIVED_BYTES);

    RecordReceive(UringSource source, int fd) {
        this.source = source;
        this.fd = fd;
    }

    private long address() {
        return ReceiveBuffer.address(message);
    }

    /** Prepares a receive. @param own where to; null if the kernel picks a buffer of the loop's */
    void arm(Op recv, ByteBuf own) {
        if (own == null) {
            TlsRecordMessage.writeReceived(address(), 0, 0);
            recv.held = message.retain();
            Sqe.recvmsgSelect(source.ring().sqe(), fd, address(), 0, source.buffers().group(), recv.id());
        } else {
            TlsRecordMessage.writeReceived(address(), ReceiveBuffer.address(own), own.writableBytes());
            recv.held = new ByteBuf[] {message.retain(), own.retain()};
            Sqe.recvmsg(source.ring().sqe(), fd, address(), 0, recv.id());
        }
    }

    /** What a receive brought, as the channel passes it on. Takes {@code content}. */
    ReferenceCounted typed(ByteBuf content) {
        return ReceivedRecord.of(content, address());
    }

    /** The kernel has no receive of this connection's any more. */
    @Override
    public void close() {
        message.release();
    }
}
