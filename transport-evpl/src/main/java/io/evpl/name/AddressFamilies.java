package io.evpl.name;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The order in which addresses of both families are tried. */
public final class AddressFamilies {
    private AddressFamilies() {
    }

    /**
     * By turns one of each family, IPv6 first, each family in its own order: RFC 8305 section 4, with a First Address Family
     * Count of 1.
     */
    public static <T extends SocketAddress> List<T> interleaved(List<T> addresses) {
        List<T> ipv6 = new ArrayList<>();
        List<T> others = new ArrayList<>();
        for (T address : addresses) {
            (isIpv6(address) ? ipv6 : others).add(address);
        }
        List<T> turns = new ArrayList<>(addresses.size());
        for (int i = 0; i < Math.max(ipv6.size(), others.size()); i++) {
            if (i < ipv6.size()) {
                turns.add(ipv6.get(i));
            }
            if (i < others.size()) {
                turns.add(others.get(i));
            }
        }
        return turns;
    }

    private static boolean isIpv6(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
    }
}
