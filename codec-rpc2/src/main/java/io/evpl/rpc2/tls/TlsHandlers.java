package io.evpl.rpc2.tls;

import io.netty.channel.ChannelPipeline;

/**
 * Puts TLS into a pipeline that is in use. What {@link RpcTlsServer#builder} and {@link RpcTlsClient#builder} make does it by an
 * {@code SslHandler}; another one may have the kernel encrypt, say. One object serves all connections, on each one's loop.
 */
@FunctionalInterface
public interface TlsHandlers {
    /**
     * Adds the handlers of TLS right before another one. An {@link io.netty.handler.ssl.SslHandler} must be among them when the handshake is
     * done, and must have negotiated the application protocol {@value RpcTlsSession#APPLICATION_PROTOCOL}; a
     * {@link io.netty.handler.ssl.SslHandshakeCompletionEvent} must say that it is. A client's check the server's name.
     *
     * @param before name of the handler that gets what was decrypted
     * @param host   whom a client expects; null at a server, and at a client that takes any name
     * @param port   with the host, which session may be resumed
     * @throws RuntimeException if it cannot be: the connection is closed
     */
    void addBefore(ChannelPipeline pipeline, String before, String host, int port);
}
