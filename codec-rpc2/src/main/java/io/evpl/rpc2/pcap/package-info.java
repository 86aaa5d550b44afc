/**
 * What connections say, as files that Wireshark opens: what is within TLS in clear, and unix or in-process channels as if they were TCP.
 * Packets are made up from what passes through a pipeline; nothing listens to a network, and no privilege is needed.
 */
package io.evpl.rpc2.pcap;
