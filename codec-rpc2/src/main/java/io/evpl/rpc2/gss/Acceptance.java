package io.evpl.rpc2.gss;

import io.evpl.rpc2.auth.AuthRequest;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.rpc2.auth.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** Makes contexts from clients' tokens: RFC 2203, section 5.2. Each step runs on a virtual thread of its own. */
final class Acceptance {
    /** Whoever does not send the next token in this time has gone away. */
    static final long HALF_BUILT_MS = 30_000;
    /** Steps that wait for a processor or a file. Beyond it calls are dropped, for a client that repeats them can only win. */
    static final int MAX_STEPS = 1024;

    private static final Verdict GARBAGE = new Verdict.Garbage();
    private static final Verdict DROPPED = new Verdict.Dropped();
    /** "Client must begin new session". The two states of RPCSEC_GSS are not for creation: RFC 2203, section 5.2.3.2. */
    private static final Verdict REFUSED = new Verdict.Denied(AuthStat.AUTH_REJECTEDCRED);

    private final GssMechanism mechanism;
    private final HandleTable<ServerContext> contexts;
    private final HandleTable<MechanismContext> halfBuilt;
    private final long lifetimeMs;
    private final Consumer<GssException> refusals;
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger steps = new AtomicInteger();

    Acceptance(GssMechanism mechanism, HandleTable<ServerContext> contexts, GssServer.Builder settings) {
        this.mechanism = mechanism;
        this.contexts = contexts;
        this.halfBuilt = new HandleTable<>(settings.maxHalfBuilt, settings.clock);
        this.lifetimeMs = settings.contextLifetime.toMillis();
        this.refusals = settings.refusals;
    }

    int halfBuilt() {
        return halfBuilt.size();
    }

    /** RPCSEC_GSS_INIT. */
    Verdict begin(AuthRequest request) {
        byte[] token = token(request.arguments());
        return token == null ? GARBAGE : later(request, null, null, token);
    }

    /** RPCSEC_GSS_CONTINUE_INIT. */
    Verdict proceed(AuthRequest request, Handle handle) {
        if (handle == null || halfBuilt.find(handle) == null) {
            return REFUSED;
        }
        byte[] token = token(request.arguments());
        if (token == null) {
            return GARBAGE; // and the context still waits for its token
        }
        MechanismContext context = halfBuilt.remove(handle);
        return context == null ? REFUSED : later(request, handle, context, token);
    }

    /** {@code rpc_gss_init_arg}, or null if that is not what it is. */
    private static byte[] token(ByteBuf arguments) {
        int left = arguments.readableBytes() - Integer.BYTES;
        if (left < 0) {
            return null;
        }
        long bytes = arguments.getUnsignedInt(arguments.readerIndex());
        if (Rpcsec.padded(bytes) != left) {
            return null;
        }
        byte[] token = new byte[(int) bytes];
        arguments.getBytes(arguments.readerIndex() + Integer.BYTES, token);
        return token;
    }

    private Verdict later(AuthRequest request, Handle handle, MechanismContext begun, byte[] token) {
        if (steps.incrementAndGet() > MAX_STEPS) {
            steps.decrementAndGet();
            return DROPPED;
        }
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        SocketAddress client = request.remoteAddress();
        Thread.ofVirtual().name("evpl-gss-accept").start(() -> {
            try {
                verdict.complete(step(client, handle, begun, token));
            } catch (Throwable e) {
                verdict.completeExceptionally(e);
            } finally {
                steps.decrementAndGet();
            }
        });
        return new Verdict.Later(verdict);
    }

    private Verdict step(SocketAddress client, Handle held, MechanismContext begun, byte[] token) {
        try {
            MechanismContext context = begun == null ? mechanism.newContext() : begun;
            byte[] answer = context.step(token);
            Handle handle = held == null ? Handle.random(random) : held;
            if (!context.isEstablished()) {
                halfBuilt.put(handle, context, HALF_BUILT_MS);
                return new Verdict.Answered(OpaqueAuth.NONE, result(handle, Rpcsec.CONTINUE_NEEDED, answer));
            }
            ServerContext established = new ServerContext(context);
            OpaqueAuth verifier = established.verifier(SequenceWindow.SIZE);
            contexts.put(handle, established, lifetimeMs(context));
            return new Verdict.Answered(verifier, result(handle, Rpcsec.COMPLETE, answer));
        } catch (GSSException | ProtectionException e) {
            // What the mechanism wants to tell its peer is not sent: it comes with an exception and without a token in the JDK.
            refusals.accept(GssException.of("no context for " + client, e));
            return REFUSED;
        }
    }

    private long lifetimeMs(MechanismContext context) {
        long seconds = context.lifetimeSeconds();
        return seconds > lifetimeMs / 1000 ? lifetimeMs : seconds * 1000;
    }

    /** {@code rpc_gss_init_res}, section 5.2.3.1. */
    private static ByteBuf result(Handle handle, int major, byte[] token) {
        int bytes = token == null ? 0 : token.length;
        int padding = (int) (Rpcsec.padded(bytes) - bytes);
        ByteBuf result = Unpooled.buffer(5 * Integer.BYTES + Handle.BYTES + bytes + padding);
        result.writeInt(Handle.BYTES).writeLong(handle.high()).writeLong(handle.low());
        result.writeInt(major).writeInt(0).writeInt(SequenceWindow.SIZE).writeInt(bytes);
        return bytes == 0 ? result : result.writeBytes(token).writeZero(padding);
    }
}
