package io.evpl.rpc2.gss;

import org.ietf.jgss.GSSException;

/**
 * One security context of a mechanism (RFC 2743). Only one thread at a time calls it. A failure of {@link #step} ends the context; one of
 * the other methods leaves it as it was. What a context holds goes with the object: nobody closes it.
 */
public interface MechanismContext {
    /** What {@link #lifetimeSeconds} says where nobody knows. */
    long INDEFINITE = Long.MAX_VALUE;

    /**
     * One step of establishing. May block.
     *
     * @param token the peer's token; null for the first step of an initiator
     * @return the token for the peer, or null if there is none
     */
    byte[] step(byte[] token) throws GSSException;

    /** Whether the context can protect messages. */
    boolean isEstablished();

    /** Name of the initiator, once established. */
    String initiator() throws GSSException;

    /** Name of the acceptor, once established. */
    String acceptor() throws GSSException;

    /** How long the context holds, or {@link #INDEFINITE}. */
    long lifetimeSeconds();

    /** The checksum of a message. */
    byte[] mic(byte[] message, int offset, int bytes) throws GSSException;

    /** @throws GSSException if {@code mic} is not the peer's checksum of the message */
    void verify(byte[] mic, int micOffset, int micBytes, byte[] message, int offset, int bytes) throws GSSException;

    /** @return the message, encrypted; if it can only be signed, that is a failure */
    byte[] seal(byte[] message, int offset, int bytes) throws GSSException;

    /** @throws GSSException if the token is not the peer's, or its message came signed only, not encrypted */
    byte[] open(byte[] token, int offset, int bytes) throws GSSException;
}
