package io.evpl.rpc2;

import java.util.concurrent.CompletableFuture;

/**
 * What becomes of a call. It completes on the connection's loop, at most once, with the results or with an {@link RpcException}.
 *
 * <p>{@link #cancel} forgets the call: its reply, should there be one, is ignored. The server is not told, for RPC has no word for it.
 *
 * @param <R> results
 */
public class RpcFuture<R> extends CompletableFuture<R> {
    private volatile int xid;

    RpcFuture(int xid) {
        this.xid = xid;
    }

    /** The transaction id that the call has on the wire. */
    public int xid() {
        return xid;
    }
}
