package io.evpl.linux.uring;

import io.evpl.linux.NativeAddress;

/**
 * A registered ring of provided buffers, consumed as the kernel does it: in order, and with
 * {@code IOU_PBUF_RING_INC} piece by piece, moving the entry's address in the ring's own memory.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/io_uring_register_buf_ring.3.html">io_uring_register_buf_ring(3)</a>
 */
public final class ScriptedBuffers {
    /** What one receive took. {@code flags} has CQE_F_BUFFER, the buffer's id, and CQE_F_BUF_MORE if some is left. */
    record Filled(int bytes, int flags) {
    }

    private final long ring;
    private final int entries;
    private final int group;
    private final boolean incremental;
    private short head;

    private ScriptedBuffers(long ring, int entries, int group, boolean incremental) {
        this.ring = ring;
        this.entries = entries;
        this.group = group;
        this.incremental = incremental;
    }

    static ScriptedBuffers of(long registration) {
        return new ScriptedBuffers(NativeAddress.getLong(registration + UringAbi.BUF_REG_RING_ADDR),
                NativeAddress.getInt(registration + UringAbi.BUF_REG_RING_ENTRIES), groupOf(registration),
                (NativeAddress.getShort(registration + UringAbi.BUF_REG_FLAGS) & UringAbi.PBUF_RING_INC) != 0);
    }

    static int groupOf(long registration) {
        return NativeAddress.getShort(registration + UringAbi.BUF_REG_BGID) & 0xffff;
    }

    int group() {
        return group;
    }

    /** Buffers that the kernel may still take, a partly used one included. */
    public int available() {
        return (short) (NativeAddress.getShort(ring + UringAbi.BUF_RING_TAIL) - head) & 0xffff;
    }

    boolean isEmpty() {
        return available() == 0;
    }

    /** Bytes that the next buffer has room for. */
    int room() {
        return NativeAddress.getInt(ring + (long) (head & entries - 1) * UringAbi.BUF_BYTES + UringAbi.BUF_LEN);
    }

    Filled fill(byte[] data, int from) {
        long entry = ring + (long) (head & entries - 1) * UringAbi.BUF_BYTES;
        long address = NativeAddress.getLong(entry + UringAbi.BUF_ADDR);
        int room = NativeAddress.getInt(entry + UringAbi.BUF_LEN);
        int id = NativeAddress.getShort(entry + UringAbi.BUF_BID) & 0xffff;
        int bytes = Math.min(data.length - from, room);
        NativeAddress.copyIn(data, from, address, bytes);
        int flags = UringAbi.CQE_F_BUFFER | id << UringAbi.CQE_BUFFER_SHIFT;
        if (incremental && bytes < room) {
            NativeAddress.putLong(entry + UringAbi.BUF_ADDR, address + bytes);
            NativeAddress.putInt(entry + UringAbi.BUF_LEN, room - bytes);
            return new Filled(bytes, flags | UringAbi.CQE_F_BUF_MORE);
        }
        head++;
        return new Filled(bytes, flags);
    }
}
