package io.evpl.rpc2.gss;

import io.evpl.rpc2.auth.Credential;

/**
 * Who calls, as the mechanism has proven it.
 *
 * @param principal the caller's name, with Kerberos {@code alice@REALM}
 * @param acceptor  the name under which the caller knows this server, with Kerberos {@code nfs/host@REALM}
 * @param service   how this call was protected
 */
public record GssCredential(String principal, String acceptor, Service service) implements Credential {
    @Override
    public int flavor() {
        return Rpcsec.FLAVOR;
    }

    @Override
    public String describe() {
        return principal + " (RPCSEC_GSS, " + service.pseudoFlavor() + ", to " + acceptor + ')';
    }
}
