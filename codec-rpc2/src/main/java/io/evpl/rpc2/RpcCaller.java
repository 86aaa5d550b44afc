package io.evpl.rpc2;

/** Calls procedures of whoever is at the other end. */
public interface RpcCaller {
    /**
     * Calls a procedure. From any thread; returns at once.
     *
     * <p>The arguments' zero-copy buffers become the run time's: they are released once the call is encoded, or has failed before that.
     * The results belong to the caller, who gives their zero-copy buffers back with {@code procedure.result().release(value)}.
     *
     * <p>The future fails with a kind of {@link RpcException}, or with an {@link io.evpl.xdr.XdrException} if the arguments break a
     * bound of their type. It completes on the connection's loop: what is chained to it without an executor must not block.
     */
    <A, R> RpcFuture<R> call(RpcProcedure<A, R> procedure, A arguments, CallOptions options);

    /** Calls a procedure with the caller's own settings. */
    default <A, R> RpcFuture<R> call(RpcProcedure<A, R> procedure, A arguments) {
        return call(procedure, arguments, CallOptions.DEFAULT);
    }
}
