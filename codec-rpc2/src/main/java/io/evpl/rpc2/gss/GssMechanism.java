package io.evpl.rpc2.gss;

import org.ietf.jgss.GSSException;

/**
 * What makes security contexts: the seam between RPCSEC_GSS and the JDK's Kerberos. Thread-safe. Never called on a loop: making a
 * context may read files and ask a KDC.
 */
@FunctionalInterface
public interface GssMechanism {
    /** A context at its beginning; its side (initiator or acceptor) is the mechanism's. */
    MechanismContext newContext() throws GSSException;
}
