package io.evpl.linux.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Iovec;

import java.util.Arrays;

/** A ring's table of fixed buffers, changed as io_uring/rsrc.c does it. */
final class ScriptedBufferTable {
    private static final int ENXIO = 6;

    /** Where each begins and ends, one after the other; 0 where there is none. Null: no table. */
    private long[] bounds;
    /** What the next updates return, 0 to do them. */
    private int refusal;
    private int updates;

    void refuse(int errno) {
        refusal = -errno;
    }

    int register(long registration) {
        if (bounds != null) {
            return -Errno.EBUSY;
        }
        if (NativeAddress.getInt(registration + UringAbi.RSRC_REGISTER_FLAGS) != UringAbi.RSRC_REGISTER_SPARSE) {
            throw new AssertionError("a table that no script models");
        }
        bounds = new long[2 * NativeAddress.getInt(registration + UringAbi.RSRC_REGISTER_NR)];
        return 0;
    }

    int update(long update) {
        updates++;
        if (bounds == null) {
            return -ENXIO;
        }
        int place = NativeAddress.getInt(update + UringAbi.RSRC_UPDATE2_OFFSET);
        int count = NativeAddress.getInt(update + UringAbi.RSRC_UPDATE2_NR);
        if (count != 1 || place >= bounds.length / 2) {
            return -Errno.EINVAL;
        }
        long iovec = NativeAddress.getLong(update + UringAbi.RSRC_UPDATE2_DATA);
        if (refusal < 0 && Iovec.bytes(iovec, 0) > 0) {
            return refusal;
        }
        bounds[2 * place] = Iovec.address(iovec, 0);
        bounds[2 * place + 1] = bounds[2 * place] + Iovec.bytes(iovec, 0);
        return count;
    }

    int unregister() {
        if (bounds == null) {
            return -ENXIO;
        }
        bounds = null;
        return 0;
    }

    boolean holds(int place, long address, int bytes) {
        return bounds != null && place < bounds.length / 2 && address >= bounds[2 * place]
                && address + bytes <= bounds[2 * place + 1];
    }

    int updates() {
        return updates;
    }

    int count() {
        return bounds == null ? 0 : (int) Arrays.stream(bounds).filter(bound -> bound != 0).count() / 2;
    }
}
