package io.evpl.linux.uring;

import io.evpl.linux.socket.Iovec;

import java.lang.foreign.Arena;

import static io.evpl.linux.NativeAddress.allocate;
import static io.evpl.linux.NativeAddress.putInt;
import static io.evpl.linux.NativeAddress.putLong;

/**
 * One ring's table of fixed buffers: memory whose pages the kernel holds from {@link #put} to {@link #clear}, for operations
 * that name the place. On the ring's thread, to which SINGLE_ISSUER binds registering too. All return 0 or -errno.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/io_uring_register_buffers_sparse.3.html">io_uring_register_buffers_sparse(3)</a>
 */
public final class BufferTable {
    /** {@code IORING_MAX_REG_BUFFERS} of io_uring/rsrc.c. */
    public static final int MOST_PLACES = 1 << 14;
    /** Of one buffer: io_uring_register_buffers(3). */
    public static final long MOST_BYTES = 1L << 30;

    private final RingKernel kernel;

    public BufferTable(RingKernel kernel) {
        this.kernel = kernel;
    }

    /** Gives the ring a table of empty places; it has at most one. @param places at most {@link #MOST_PLACES} */
    public int register(int places) {
        try (Arena scratch = Arena.ofConfined()) {
            long registration = allocate(scratch, UringAbi.RSRC_REGISTER_BYTES);
            putInt(registration + UringAbi.RSRC_REGISTER_NR, places);
            putInt(registration + UringAbi.RSRC_REGISTER_FLAGS, UringAbi.RSRC_REGISTER_SPARSE);
            return kernel.register(UringAbi.REGISTER_BUFFERS2, registration, UringAbi.RSRC_REGISTER_BYTES);
        }
    }

    /**
     * Pins memory and gives it a place, whose former buffer goes.
     *
     * @param bytes at most {@link #MOST_BYTES}
     * @return also {@code -ENOMEM}: more than may be locked, RLIMIT_MEMLOCK
     */
    public int put(int place, long address, long bytes) {
        try (Arena scratch = Arena.ofConfined()) {
            long iovec = allocate(scratch, Iovec.BYTES);
            Iovec.write(iovec, 0, address, bytes);
            long update = allocate(scratch, UringAbi.RSRC_UPDATE2_BYTES);
            putInt(update + UringAbi.RSRC_UPDATE2_OFFSET, place);
            putLong(update + UringAbi.RSRC_UPDATE2_DATA, iovec);
            putInt(update + UringAbi.RSRC_UPDATE2_NR, 1);
            int result = kernel.register(UringAbi.REGISTER_BUFFERS_UPDATE, update, UringAbi.RSRC_UPDATE2_BYTES);
            return Math.min(result, 0); // how many were updated
        }
    }

    /** Empties a place; its pages go when the last operation that uses them has ended. */
    public int clear(int place) {
        return put(place, 0, 0);
    }

    /** Takes the table away with all that is in it, once no operation uses it any more. */
    public int unregister() {
        return kernel.register(UringAbi.UNREGISTER_BUFFERS, 0, 0);
    }
}
