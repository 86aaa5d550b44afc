package io.evpl.rpc2;

import io.evpl.rpc2.auth.ClientAuth;

/** What one call is made with where it differs from its caller's settings. Immutable. */
public final class CallOptions {
    /** The caller's settings. */
    public static final CallOptions DEFAULT = new CallOptions(null, 0, false, 0, null);

    private final ClientAuth auth;
    private final long timeoutNs;
    private final boolean hasXid;
    private final int xid;
    private final Repetition repetition;

    private CallOptions(ClientAuth auth, long timeoutNs, boolean hasXid, int xid, Repetition repetition) {
        this.auth = auth;
        this.timeoutNs = timeoutNs;
        this.hasXid = hasXid;
        this.xid = xid;
        this.repetition = repetition;
    }

    /** Makes the call with these credentials. */
    public CallOptions withAuth(ClientAuth auth) {
        return new CallOptions(auth, timeoutNs, hasXid, xid, repetition);
    }

    /**
     * Fails the call with {@link RpcTimeoutException} if its reply is not there in time, counted from the call of
     * {@link RpcCaller#call}: waiting for a connection or for room under a limit is part of it.
     *
     * @param timeoutNs nanoseconds; 0 takes the caller's own setting, {@link Long#MAX_VALUE} waits for ever
     */
    public CallOptions withTimeoutNs(long timeoutNs) {
        if (timeoutNs < 0) {
            throw new IllegalArgumentException("timeoutNs " + timeoutNs + " is negative");
        }
        return new CallOptions(auth, timeoutNs, hasXid, xid, repetition);
    }

    /**
     * Sends the call under this transaction id, as who repeats a call after a lost connection wants it. No other call with this id may
     * be pending on the connection.
     */
    public CallOptions withXid(int xid) {
        return new CallOptions(auth, timeoutNs, true, xid, repetition);
    }

    /** Says whether {@link RpcClient} makes the call again when its connection is lost; others do not ask. */
    public CallOptions withRepetition(Repetition repetition) {
        return new CallOptions(auth, timeoutNs, hasXid, xid, repetition);
    }

    /** Null for the client's own setting. */
    public Repetition repetition() {
        return repetition;
    }

    /** Credentials, or null for the caller's own. */
    public ClientAuth auth() {
        return auth;
    }

    /** Nanoseconds, or 0 for the caller's own setting. */
    public long timeoutNs() {
        return timeoutNs;
    }

    /** Whether {@link #xid()} says something. */
    public boolean hasXid() {
        return hasXid;
    }

    /** The transaction id to use, if {@link #hasXid()}. */
    public int xid() {
        return xid;
    }
}
