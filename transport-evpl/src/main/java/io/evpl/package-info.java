/**
 * The front door: all that a user of the transport imports. {@link io.evpl.EvplEventLoopGroup} and
 * {@link io.evpl.EvplServerSocketChannel} are what an existing Netty server changes.
 */
package io.evpl;
