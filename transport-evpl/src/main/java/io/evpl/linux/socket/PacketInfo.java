package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

/**
 * struct in_pktinfo and in6_pktinfo: to which address a datagram came, or from which one it is to go.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/ipv6.7.html">ipv6(7)</a>
 */
public final class PacketInfo {
    /** sizeof(struct in_pktinfo). */
    public static final int IN_BYTES = 12;
    /** sizeof(struct in6_pktinfo). */
    public static final int IN6_BYTES = 20;

    private static final int IN_IFINDEX = 0;
    private static final int IN_SPEC_DST = 4;
    private static final int IN_ADDR = 8;
    private static final int IN6_ADDR = 0;
    private static final int IN6_IFINDEX = 16;

    private PacketInfo() {
    }

    /**
     * Turns what came with a datagram into a struct sockaddr of the address it was sent to.
     *
     * @param info     of a struct in_pktinfo or in6_pktinfo
     * @param port     the socket's own
     * @param sockaddr has room for {@link SockAddr#STORAGE_BYTES}
     * @return the sockaddr's bytes
     */
    public static int toSockAddr(long info, boolean ipv6, int port, long sockaddr) {
        if (ipv6) {
            return SockAddr.writeIn6(info + IN6_ADDR, scopeOf(info), port, sockaddr);
        }
        return SockAddr.writeIn(info + IN_ADDR, port, sockaddr);
    }

    /** Only link-local addresses have a scope. RFC 4291, 2.5.6 and 2.7. */
    private static int scopeOf(long info) {
        int first = NativeAddress.getByte(info + IN6_ADDR) & 0xff;
        int second = NativeAddress.getByte(info + IN6_ADDR + 1) & 0xff;
        boolean linkLocal = first == 0xfe && (second & 0xc0) == 0x80 || first == 0xff && (second & 0x0f) == 2;
        return linkLocal ? NativeAddress.getInt(info + IN6_IFINDEX) : 0;
    }

    /**
     * Writes the source address that a datagram is to go from: the address of {@code sockaddr}, on any interface but for
     * an IPv6 scope.
     */
    public static void writeSource(long sockaddr, boolean ipv6, long info) {
        if (ipv6) {
            SockAddr.copyIn6Address(sockaddr, info + IN6_ADDR);
            NativeAddress.putInt(info + IN6_IFINDEX, SockAddr.scopeId(sockaddr));
        } else {
            NativeAddress.putInt(info + IN_IFINDEX, 0);
            NativeAddress.putInt(info + IN_ADDR, 0);
            SockAddr.copyInAddress(sockaddr, info + IN_SPEC_DST);
        }
    }
}
