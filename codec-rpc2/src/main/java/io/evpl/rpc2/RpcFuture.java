package io.evpl.rpc2;

import java.util.concurrent.CompletableFuture;

/**
 * What becomes of a call. It completes on the connection's loop, at most once, with the results or with an {@link RpcException}.
 *
 * <p>{@link #cancel} forgets the call, as does whoever completes the future otherwise: its reply, should there be one, is ignored and its
 * buffers are released. The server is not told, for RPC has no word for it.
 *
 * @param <R> results
 */
public final class RpcFuture<R> extends CompletableFuture<R> {
    private volatile int xid;
    /** What is to be done if somebody else completes this; null once there is nothing to do. */
    private volatile Runnable forget;

    RpcFuture(int xid) {
        this.xid = xid;
    }

    /**
     * The transaction id that the call has on the wire. It is the last call's plus one, or what {@link CallOptions#withXid} says; only if
     * an older call still has that one when this call is sent, it becomes the next that is free.
     */
    public int xid() {
        return xid;
    }

    @Override
    public boolean complete(R value) {
        return forget(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable cause) {
        return forget(super.completeExceptionally(cause));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return forget(super.cancel(mayInterruptIfRunning));
    }

    private boolean forget(boolean effective) {
        Runnable action = forget;
        if (effective && action != null) {
            forget = null;
            action.run();
        }
        return effective;
    }

    void xid(int newXid) {
        xid = newXid;
    }

    void onForget(Runnable action) {
        forget = action;
    }

    /** By the run time: nothing is left to forget. False if somebody was quicker. */
    boolean succeed(R value) {
        forget = null;
        return super.complete(value);
    }

    /** By the run time, as {@link #succeed}. */
    boolean fail(Throwable cause) {
        forget = null;
        return super.completeExceptionally(cause);
    }
}
