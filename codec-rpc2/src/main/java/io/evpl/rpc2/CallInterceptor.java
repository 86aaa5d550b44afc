package io.evpl.rpc2;

import io.netty.buffer.ByteBuf;

/**
 * Sees every call that has a handler before its arguments are decoded: for caches of duplicate requests, sessions, admission. One object
 * serves all connections; it is called on each one's loop and must not block.
 */
@FunctionalInterface
public interface CallInterceptor {
    /**
     * Lets a call through, or takes it over.
     *
     * @param arguments as they came, unprotected; the caller's, valid during the call. Reading must not move its indexes
     * @return true if the handler shall be called; false if the interceptor answers (or drops) the call itself, now or later
     */
    boolean intercept(RpcCall<?> call, ByteBuf arguments);
}
