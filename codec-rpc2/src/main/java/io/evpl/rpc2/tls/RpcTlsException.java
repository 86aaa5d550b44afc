package io.evpl.rpc2.tls;

import io.evpl.rpc2.AuthException;
import io.evpl.rpc2.auth.AuthStat;

/**
 * A connection is not protected as one side demands: calls that waited for it, or were pending, fail with this. The message names the
 * reason and how to mend it; the cause, if there is one, is TLS's own. It is a refusal as AUTH_ERROR is one: RFC 9289, section 4.1.
 */
public final class RpcTlsException extends AuthException {
    private static final long serialVersionUID = 1L;

    RpcTlsException(AuthStat stat, String message, Throwable cause) {
        super(stat, message, cause);
    }
}
