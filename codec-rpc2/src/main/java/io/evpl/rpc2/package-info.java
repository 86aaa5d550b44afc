/** ONC RPC version 2 (RFC 5531), client and server, as handlers in a Netty pipeline. */
package io.evpl.rpc2;
