package io.evpl.rpc2.auth;

/** Who calls, as far as the flavor has proven it. Immutable. */
public interface Credential {
    /** Number of the flavor. */
    int flavor();

    /** For people: one line, without secrets. */
    String describe();
}
