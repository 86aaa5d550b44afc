package io.evpl.rpc2;

import io.netty.channel.ChannelPipeline;

/** Protects the channels of connections, once the peer has agreed to it by messages of RPC: {@code io.evpl.rpc2.tls}. Thread-safe. */
public interface ConnectionSecurity {
    /**
     * Adds a handler to the end of a pipeline, between a connection and its records: it sees every message before the connection does.
     * Called on whatever thread installs the connection, once for each.
     *
     * @return true if the connection waits with its first call until the handler fires {@code channelActive}; false if it begins as soon
     *         as the channel is active
     */
    boolean install(ChannelPipeline pipeline, RecordDecoder records, RpcConnection connection);
}
