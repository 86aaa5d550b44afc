package io.evpl.rpc2;

/**
 * Implements one procedure at a server.
 *
 * @param <A> arguments
 * @param <R> results
 */
@FunctionalInterface
public interface RpcHandler<A, R> {
    /**
     * Serves one call. Called on the connection's loop, so it must not block; it may answer later and from any thread, in any order.
     *
     * <p>The arguments belong to the call: their zero-copy buffers are released when it is answered (or dropped), by the run time. Who
     * needs one for longer retains it. Every call must be answered or dropped once, even if its connection is gone.
     *
     * @throws Exception what the handler could not cope with: the caller is told SYSTEM_ERR, unless the call is answered already
     */
    void handle(A arguments, RpcCall<R> call) throws Exception;
}
