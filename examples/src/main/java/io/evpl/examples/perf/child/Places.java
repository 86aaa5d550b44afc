package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Link;
import io.evpl.examples.perf.scenario.Transport;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a server is reached: as text on the control lines, as an address for the transport that is to use it. The text is a port of
 * 127.0.0.1, 0 for any; the path of a socket; or a name within the JVM.
 */
final class Places {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private Places() { }

    static SocketAddress address(Link link, Transport transport, String place) {
        return switch (link) {
            case TCP, TLS, UDP, RPC -> new InetSocketAddress(loopback(), Integer.parseInt(place));
            // Netty's NIO channels for unix sockets take the JDK's address, all others Netty's.
            case UNIX -> transport == Transport.NIO ? UnixDomainSocketAddress.of(place) : new DomainSocketAddress(place);
            case INPROC -> new LocalAddress(place);
        };
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(LOOPBACK);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    /** @return the text for a server that was bound to {@code asked}, and now is at {@code bound} */
    static String bound(Link link, String asked, SocketAddress bound) {
        return switch (link) {
            case TCP, TLS, UDP, RPC -> Integer.toString(((InetSocketAddress) bound).getPort());
            case UNIX, INPROC -> asked;
        };
    }
}
