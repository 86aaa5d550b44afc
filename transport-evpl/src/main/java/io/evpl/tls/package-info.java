/** TLS on any stream channel by Netty's SslHandler, and its transmit half in the kernel where that can do it. Knows no backend. */
package io.evpl.tls;
