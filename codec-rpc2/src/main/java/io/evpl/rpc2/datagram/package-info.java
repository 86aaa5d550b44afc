/**
 * RPC over UDP: each message is one datagram, without a record mark (RFC 5531, section 4). A client's channel is connected, so that only
 * its server's datagrams reach it. At a server, each peer is a small channel of its own below the one that is bound, so that limits,
 * observers, calls back and everything else are those of a stream.
 */
package io.evpl.rpc2.datagram;
