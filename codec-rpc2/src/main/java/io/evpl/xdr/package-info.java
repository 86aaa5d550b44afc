/**
 * XDR (RFC 4506): what generated code is made of. Knows Netty's buffers and nothing else.
 *
 * <p>{@link io.evpl.xdr.XdrCodec} is the contract of a type, {@link io.evpl.xdr.XdrEncoder} and {@link io.evpl.xdr.XdrDecoder} are
 * the message that is being written or read.
 */
package io.evpl.xdr;
