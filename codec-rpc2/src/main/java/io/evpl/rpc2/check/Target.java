package io.evpl.rpc2.check;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The server that is checked, and what is known of it. */
public record Target(InetSocketAddress address, int program, int version, CheckOptions options) {
    /** A number of the range for users (RFC 5531 section 8.3) that nobody has. */
    static final int NO_PROGRAM = 0x3fff_fff1;

    Wire open() throws IOException {
        return options.udp() ? new UdpWire(address, options.patienceMs()) : new TcpWire(address, options.patienceMs());
    }

    /** NULL, AUTH_NONE: the call that always succeeds. */
    RawCall call(int xid) {
        return call(xid, 0);
    }

    RawCall call(int xid, int procedure) {
        return new RawCall(xid, program, version, procedure);
    }

    @Override
    public String toString() {
        return String.format("program %s version %d at %s:%d over %s", Integer.toUnsignedString(program), version,
                address.getHostString(), address.getPort(), options.udp() ? "UDP" : "TCP");
    }
}
