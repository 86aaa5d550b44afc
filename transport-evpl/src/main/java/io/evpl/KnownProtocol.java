package io.evpl;

import io.evpl.EvplEndpoint.Kind;
import io.evpl.EvplProtocol.Need;

import java.util.EnumSet;
import java.util.Set;

import static io.evpl.EvplProtocol.Need.CONNECTED;
import static io.evpl.EvplProtocol.Need.DATAGRAM;
import static io.evpl.EvplProtocol.Need.ENCRYPTED;
import static io.evpl.EvplProtocol.Need.RDMA;
import static io.evpl.EvplProtocol.Need.RELIABLE;
import static io.evpl.EvplProtocol.Need.STREAM;

/**
 * libevpl's protocols: what each is, whoever provides it. Their order is the one in which {@link EvplProtocol#best}
 * prefers them. What speaks plain TCP or UDP on the wire comes first, the cheapest way first; what needs a peer of its
 * own kind comes after, hardware before emulation.
 */
enum KnownProtocol {
    STREAM_XLIO_TCP(Kind.INET, "add io.evpl:transport-xlio", STREAM, CONNECTED, RELIABLE),
    STREAM_IO_URING_TCP(Kind.INET, "", STREAM, CONNECTED, RELIABLE),
    STREAM_SOCKET_TCP(Kind.INET, "", STREAM, CONNECTED, RELIABLE),
    DATAGRAM_SOCKET_UDP(Kind.INET, "", DATAGRAM),
    STREAM_SOCKET_TLS(Kind.INET, "put io.netty:netty-handler, which transport-evpl depends on, back on the class path", STREAM, CONNECTED,
            RELIABLE, ENCRYPTED),
    STREAM_RDMACM_RC(Kind.INET, "add io.evpl:transport-rdma", STREAM, CONNECTED, RELIABLE, RDMA),
    DATAGRAM_RDMACM_RC(Kind.INET, "add io.evpl:transport-rdma", DATAGRAM, CONNECTED, RELIABLE, RDMA),
    DATAGRAM_TCP_RDMA(Kind.INET, "add io.evpl:transport-rdma", DATAGRAM, CONNECTED, RELIABLE, RDMA),
    DATAGRAM_RDMACM_UD(Kind.INET, "add io.evpl:transport-rdma", DATAGRAM),
    STREAM_SOCKET_UNIX(Kind.LOCAL, "", STREAM, CONNECTED, RELIABLE),
    STREAM_INPROC(Kind.INPROC, "", STREAM, CONNECTED, RELIABLE),
    DATAGRAM_INPROC(Kind.INPROC, "", DATAGRAM, CONNECTED, RELIABLE, RDMA);

    final Kind kind;
    /** What to do where no module on the class path provides it. */
    final String remedy;
    final Set<Need> traits;

    KnownProtocol(Kind kind, String remedy, Need first, Need... more) {
        this.kind = kind;
        this.remedy = remedy;
        traits = EnumSet.of(first, more);
    }

    /** @return null if libevpl has none of this name */
    static KnownProtocol ofName(String name) {
        for (KnownProtocol known : values()) {
            if (known.name().equals(name)) {
                return known;
            }
        }
        return null;
    }
}
