package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/**
 * struct cmsghdr of a 64-bit Linux: the items of a message's control buffer, each a header and its data, padded to 8 bytes.
 * An item is known by its address; 0 is none. What the kernel wrote is checked before it is followed.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/cmsg.3.html">cmsg(3)</a>
 */
public final class Cmsg {
    /** sizeof(struct cmsghdr). */
    public static final int BYTES = 16;

    private static final int LEN = 0;
    private static final int LEVEL = 8;
    private static final int TYPE = 12;
    /** CMSG_ALIGN: items begin at multiples of this. */
    private static final int ALIGNMENT = 8;

    private Cmsg() {
    }

    /** CMSG_SPACE: what an item with so many bytes of data takes in a control buffer. */
    public static int space(int dataBytes) {
        return BYTES + align(dataBytes);
    }

    private static int align(int bytes) {
        return bytes + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** Writes an item's header at {@code cmsg}, which has {@link #space} bytes. @return where its data goes, CMSG_DATA */
    public static long write(long cmsg, int level, int type, int dataBytes) {
        NativeAddress.putLong(cmsg + LEN, BYTES + dataBytes);
        NativeAddress.putInt(cmsg + LEVEL, level);
        NativeAddress.putInt(cmsg + TYPE, type);
        return cmsg + BYTES;
    }

    /**
     * The first item.
     *
     * @param control      the control buffer
     * @param controlBytes how much of it the kernel filled: {@link MsgHdr#controlBytes}
     * @return 0 if there is none that lies wholly inside
     */
    public static long first(long control, long controlBytes) {
        return whole(control, control + controlBytes);
    }

    /** The item after {@code cmsg}, which {@link #first} or this method returned. @return as {@link #first} */
    public static long next(long cmsg, long control, long controlBytes) {
        return whole(cmsg + space(dataBytes(cmsg)), control + controlBytes);
    }

    private static long whole(long cmsg, long end) {
        if (end - cmsg < BYTES) {
            return 0;
        }
        long bytes = NativeAddress.getLong(cmsg + LEN);
        return bytes < BYTES || bytes > end - cmsg ? 0 : cmsg;
    }

    public static boolean is(long cmsg, int level, int type) {
        return NativeAddress.getInt(cmsg + LEVEL) == level && NativeAddress.getInt(cmsg + TYPE) == type;
    }

    public static long data(long cmsg) {
        return cmsg + BYTES;
    }

    public static int dataBytes(long cmsg) {
        return (int) NativeAddress.getLong(cmsg + LEN) - BYTES;
    }

    /** Looks for an item with at least so many bytes of data. @return where they are, or 0 */
    public static long find(long control, long controlBytes, int level, int type, int dataBytes) {
        for (long item = first(control, controlBytes); item != 0; item = next(item, control, controlBytes)) {
            if (is(item, level, type) && dataBytes(item) >= dataBytes) {
                return data(item);
            }
        }
        return 0;
    }
}
