package io.evpl.rpc2;

/** Hears of connections. Called on each connection's loop; must not block. */
public interface RpcListener {
    /** Hears nothing. */
    RpcListener NONE = new RpcListener() {
    };

    /** The connection can be used. Called once, before its first call and before {@link #disconnected}. */
    default void connected(RpcConnection connection) {
    }

    /** The connection has ended. Called once for each that was connected, after its pending calls have failed. */
    default void disconnected(RpcConnection connection, CloseCause cause) {
    }
}
