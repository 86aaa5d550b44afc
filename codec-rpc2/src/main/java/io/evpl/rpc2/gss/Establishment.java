package io.evpl.rpc2.gss;

import io.evpl.rpc2.AuthException;
import io.evpl.rpc2.CallOptions;
import io.evpl.rpc2.RpcCaller;
import io.evpl.rpc2.RpcException;
import io.evpl.rpc2.RpcProcedure;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.xdr.XdrCodec;
import io.netty.buffer.ByteBuf;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSException;

/** Makes one context by calls of procedure 0: RFC 2203, section 5.2. Runs on a virtual thread, which waits for KDC and server. */
final class Establishment {
    /** How long the server may take for one step. A connection that has died without a word must not hold calls for ever. */
    private static final long STEP_NS = TimeUnit.SECONDS.toNanos(30);
    /** Kerberos has one. Whoever goes on for longer than that is not going to end. */
    private static final int MAX_STEPS = 10;
    private static final byte[] NONE = {};
    private static final XdrCodec<byte[]> TOKEN = XdrCodec.opaque(InitResult.MAX_TOKEN_BYTES);

    private final RpcCaller caller;
    private final RpcProcedure<byte[], InitResult> procedure;
    private final String peer;
    private final Service service;

    Establishment(RpcCaller caller, int program, int version, String target, Service service) {
        this.service = service;
        this.caller = caller;
        this.procedure = new RpcProcedure<>(program, version, 0, "RPCSEC_GSS_INIT", TOKEN, InitResult.CODEC);
        this.peer = target;
    }

    /** @throws GssException if there is none; the message says what to do */
    ClientContext run(GssMechanism mechanism, InstantSource clock) throws InterruptedException {
        try {
            MechanismContext context = mechanism.newContext();
            byte[] token = context.step(null);
            byte[] handle = NONE;
            for (int step = 0; step < MAX_STEPS && token != null; step++) {
                Control control = new Control(step == 0 ? Rpcsec.INIT : Rpcsec.CONTINUE_INIT, service, handle);
                InitResult result = send(token, control);
                token = advance(context, result);
                handle = result.handle();
                if (result.major() == Rpcsec.COMPLETE) {
                    if (token != null) {
                        throw violation("says that the context is complete, though the client has more to send");
                    }
                    return complete(context, result, control.verifier, clock);
                }
            }
            throw violation("and the client do not come to an end of making a context");
        } catch (GSSException e) {
            throw GssException.of("no context with " + peer, e);
        }
    }

    private InitResult send(byte[] token, Control control) throws InterruptedException {
        try {
            return caller.call(procedure, token, CallOptions.DEFAULT.withAuth(new ControlAuth(control)).withTimeoutNs(STEP_NS)).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthException refusal) {
                throw new GssException(GssReason.REFUSED, "no context with " + peer, refusal);
            }
            if (e.getCause() instanceof RpcException failure) {
                throw failure;
            }
            throw GssException.of("no context with " + peer, e.getCause());
        }
    }

    /** @return the next token for the server, or null */
    private byte[] advance(MechanismContext context, InitResult result) throws GSSException {
        boolean going = result.major() == Rpcsec.COMPLETE || result.major() == Rpcsec.CONTINUE_NEEDED;
        // With a failure, too: Kerberos then sends why, and the mechanism knows its words.
        byte[] next = result.token().length > 0 && !context.isEstablished() ? context.step(result.token()) : null;
        if (!going) {
            throw new GssException(GssReason.REFUSED, "no context with " + peer + ": gss_major 0x" + Integer.toHexString(result.major())
                    + ", gss_minor " + Integer.toUnsignedString(result.minor()), null);
        }
        return next;
    }

    private ClientContext complete(MechanismContext context, InitResult result, OpaqueAuth verifier, InstantSource clock) {
        if (!context.isEstablished()) {
            throw violation("says that the context is complete, but has not proven who it is");
        }
        if (result.window() == 0) {
            throw violation("offers a window of no sequence numbers");
        }
        GssContext keys = new GssContext(context);
        try {
            if (verifier.flavor() != Rpcsec.FLAVOR) {
                throw new ProtectionException("its verifier is of flavor " + verifier.flavor());
            }
            keys.verify(result.window(), verifier.body());
        } catch (ProtectionException e) {
            throw violation("has not signed the size of its window: " + e.getMessage());
        }
        return new ClientContext(keys, result.handle(), caller, clock.millis(), context.lifetimeSeconds());
    }

    private GssException violation(String what) {
        return GssException.protocol("no context with " + peer + ": the server " + what);
    }

    /** A call that makes a context: neither signed nor protected, for there are no keys yet. */
    private static final class Control implements ClientAuth.Attempt {
        private final OpaqueAuth credential;
        /** Of the reply. It can be checked only when its token has been read. */
        private volatile OpaqueAuth verifier = OpaqueAuth.NONE;

        /** The service means nothing here (section 5.2.2), but libtirpc's server takes it for that of all calls to come. */
        Control(int step, Service service, byte[] handle) {
            credential = ClientContext.credential(step, 0, service, handle);
        }

        @Override
        public OpaqueAuth credential() {
            return credential;
        }

        @Override
        public OpaqueAuth verifier(ByteBuf header) {
            return OpaqueAuth.NONE;
        }

        @Override
        public boolean wraps() {
            return false;
        }

        @Override
        public ByteBuf wrapArguments(ByteBuf arguments) {
            return arguments;
        }

        @Override
        public void verify(OpaqueAuth replyVerifier) {
            verifier = replyVerifier;
        }

        @Override
        public ByteBuf unwrapResults(ByteBuf results) {
            return results;
        }
    }
}
