package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/**
 * struct mmsghdr of a 64-bit Linux: a struct msghdr, which {@link MsgHdr} writes and reads, and the result of its message.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/recvmmsg.2.html">recvmmsg(2)</a>
 */
public final class MmsgHdr {
    public static final int BYTES = 64;

    private static final int LEN = 56;

    private MmsgHdr() {
    }

    /** The msghdr of element {@code index}. */
    public static long message(long mmsghdr, int index) {
        return mmsghdr + (long) index * BYTES;
    }

    /** What the kernel received or sent with element {@code index}. */
    public static int bytes(long mmsghdr, int index) {
        return NativeAddress.getInt(message(mmsghdr, index) + LEN);
    }
}
