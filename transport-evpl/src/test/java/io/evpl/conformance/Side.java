package io.evpl.conformance;

/** Which end of a connection; of a pair of datagram sockets, the one bound second is the client. */
enum Side {
    CLIENT, SERVER;

    Side peer() {
        return switch (this) {
            case CLIENT -> SERVER;
            case SERVER -> CLIENT;
        };
    }
}
