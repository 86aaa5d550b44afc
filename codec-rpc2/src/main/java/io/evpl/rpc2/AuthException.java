package io.evpl.rpc2;

import io.evpl.rpc2.auth.AuthStat;

/** The server refused the caller's credentials (AUTH_ERROR), or one side the protection of the connection. */
public class AuthException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final AuthStat stat;

    public AuthException(AuthStat stat) {
        super("the server refused the credentials: " + stat);
        this.stat = stat;
    }

    protected AuthException(AuthStat stat, String message, Throwable cause) {
        super(message, cause);
        this.stat = stat;
    }

    /** Why, as the server says. */
    public AuthStat stat() {
        return stat;
    }
}
