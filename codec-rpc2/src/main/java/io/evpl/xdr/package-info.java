/** XDR (RFC 4506): what generated code is made of. Knows Netty's buffers and nothing else. */
package io.evpl.xdr;
