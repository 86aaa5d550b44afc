package io.evpl.rpc2.gss;

import java.util.function.Supplier;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;

/** Kerberos at a client: contexts with one service, as one user. */
final class KerberosInitiator implements GssMechanism {
    private final GSSManager gss = GSSManager.getInstance();
    private final String target;
    private final Supplier<Subject> login;

    /** @param target {@code nfs@host}, or a principal, {@code nfs/host[@REALM]} */
    KerberosInitiator(String target, Supplier<Subject> login) {
        this.target = target;
        this.login = login;
    }

    @Override
    public MechanismContext newContext() throws GSSException {
        Subject subject = login.get();
        GSSContext context = JgssContext.as(subject, () -> {
            GSSName peer = gss.createName(target, Kerberos.isHostBased(target) ? GSSName.NT_HOSTBASED_SERVICE : Kerberos.principalName());
            GSSContext made = gss.createContext(peer, Kerberos.mechanism(), null, GSSContext.DEFAULT_LIFETIME);
            made.requestMutualAuth(true);
            made.requestConf(true);
            made.requestInteg(true);
            made.requestCredDeleg(false);
            // The sequence numbers of RFC 2203 do that, and retransmissions break what Kerberos understands by it: section 5.2.2.
            made.requestReplayDet(false);
            made.requestSequenceDet(false);
            return made;
        });
        return new JgssContext(context, subject, () -> secondsLeft(subject));
    }

    /**
     * The JDK says "indefinite", but has put the ticket into the subject, under a host's name as it has found it. Where the subject has
     * tickets for several hosts the one that ends first counts.
     */
    private long secondsLeft(Subject subject) {
        String service = target.split("[/@]", 2)[0] + '/';
        long now = System.currentTimeMillis();
        return subject.getPrivateCredentials(KerberosTicket.class).stream()
                .filter(ticket -> !ticket.isDestroyed() && ticket.isCurrent() && ticket.getServer().getName().startsWith(service))
                .mapToLong(ticket -> (ticket.getEndTime().getTime() - now) / 1000)
                .min().orElse(MechanismContext.INDEFINITE);
    }
}
