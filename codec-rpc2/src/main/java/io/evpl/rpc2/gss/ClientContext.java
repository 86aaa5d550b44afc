package io.evpl.rpc2.gss;

import io.evpl.rpc2.RpcCaller;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** An established context at the client, and the calls under it. Thread-safe. */
final class ClientContext {
    /** Left over when the context is given up: calls that begin meanwhile. MAXSEQ is twice as many as an int goes up to. */
    private static final int LAST_SEQUENCE = Integer.MAX_VALUE - (1 << 16);
    /** How long before its end a context is made anew, so that no call meets the end. */
    static final long RENEWAL_MS = 60_000;

    private final GssContext keys;
    private final byte[] handle;
    private final RpcCaller maker;
    private final long renewMs;
    private final AtomicInteger sequence = new AtomicInteger();
    private volatile boolean refused;

    /** @param maker the connection by which it was made */
    ClientContext(GssContext keys, byte[] handle, RpcCaller maker, long nowMs, long lifetimeSeconds) {
        this.keys = keys;
        this.handle = handle;
        this.maker = maker;
        this.renewMs = renewMs(nowMs, lifetimeSeconds);
    }

    /** A short ticket is used to its end: the KDC has no longer one to give, or not yet. */
    private static long renewMs(long nowMs, long lifetimeSeconds) {
        if (lifetimeSeconds > (Long.MAX_VALUE - nowMs) / 1000) {
            return Long.MAX_VALUE;
        }
        long ends = nowMs + lifetimeSeconds * 1000;
        return lifetimeSeconds * 1000 > 2 * RENEWAL_MS ? ends - RENEWAL_MS : ends;
    }

    RpcCaller maker() {
        return maker;
    }

    /** The server does not know it any more. */
    void refuse() {
        refused = true;
    }

    boolean isGood(long nowMs) {
        return !refused && nowMs < renewMs && sequence.get() < LAST_SEQUENCE;
    }

    ClientAuth.Attempt attempt(ContextSlot slot, int procedure, Service service) {
        return new Call(slot, this, procedure, service, sequence.incrementAndGet());
    }

    /** {@code rpc_gss_cred_t}, RFC 2203, section 5. */
    static OpaqueAuth credential(int procedure, int sequence, Service service, byte[] handle) {
        ByteBuffer body = ByteBuffer.allocate((int) (Rpcsec.CREDENTIAL_BYTES + Rpcsec.padded(handle.length)));
        body.putInt(Rpcsec.VERSION).putInt(procedure).putInt(sequence).putInt(service.value()).putInt(handle.length).put(handle);
        return new OpaqueAuth(Rpcsec.FLAVOR, body.array());
    }

    /** One transmission. It keeps its context, so that its reply is read even if that is destroyed meanwhile. */
    record Call(ContextSlot slot, ClientContext context, int procedure, Service service, int sequence) implements ClientAuth.Attempt {
        @Override
        public OpaqueAuth credential() {
            return ClientContext.credential(procedure, sequence, service, context.handle);
        }

        @Override
        public OpaqueAuth verifier(ByteBuf header) {
            try {
                return new OpaqueAuth(Rpcsec.FLAVOR, context.keys.mic(header));
            } catch (ProtectionException e) {
                throw GssException.of("the call's header cannot be signed", e);
            }
        }

        /** What a DESTROY carries is nothing, and nobody unwraps it. */
        @Override
        public boolean wraps() {
            return service != Service.NONE && procedure == Rpcsec.DATA;
        }

        @Override
        public ByteBuf wrapArguments(ByteBuf arguments) throws ProtectionException {
            return context.keys.wrap(service, sequence, arguments);
        }

        @Override
        public void verify(OpaqueAuth replyVerifier) throws ProtectionException {
            if (replyVerifier.flavor() != Rpcsec.FLAVOR) {
                throw new ProtectionException("the reply's verifier is of flavor " + replyVerifier.flavor() + ", not of RPCSEC_GSS");
            }
            context.keys.verify(sequence, replyVerifier.body());
        }

        @Override
        public ByteBuf unwrapResults(ByteBuf results) throws ProtectionException {
            return context.keys.unwrap(service, sequence, results);
        }
    }
}
