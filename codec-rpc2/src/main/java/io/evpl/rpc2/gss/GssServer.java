package io.evpl.rpc2.gss;

import io.evpl.rpc2.auth.AuthRequest;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.OpaqueAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.rpc2.auth.ServerAuth;
import io.evpl.rpc2.auth.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import javax.security.auth.Subject;

/**
 * RPCSEC_GSS as a server takes it (RFC 2203, version 1). One object serves all connections, also of several servers: a context outlives
 * the connection that made it, as NFS clients expect, whose rpc.gssd makes it on a connection of its own. Thread-safe.
 *
 * <p>Contexts are made on virtual threads, for a mechanism may read files. All else is done on the loop of the call, under no lock that
 * calls of other contexts take.
 *
 * <pre>{@code
 * GssServer gss = GssServer.builder().principal("nfs@server.example.org").keytab(Path.of("/etc/krb5.keytab")).build();
 * }</pre>
 */
public final class GssServer implements ServerAuth {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(GssServer.class);

    private static final Verdict BAD_CREDENTIAL = new Verdict.Denied(AuthStat.AUTH_BADCRED);
    private static final Verdict BAD_VERIFIER = new Verdict.Denied(AuthStat.AUTH_BADVERF);
    private static final Verdict TOO_WEAK = new Verdict.Denied(AuthStat.AUTH_TOOWEAK);
    /** RFC 2203, section 5.1: the answer to a version that is not there. */
    private static final Verdict OTHER_VERSION = new Verdict.Denied(AuthStat.AUTH_REJECTEDCRED);
    /** The client makes a context anew: RFC 2203, section 5.3.3.3. */
    private static final Verdict NO_CONTEXT = new Verdict.Denied(AuthStat.RPCSEC_GSS_CREDPROBLEM);
    private static final Verdict CONTEXT_USED_UP = new Verdict.Denied(AuthStat.RPCSEC_GSS_CTXPROBLEM);
    /** In silence: whoever repeats a call, or replays it, learns nothing. RFC 2203, section 5.3.3.1. */
    private static final Verdict DROPPED = new Verdict.Dropped();

    private final HandleTable<ServerContext> contexts;
    private final Set<Service> services;
    private final Acceptance acceptance;

    private GssServer(Builder builder, GssMechanism mechanism) {
        contexts = new HandleTable<>(builder.maxContexts, builder.clock);
        services = EnumSet.copyOf(builder.services);
        acceptance = new Acceptance(mechanism, contexts, builder);
    }

    /** Begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public int flavor() {
        return Rpcsec.FLAVOR;
    }

    /** How many contexts there are, among them some whose time is over. From any thread. */
    public int contexts() {
        return contexts.size();
    }

    /** How many contexts have been begun, and wait for their client's next token. From any thread. */
    public int halfBuiltContexts() {
        return acceptance.halfBuilt();
    }

    @Override
    public Verdict authenticate(AuthRequest request) {
        ByteBuf credential = request.credentialBody();
        int at = credential.readerIndex();
        int bytes = credential.readableBytes();
        if (bytes < Integer.BYTES) {
            return BAD_CREDENTIAL;
        }
        if (credential.getInt(at) != Rpcsec.VERSION) {
            return OTHER_VERSION;
        }
        if (bytes < Rpcsec.CREDENTIAL_BYTES) {
            return BAD_CREDENTIAL;
        }
        long handleBytes = credential.getUnsignedInt(at + 16);
        if (Rpcsec.CREDENTIAL_BYTES + Rpcsec.padded(handleBytes) != bytes) {
            return BAD_CREDENTIAL;
        }
        Handle handle = Handle.at(credential, at + Rpcsec.CREDENTIAL_BYTES, (int) handleBytes);
        int procedure = credential.getInt(at + 4);
        if (procedure != Rpcsec.DATA && request.procedure() != 0) {
            return BAD_CREDENTIAL; // control messages are calls of procedure 0: RFC 2203, sections 5.2.2 and 5.4
        }
        return switch (procedure) {
            case Rpcsec.INIT -> handleBytes == 0 ? acceptance.begin(request) : BAD_CREDENTIAL;
            case Rpcsec.CONTINUE_INIT -> acceptance.proceed(request, handle);
            case Rpcsec.DATA, Rpcsec.DESTROY ->
                    call(request, handle, procedure, credential.getInt(at + 8), Service.of(credential.getInt(at + 12)));
            default -> BAD_CREDENTIAL;
        };
    }

