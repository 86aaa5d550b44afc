package io.evpl.rpc2.auth;

/** Why a server refuses a caller: {@code auth_stat} of RFC 5531, section 9, with the numbers that RFC 2203 adds. */
public enum AuthStat {
    /** No failure. */
    AUTH_OK(0),
    /** Bad credential: the seal is broken. */
    AUTH_BADCRED(1),
    /** The client must begin a new session. */
    AUTH_REJECTEDCRED(2),
    /** Bad verifier: the seal is broken. */
    AUTH_BADVERF(3),
    /** The verifier is expired, or replayed. */
    AUTH_REJECTEDVERF(4),
    /** Rejected for reasons of security. */
    AUTH_TOOWEAK(5),
    /** The response's verifier is bogus. */
    AUTH_INVALIDRESP(6),
    /** Reason unknown. */
    AUTH_FAILED(7),
    /** Kerberos: some error. */
    AUTH_KERB_GENERIC(8),
    /** Kerberos: time of credential has expired. */
    AUTH_TIMEEXPIRE(9),
    /** Kerberos: something is wrong with the ticket file. */
    AUTH_TKT_FILE(10),
    /** Kerberos: the authenticator cannot be decoded. */
    AUTH_DECODE(11),
    /** Kerberos: wrong net address in the ticket. */
    AUTH_NET_ADDR(12),
    /** GSS: no credentials for the user. */
    RPCSEC_GSS_CREDPROBLEM(13),
    /** GSS: problem with the context. */
    RPCSEC_GSS_CTXPROBLEM(14);

    private static final AuthStat[] BY_VALUE = values();

    private final int value;

    AuthStat(int value) {
        this.value = value;
    }

    /** The number on the wire. */
    public int value() {
        return value;
    }

    /** The state with this number; one that nobody has defined is {@link #AUTH_FAILED}. */
    public static AuthStat of(int value) {
        return value >= 0 && value < BY_VALUE.length ? BY_VALUE[value] : AUTH_FAILED;
    }
}
