package io.evpl.linux.uring;

import static io.evpl.linux.NativeAddress.getInt;
import static io.evpl.linux.NativeAddress.getLong;

/** Reads a completion queue entry, {@code struct io_uring_cqe}. */
public final class Cqe {
    public static final int BYTES = 16;
    public static final int USER_DATA = 0;
    public static final int RES = 8;
    public static final int FLAGS = 12;

    private Cqe() {
    }

    static long userData(long cqe) {
        return getLong(cqe + USER_DATA);
    }

    static int res(long cqe) {
        return getInt(cqe + RES);
    }

    static int flags(long cqe) {
        return getInt(cqe + FLAGS);
    }

    /** The operation will complete again: its slot stays taken. */
    public static boolean hasMore(int flags) {
        return (flags & UringAbi.CQE_F_MORE) != 0;
    }

    public static boolean hasBuffer(int flags) {
        return (flags & UringAbi.CQE_F_BUFFER) != 0;
    }

    public static int bufferId(int flags) {
        return flags >>> UringAbi.CQE_BUFFER_SHIFT;
    }
}
