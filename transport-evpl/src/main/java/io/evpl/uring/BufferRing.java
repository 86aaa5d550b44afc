package io.evpl.uring;

import io.evpl.channel.ReceiveBuffer;
import io.evpl.linux.Errno;
import io.evpl.linux.Mapping;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.uring.Cqe;
import io.evpl.linux.uring.RingKernel;
import io.evpl.linux.uring.UringAbi;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * Receive buffers that a loop lends to the kernel, which takes one when data is there: connections that wait hold none.
 *
 * <p>With incremental consumption (Linux 6.12) the kernel fills a buffer piece by piece, and each piece is passed on as a
 * slice; without it every receive takes a whole buffer. A buffer that is used up is replaced at once from the
 * allocator, and lives on until the last slice of it is released. So that a small message does not keep a large buffer
 * alive for as long as its user has it, it is passed on as a copy, and the buffer is lent again.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/io_uring_register_buf_ring.3.html">io_uring_register_buf_ring(3)</a>
 */
final class BufferRing implements AutoCloseable {
    private final RingKernel kernel;
    private final int group;
    private final int mask;
    private final int bufferBytes;
    private final boolean incremental;
    private final ByteBufAllocator allocator;
    /** Of copies; null if there are none. */
    private final ByteBufAllocator copyAllocator;
    /** Receives of so many bytes and less are copied. */
    private final int copiedBytes;
    private final Mapping entries;
    private final ByteBuf[] buffers;
    /** Ids without a buffer, because the allocator had none; the kernel has fewer to choose from until it has again. */
    private final int[] missing;
    private int missingCount;
    private short tail;

    /** @param copyAllocator where small messages are copied to; null passes on what the kernel wrote to, whatever its size */
    BufferRing(RingKernel kernel, int group, int count, int bufferBytes, boolean incremental,
               ByteBufAllocator allocator, ByteBufAllocator copyAllocator) throws IOException {
        this.kernel = kernel;
        this.group = group;
        this.bufferBytes = bufferBytes;
        this.incremental = incremental;
        this.allocator = allocator;
        this.copyAllocator = copyAllocator;
        copiedBytes = copyAllocator == null ? -1 : Math.min(ReceiveBuffer.SMALL_BYTES, bufferBytes / 2);
        mask = count - 1;
        buffers = new ByteBuf[count];
        missing = new int[count];
        entries = Mapping.anonymous((long) count * UringAbi.BUF_BYTES);
        int result = register(UringAbi.REGISTER_PBUF_RING);
        if (result < 0) {
            entries.close();
            throw Errno.toException("io_uring_register_buf_ring", result, count + " buffers");
        }
        for (int id = 0; id < count; id++) {
            put(id);
        }
        publish();
    }

    private int register(int operation) {
        try (Arena scratch = Arena.ofConfined()) {
            long registration = NativeAddress.allocate(scratch, UringAbi.BUF_REG_BYTES);
            if (operation == UringAbi.REGISTER_PBUF_RING) {
                NativeAddress.putLong(registration + UringAbi.BUF_REG_RING_ADDR, entries.address());
                NativeAddress.putInt(registration + UringAbi.BUF_REG_RING_ENTRIES, mask + 1);
                NativeAddress.putShort(registration + UringAbi.BUF_REG_FLAGS,
                        (short) (incremental ? UringAbi.PBUF_RING_INC : 0));
            }
            NativeAddress.putShort(registration + UringAbi.BUF_REG_BGID, (short) group);
            return kernel.register(operation, registration, 1);
        }
    }

    int group() {
        return group;
    }

    /** Lends a new buffer to the kernel under {@code id}, or notes that there is none; it sees it after {@link #publish()}. */
    private void put(int id) {
        ByteBuf buffer;
        try {
            buffer = allocator.directBuffer(bufferBytes, bufferBytes);
        } catch (OutOfMemoryError e) {
            missing[missingCount++] = id; // receives that find no buffer get ENOBUFS, and bring their own
            return;
        }
        buffers[id] = buffer;
        lend(id, buffer);
    }

