package io.evpl.rpc2.auth;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.net.SocketAddress;

/**
 * One call as far as its credential and verifier say something. Whoever keeps a buffer of it for longer than
 * {@link ServerAuth#authenticate} (or, with {@link Verdict.Later}, until the verdict is there) copies it. The buffers are views of the
 * message; reading them moves nobody else's index, and nobody releases them.
 */
public interface AuthRequest {
    /** The transaction id. */
    int xid();

    /** The program called, unsigned; nobody has checked that it exists. */
    int program();

    /** Its version, unsigned. */
    int version();

    /** The procedure, unsigned. */
    int procedure();

    /** Where the call came from. */
    SocketAddress remoteAddress();

    /** The connection's loop. */
    EventExecutor executor();

    /** Everything from the xid up to and including the credential, as it came: what a verifier of RPCSEC_GSS signs. */
    ByteBuf header();

    /** Body of the credential: at most {@value OpaqueAuth#MAX_BODY_BYTES} bytes. */
    ByteBuf credentialBody();

    /** Flavor of the verifier. */
    int verifierFlavor();

    /** Body of the verifier: at most {@value OpaqueAuth#MAX_BODY_BYTES} bytes. */
    ByteBuf verifierBody();

    /** What follows the verifier. */
    ByteBuf arguments();
}
