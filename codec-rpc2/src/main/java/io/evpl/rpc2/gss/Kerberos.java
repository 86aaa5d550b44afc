package io.evpl.rpc2.gss;

import java.util.Locale;
import javax.security.auth.kerberos.KerberosPrincipal;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** Names of Kerberos 5 in the GSS-API: RFC 1964, RFC 4121. */
final class Kerberos {
    private static final String MECHANISM = "1.2.840.113554.1.2.2";
    private static final String PRINCIPAL_NAME = "1.2.840.113554.1.2.2.1";

    private Kerberos() {
    }

    static Oid mechanism() throws GSSException {
        return new Oid(MECHANISM);
    }

    static Oid principalName() throws GSSException {
        return new Oid(PRINCIPAL_NAME);
    }

    /** Whether a name is of the form {@code service@host}, and not a principal, {@code service/host[@REALM]}. */
    static boolean isHostBased(String name) {
        return name.indexOf('@') > 0 && name.indexOf('/') < 0;
    }

    /** A service's principal, {@code nfs@host} or {@code nfs/host[@REALM]}; in the default realm, if none is given. */
    static KerberosPrincipal principal(String service) {
        int at = service.indexOf('@');
        return named(isHostBased(service)
                ? service.substring(0, at) + '/' + service.substring(at + 1).toLowerCase(Locale.ROOT) : service);
    }

    /** A principal as it is written; in the default realm, if none is given. */
    static KerberosPrincipal named(String principal) {
        try {
            return new KerberosPrincipal(principal);
        } catch (IllegalArgumentException e) {
            throw GssException.of("\"" + principal + "\" is no principal", e);
        }
    }
}
