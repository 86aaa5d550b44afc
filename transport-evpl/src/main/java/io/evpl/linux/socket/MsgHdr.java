package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/** struct msghdr of a 64-bit Linux. @see <a href="https://man7.org/linux/man-pages/man2/recvmsg.2.html">recvmsg(2)</a> */
public final class MsgHdr {
    public static final int BYTES = 56;

    private static final int NAME = 0;
    private static final int NAMELEN = 8;
    private static final int IOV = 16;
    private static final int IOVLEN = 24;
    private static final int CONTROL = 32;
    private static final int CONTROLLEN = 40;
    private static final int FLAGS = 48;

    private MsgHdr() {
    }

    /** Writes all fields. What {@code name}, {@code iov} and {@code control} point to (each may be 0) stays the caller's. */
    public static void write(long msghdr, long name, int nameBytes, long iov, long iovCount, long control,
                             long controlBytes, int flags) {
        NativeAddress.putLong(msghdr + NAME, name);
        NativeAddress.putLong(msghdr + NAMELEN, nameBytes);   // 4 bytes and 4 of padding: see LayoutProbeTest
        NativeAddress.putLong(msghdr + IOV, iov);
        NativeAddress.putLong(msghdr + IOVLEN, iovCount);
        NativeAddress.putLong(msghdr + CONTROL, control);
        NativeAddress.putLong(msghdr + CONTROLLEN, controlBytes);
        NativeAddress.putLong(msghdr + FLAGS, flags & 0xffffffffL);
    }

    /** After a receive: how long the sender's address is, for {@link SockAddr#read}. */
    public static int nameBytes(long msghdr) {
        return NativeAddress.getInt(msghdr + NAMELEN);
    }

    /** After a receive: how much of the control buffer the kernel filled. */
    public static long controlBytes(long msghdr) {
        return NativeAddress.getLong(msghdr + CONTROLLEN);
    }

    /** After a receive: MSG_TRUNC, MSG_CTRUNC and others. */
    public static int flags(long msghdr) {
        return NativeAddress.getInt(msghdr + FLAGS);
    }
}
