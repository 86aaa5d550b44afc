package io.evpl.rpc2.gss;

import io.evpl.rpc2.auth.CallProtection;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.rpc2.auth.Verdict;
import io.netty.buffer.ByteBuf;
import org.ietf.jgss.GSSException;

/** An established context at the server: who calls, with which keys, and what was seen of it. Thread-safe. */
final class ServerContext {
    private static final Service[] SERVICES = Service.values();

    private final GssContext keys;
    private final SequenceWindow window = new SequenceWindow();
    /** By service: made once, for each call has one. */
    private final GssCredential[] credentials = new GssCredential[SERVICES.length];

    ServerContext(MechanismContext mechanism) throws GSSException {
        keys = new GssContext(mechanism);
        for (Service service : SERVICES) {
            credentials[service.ordinal()] = new GssCredential(mechanism.initiator(), mechanism.acceptor(), service);
        }
    }

    GssContext keys() {
        return keys;
    }

    SequenceWindow window() {
        return window;
    }

    Verdict accept(Service service, int sequence) {
        return new Verdict.Accepted(credentials[service.ordinal()], new Protection(keys, service, sequence));
    }

    /** The checksum of a number as a verifier. */
    OpaqueAuth verifier(int number) throws ProtectionException {
        return verifier(keys, number);
    }

    private static OpaqueAuth verifier(GssContext keys, int number) throws ProtectionException {
        byte[] mic = keys.mic(number);
        if (mic.length > OpaqueAuth.MAX_BODY_BYTES) {
            throw new ProtectionException("a checksum of " + mic.length + " bytes is too long for a verifier");
        }
        return new OpaqueAuth(Rpcsec.FLAVOR, mic);
    }

    /** One call. It keeps the keys, so that a call is answered even if its context is destroyed meanwhile. */
    private record Protection(GssContext keys, Service service, int sequence) implements CallProtection {
        @Override
        public ByteBuf unwrapArguments(ByteBuf arguments) throws ProtectionException {
            return keys.unwrap(service, sequence, arguments);
        }

        @Override
        public OpaqueAuth replyVerifier() throws ProtectionException {
            return verifier(keys, sequence);
        }

        @Override
        public ByteBuf wrapResults(ByteBuf results) throws ProtectionException {
            return keys.wrap(service, sequence, results);
        }

        @Override
        public boolean wraps() {
            return service != Service.NONE;
        }
    }
}
