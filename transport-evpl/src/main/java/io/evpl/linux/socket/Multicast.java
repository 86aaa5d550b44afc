package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Membership of multicast groups, with the protocol-independent requests of RFC 3678.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3678#section-5">RFC 3678, section 5</a>
 */
public final class Multicast {
    // struct group_req, struct group_source_req
    private static final int REQ_BYTES = 136;
    private static final int REQ_INTERFACE = 0;
    private static final int REQ_GROUP = 8;
    private static final int SOURCE_REQ_BYTES = 264;
    private static final int SOURCE_REQ_SOURCE = 136;
    // struct ip_mreqn
    private static final int MREQN_BYTES = 12;
    private static final int MREQN_IFINDEX = 8;

    private Multicast() {
    }

    /**
     * Changes the membership of a socket.
     *
     * @param request        MCAST_*
     * @param interfaceIndex 0 lets the kernel choose by its routes
     * @param source         for requests about one source, else null
     * @return 0, or -errno
     */
    public static int request(int fd, int request, InetAddress group, int interfaceIndex, InetAddress source) {
        boolean ipv6 = group instanceof Inet6Address;
        try (Arena arena = Arena.ofConfined()) {
            long at = NativeAddress.allocate(arena, SOURCE_REQ_BYTES);
            NativeAddress.putInt(at + REQ_INTERFACE, interfaceIndex);
            SockAddr.write(new InetSocketAddress(group, 0), ipv6, at + REQ_GROUP);
            if (source != null) {
                SockAddr.write(new InetSocketAddress(source, 0), ipv6, at + SOURCE_REQ_SOURCE);
            }
            return SocketOptions.setBytes(fd, ipv6 ? SocketOptions.IPPROTO_IPV6 : SocketOptions.IPPROTO_IP, request, at,
                    source == null ? REQ_BYTES : SOURCE_REQ_BYTES);
        }
    }

    /** Chooses the interface that outgoing multicast takes: IPv4. @param interfaceIndex 0 leaves it to the routes @return 0, or -errno */
    public static int sendIpv4Through(int fd, int interfaceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            long at = NativeAddress.allocate(arena, MREQN_BYTES);
            NativeAddress.putInt(at + MREQN_IFINDEX, interfaceIndex);
            return SocketOptions.setBytes(fd, SocketOptions.IPPROTO_IP, SocketOptions.IP_MULTICAST_IF, at, MREQN_BYTES);
        }
    }
}
