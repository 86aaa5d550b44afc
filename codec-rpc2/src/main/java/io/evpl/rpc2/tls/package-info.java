/**
 * RPC-with-TLS (RFC 9289), client and server: a connection begins in the clear, the client asks by a NULL call of flavor AUTH_TLS, and
 * TLS 1.3 is begun on the same connection, with the application protocol {@code sunrpc}.
 *
 * <h2>Where to begin</h2>
 * {@link io.evpl.rpc2.tls.RpcTlsServer} and {@link io.evpl.rpc2.tls.RpcTlsClient} are settings for
 * {@link io.evpl.rpc2.RpcServer.Builder#tls} and {@link io.evpl.rpc2.RpcConfig.Builder#tls};
 * {@link io.evpl.rpc2.tls.RpcTlsSession} tells a handler who is at the other end.
 *
 * <h2>How it works</h2>
 * {@code ServerStart} or {@code ClientStart} stands between the records and the connection. When both sides have agreed it puts the
 * handlers of TLS ({@link io.evpl.rpc2.tls.TlsHandlers}) before the records, if not a single byte has come that was not agreed upon: such
 * a byte was sent in the clear, by whomever, and must not be taken for a part of what TLS protects.
 */
package io.evpl.rpc2.tls;
