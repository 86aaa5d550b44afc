package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/** struct iovec of a 64-bit Linux. @see <a href="https://man7.org/linux/man-pages/man3/iovec.3type.html">iovec(3type)</a> */
public final class Iovec {
    public static final int BYTES = 16;

    private static final int BASE = 0;
    private static final int LEN = 8;

    private Iovec() {
    }

    /** Writes element {@code index} of the array at {@code iov}. */
    public static void write(long iov, int index, long address, long bytes) {
        long entry = iov + (long) index * BYTES;
        NativeAddress.putLong(entry + BASE, address);
        NativeAddress.putLong(entry + LEN, bytes);
    }

    public static long address(long iov, int index) {
        return NativeAddress.getLong(iov + (long) index * BYTES + BASE);
    }

    public static long bytes(long iov, int index) {
        return NativeAddress.getLong(iov + (long) index * BYTES + LEN);
    }
}