    private void lend(int id, ByteBuf buffer) {
        long address = buffer.hasMemoryAddress() ? buffer.memoryAddress()
                : NativeAddress.of(buffer.internalNioBuffer(0, bufferBytes));
        long entry = entries.address() + (long) (tail & mask) * UringAbi.BUF_BYTES;
        NativeAddress.putLong(entry + UringAbi.BUF_ADDR, address);
        NativeAddress.putInt(entry + UringAbi.BUF_LEN, bufferBytes);
        NativeAddress.putShort(entry + UringAbi.BUF_BID, (short) id);
        tail++;
    }

    private void publish() {
        // The entries must be visible before the tail; pairs with the kernel's load-acquire.
        NativeAddress.putShortRelease(entries.address() + UringAbi.BUF_RING_TAIL, tail);
    }

    /**
     * What a receive put into a buffer. The caller owns the result.
     *
     * @param bytes the completion's result, 0 or more
     * @param flags the completion's flags, with {@code CQE_F_BUFFER}
     */
    ByteBuf take(int bytes, int flags) {
        int id = Cqe.bufferId(flags);
        ByteBuf buffer = id <= mask ? buffers[id] : null;
        if (buffer == null || bytes > bufferBytes - buffer.writerIndex()) {
            throw new AssertionError("the kernel filled " + bytes + " bytes of buffer " + id + ": " + buffer);
        }
        int start = buffer.writerIndex();
        buffer.writerIndex(start + bytes);
        boolean usedUp = !incremental || (flags & UringAbi.CQE_F_BUF_MORE) == 0;
        ByteBuf copy = bytes <= copiedBytes ? ReceiveBuffer.copyOf(buffer, start, bytes, copyAllocator) : null;
        if (copy != null) {
            if (usedUp) {
                renew(id, buffer);
            }
            return copy;
        }
        if (!usedUp) {
            return buffer.retainedSlice(start, bytes);
        }
        replace(id);
        return buffer.readerIndex(start);
    }

    private void replace(int id) {
        buffers[id] = null;
        put(id);
        recover();
    }

    /** Of a buffer that is used up, and of whose bytes nobody has the last. */
    private void renew(int id, ByteBuf buffer) {
        if (buffer.refCnt() == 1) {
            lend(id, buffer.clear());
            recover();
        } else {
            replace(id);
            buffer.release(); // lives on for its slices
        }
    }

    /** What is lent as the buffer of a completion. The ring keeps it: it is to be taken, or left to {@link #lendAgain}. */
    ByteBuf lent(int flags) {
        int id = Cqe.bufferId(flags);
        ByteBuf buffer = id <= mask ? buffers[id] : null;
        if (buffer == null) {
            throw new AssertionError("the kernel used buffer " + id + ", which it does not have");
        }
        return buffer;
    }

    /** Lends the buffer of a completion once more: what was in it is of no further use. Not for incremental buffers. */
    void lendAgain(int flags) {
        assert !incremental : "an incremental buffer may still be in use";
        lend(Cqe.bufferId(flags), lent(flags));
        publish();
    }

    /** What the kernel may fill, as long as it is to have it. */
    long lentBytes() {
        return (long) (mask + 1 - missingCount) * bufferBytes;
    }

    /** Whether the kernel has any buffer at all. */
    boolean isLending() {
        return missingCount <= mask;
    }

    /** Lends what was replaced, and one more if the allocator has memory again. */
    void recover() {
        if (missingCount > 0) {
            put(missing[--missingCount]);
        }
        publish();
    }

    /** Takes all buffers back from the kernel, which must have no receive in flight. */
    @Override
    public void close() {
        register(UringAbi.UNREGISTER_PBUF_RING);
        entries.close();
        for (ByteBuf buffer : buffers) {
            if (buffer != null) {
                buffer.release();
            }
        }
    }
}
