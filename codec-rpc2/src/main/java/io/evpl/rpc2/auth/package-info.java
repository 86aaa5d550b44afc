/**
 * Who calls, and how it is proven: flavors of authentication (RFC 5531, section 8.2) behind one interface for servers and one for clients.
 *
 * <p>A server is given {@link io.evpl.rpc2.auth.ServerAuth}s, one per flavor that it takes; a call of any other flavor is refused. A
 * client is given a {@link io.evpl.rpc2.auth.ClientAuth}, for all calls or for one. {@link io.evpl.rpc2.auth.AuthNone} and
 * {@link io.evpl.rpc2.auth.AuthSys} are here.
 */
package io.evpl.rpc2.auth;
