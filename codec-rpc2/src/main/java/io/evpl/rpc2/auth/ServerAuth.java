package io.evpl.rpc2.auth;

/** A flavor as a server takes it. One object is shared by all connections and is called on each one's loop: it must be thread-safe. */
public interface ServerAuth {
    /** Number of the flavor. */
    int flavor();

    /**
     * Decides on one call. Called on the connection's loop, before program, version and procedure are looked at; it must not block (see
     * {@link Verdict.Later}). An exception is answered with AUTH_FAILED and logged.
     */
    Verdict authenticate(AuthRequest request);
}