    /** RFC 2203, section 5.3.3.1. */
    private Verdict call(AuthRequest request, Handle handle, int procedure, int sequence, Service service) {
        if (request.verifierFlavor() != Rpcsec.FLAVOR) {
            return BAD_VERIFIER;
        }
        ServerContext context = handle == null ? null : contexts.find(handle);
        if (context == null) {
            return NO_CONTEXT;
        }
        if (Integer.compareUnsigned(sequence, Rpcsec.MAX_SEQUENCE) > 0) {
            return CONTEXT_USED_UP;
        }
        if (service == null) {
            return BAD_CREDENTIAL;
        }
        if (!services.contains(service)) {
            return TOO_WEAK;
        }
        if (!context.window().isFresh(sequence)) {
            return DROPPED;
        }
        try {
            context.keys().verify(request.header(), request.verifierBody());
        } catch (ProtectionException e) {
            LOGGER.debug("{}: {}", request.remoteAddress(), e.getMessage());
            return NO_CONTEXT;
        }
        // Only now: a forged call must not move the window. Of two copies on two connections the other may have been first.
        if (!context.window().take(sequence)) {
            return DROPPED;
        }
        return procedure == Rpcsec.DESTROY ? destroy(request, context, handle, sequence) : context.accept(service, sequence);
    }

    /** RFC 2203, section 5.4. Calls under way keep their keys and are answered. */
    private Verdict destroy(AuthRequest request, ServerContext context, Handle handle, int sequence) {
        try {
            OpaqueAuth verifier = context.verifier(sequence);
            contexts.remove(handle);
            return new Verdict.Answered(verifier, Unpooled.EMPTY_BUFFER);
        } catch (ProtectionException e) {
            LOGGER.warn("{}: a DESTROY cannot be answered", request.remoteAddress(), e);
            return DROPPED;
        }
    }

    /** Settings of a server. Not thread-safe. */
    public static final class Builder {
        /** At some kilobytes each: what 10,000 users of a file server need. */
        static final int DEFAULT_MAX_CONTEXTS = 10_000;
        /** How long a ticket's end may go unnoticed, for the JDK's acceptor does not tell it. A renewal costs a client a round trip. */
        static final Duration DEFAULT_CONTEXT_LIFETIME = Duration.ofHours(1);
        /** Kerberos needs a single token: others are rare, and whoever floods us pushes out only his own kind. */
        static final int DEFAULT_MAX_HALF_BUILT = 256;

        private String principal;
        private Path keytab;
        private GssMechanism mechanism;
        private Set<Service> services = EnumSet.allOf(Service.class);
        int maxContexts = DEFAULT_MAX_CONTEXTS;
        int maxHalfBuilt = DEFAULT_MAX_HALF_BUILT;
        Duration contextLifetime = DEFAULT_CONTEXT_LIFETIME;
        InstantSource clock = InstantSource.system();
        Consumer<GssException> refusals = refusal -> LOGGER.info("{}", refusal.getMessage());

        private Builder() {
        }

        /** The service's name: {@code nfs@host}, or a principal, {@code nfs/host[@REALM]}. Needs a {@link #keytab}. */
        public Builder principal(String principal) {
            this.principal = Objects.requireNonNull(principal);
            return this;
        }

        /** The file with the principal's keys. It is read again when it changes. */
        public Builder keytab(Path keytab) {
            this.keytab = Objects.requireNonNull(keytab);
            return this;
        }

        /** Takes the keys of a subject that has logged in, instead of principal and keytab. */
        public Builder subject(Subject subject) {
            this.mechanism = KerberosAcceptor.of(subject);
            return this;
        }

        /** Takes another mechanism instead of Kerberos. */
        public Builder mechanism(GssMechanism mechanism) {
            this.mechanism = Objects.requireNonNull(mechanism);
            return this;
        }

        /** What clients may use, all three unless said otherwise; another is refused with AUTH_TOOWEAK. */
        public Builder services(Service first, Service... more) {
            this.services = EnumSet.of(first, more);
            return this;
        }

        /** How many contexts there may be; one more, and the one used longest ago goes. Its client makes another. */
        public Builder maxContexts(int maxContexts) {
            this.maxContexts = positive(maxContexts, "maxContexts");
            return this;
        }

        /** How many contexts may wait for their client's next token; one more, and the oldest goes. */
        public Builder maxHalfBuiltContexts(int maxHalfBuilt) {
            this.maxHalfBuilt = positive(maxHalfBuilt, "maxHalfBuiltContexts");
            return this;
        }

        /** After how long a client makes its context anew, if the mechanism does not end it sooner. */
        public Builder contextLifetime(Duration lifetime) {
            if (!lifetime.isPositive()) {
                throw new IllegalArgumentException("contextLifetime " + lifetime + " is not positive");
            }
            this.contextLifetime = lifetime;
            return this;
        }

        /** Told of each client that is refused a context, with the reason; on a virtual thread. By default they are logged. */
        public Builder onRefusal(Consumer<GssException> refusals) {
            this.refusals = Objects.requireNonNull(refusals);
            return this;
        }

        /** The time by which contexts end. */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock);
            return this;
        }

        /** @throws GssException if there is no key to accept clients with; the message says what to do */
        public GssServer build() {
            if (mechanism != null) {
                return new GssServer(this, mechanism);
            }
            if (principal == null || keytab == null) {
                throw new IllegalStateException("a GssServer needs a principal and a keytab, or a subject, or a mechanism");
            }
            return new GssServer(this, KerberosAcceptor.of(principal, keytab));
        }

        private static int positive(int value, String what) {
            if (value < 1) {
                throw new IllegalArgumentException(what + ' ' + value + " is not positive");
            }
            return value;
        }
    }
}
