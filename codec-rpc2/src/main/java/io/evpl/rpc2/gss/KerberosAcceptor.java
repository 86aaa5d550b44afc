package io.evpl.rpc2.gss;

import java.nio.file.Path;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;

/** Kerberos at a server: accepts with the keys of a keytab, which is read anew when it changes. */
final class KerberosAcceptor implements GssMechanism {
    private final GSSManager gss = GSSManager.getInstance();
    private final Subject subject;
    private final GSSCredential credential;

    private KerberosAcceptor(Subject subject) throws GSSException {
        this.subject = subject;
        this.credential = JgssContext.as(subject, () ->
                gss.createCredential(null, GSSCredential.INDEFINITE_LIFETIME, Kerberos.mechanism(), GSSCredential.ACCEPT_ONLY));
    }

    /** With the keys that a subject holds. */
    static KerberosAcceptor of(Subject subject) {
        try {
            return new KerberosAcceptor(subject);
        } catch (GSSException e) {
            throw GssException.of("the subject has no key to accept clients with", e);
        }
    }

    /** With the keys that a keytab has for a principal, {@code nfs@host} or {@code nfs/host[@REALM]}. */
    static KerberosAcceptor of(String principal, Path keytab) {
        KerberosPrincipal name = Kerberos.principal(principal);
        KeyTab keys = KeyTab.getInstance(name, keytab.toFile());
        if (!keys.exists()) {
            throw new GssException(GssReason.NO_KEY, "no keytab " + keytab.toAbsolutePath() + " that can be read", null);
        }
        if (keys.getKeys(name).length == 0) {
            throw new GssException(GssReason.NO_KEY, "the keytab " + keytab.toAbsolutePath() + " has no key of " + name, null);
        }
        Subject subject = new Subject(false, Set.of(name), Set.of(), Set.of(keys));
        try {
            return new KerberosAcceptor(subject);
        } catch (GSSException e) {
            throw GssException.of("no use of the key of " + name + " in " + keytab.toAbsolutePath(), e);
        }
    }

    @Override
    public MechanismContext newContext() throws GSSException {
        GSSContext context = gss.createContext(credential);
        // When the ticket ends an acceptor of the JDK does not tell; GssServer's contextLifetime bounds it.
        return new JgssContext(context, subject, () -> MechanismContext.INDEFINITE);
    }
}
