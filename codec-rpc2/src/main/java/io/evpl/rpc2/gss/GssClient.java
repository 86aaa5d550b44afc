package io.evpl.rpc2.gss;

import io.evpl.rpc2.CallOptions;
import io.evpl.rpc2.RpcCaller;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.ClientAuth;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.security.auth.Subject;

/**
 * RPCSEC_GSS as a client uses it (RFC 2203, version 1): one user's calls of one service under one kind of protection. Any number of them
 * can be used on one connection, call by call ({@link CallOptions#withAuth}), and one on any number of connections. Thread-safe.
 *
 * <p>The first call makes a context, by calls of procedure 0 through its own connection; calls that come meanwhile wait for it. It is made
 * anew shortly before it ends, and when the server does not know it any more: then the call that heard so is made once more. All that may
 * block runs on virtual threads.
 *
 * <p>A context is shared by all connections that use the object. A server drops calls that come later than a window of some 128 others, so
 * connections that are loaded unevenly should have one object each.
 *
 * <pre>{@code
 * GssClient gss = GssClient.builder().target("nfs@server.example.org").service(Service.INTEGRITY).ticketCache().build();
 * }</pre>
 */
public final class GssClient implements ClientAuth, AutoCloseable {
    private static final CompletionStage<Boolean> SECOND_ATTEMPT = CompletableFuture.completedStage(true);
    /** Being polite is not worth waiting for. */
    private static final long DESTROY_NS = TimeUnit.SECONDS.toNanos(5);

    private final String target;
    private final Service service;
    private final GssMechanism mechanism;
    private final InstantSource clock;
    private final CopyOnWriteArrayList<ContextSlot> slots = new CopyOnWriteArrayList<>();

    private GssClient(Builder builder) {
        target = builder.target;
        service = builder.service;
        clock = builder.clock;
        mechanism = builder.mechanism != null ? builder.mechanism : new KerberosInitiator(target, builder.login);
    }

    /** Begins with {@link Service#NONE}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Of all calls under this object. */
    public Service service() {
        return service;
    }

    String target() {
        return target;
    }

    InstantSource clock() {
        return clock;
    }

    ClientContext establish(RpcCaller caller, int program, int version) throws InterruptedException {
        return new Establishment(caller, program, version, target, service).run(mechanism, clock);
    }

    /** The stage fails with a {@link GssException} that says what to do, or as the call of procedure 0 has failed. */
    @Override
    public CompletionStage<Void> ready(RpcCaller caller, int program, int version) {
        return slot(program, version).ready(caller);
    }

    /** @throws IllegalStateException if there is no context: {@link #ready} was not waited for, or this is destroyed */
    @Override
    public Attempt attempt(int program, int version, int procedure) {
        return slot(program, version).attempt(service);
    }

    /** Few programs are called under one identity: a list is quicker than a map whose key would have to be made. */
    private ContextSlot slot(int program, int version) {
        for (ContextSlot slot : slots) {
            if (slot.isFor(program, version)) {
                return slot;
            }
        }
        synchronized (slots) {
            for (ContextSlot slot : slots) {
                if (slot.isFor(program, version)) {
                    return slot;
                }
            }
            ContextSlot slot = new ContextSlot(this, program, version);
            slots.add(slot);
            return slot;
        }
    }

    @Override
    public CompletionStage<Boolean> refused(RpcCaller caller, Attempt attempt, AuthStat stat) {
        boolean mendable = switch (stat) {
            case RPCSEC_GSS_CREDPROBLEM, RPCSEC_GSS_CTXPROBLEM, AUTH_REJECTEDCRED -> true;
            case AUTH_OK, AUTH_BADCRED, AUTH_BADVERF, AUTH_REJECTEDVERF, AUTH_TOOWEAK, AUTH_INVALIDRESP, AUTH_FAILED, AUTH_KERB_GENERIC,
                    AUTH_TIMEEXPIRE, AUTH_TKT_FILE, AUTH_DECODE, AUTH_NET_ADDR -> false;
        };
        if (!mendable || !(attempt instanceof ClientContext.Call call)) {
            return NO_SECOND_ATTEMPT;
        }
        call.context().refuse(); // not the one that was made meanwhile, because another call has heard the same
        CompletionStage<Void> ready = call.slot().ready(caller);
        return ready == READY ? SECOND_ATTEMPT : ready.thenApply(_ -> true);
    }

    /**
     * Tells the servers that the contexts are not needed any more (RFC 2203, section 5.4). Calls under way are answered; later ones make
     * a new context.
     *
     * @return complete when the servers have answered, or cannot be reached; never fails
     */
    public CompletionStage<Void> destroy() {
        List<CompletableFuture<?>> farewells = new ArrayList<>();
        for (ContextSlot slot : slots) {
            farewells.add(slot.destroy(service, DESTROY_NS));
        }
        return CompletableFuture.allOf(farewells.toArray(CompletableFuture[]::new)).exceptionally(_ -> null);
    }

    /** As {@link #destroy}, without waiting. */
    @Override
    public void close() {
        destroy();
    }

    /** Settings of a client. Not thread-safe. */
    public static final class Builder {
        private String target;
        private Service service = Service.NONE;
        private Supplier<Subject> login;
        private GssMechanism mechanism;
        private InstantSource clock = InstantSource.system();

        private Builder() {
        }

        /** The service: {@code nfs@host}, or its principal, {@code nfs/host[@REALM]}. */
        public Builder target(String target) {
            this.target = Objects.requireNonNull(target);
            return this;
        }

        /** How much of the calls is protected. */
        public Builder service(Service service) {
            this.service = Objects.requireNonNull(service);
            return this;
        }

        /** Calls as who has logged in, whose tickets somebody else renews. */
        public Builder subject(Subject subject) {
            Objects.requireNonNull(subject);
            this.login = () -> subject;
            return this;
        }

        /** Logs in with a key, and again before the ticket ends. @throws GssException if the file cannot be read */
        public Builder keytab(String principal, Path keytab) {
            this.login = JaasLogin.keytab(principal, keytab)::subject;
            return this;
        }

        /** Uses what {@code kinit} has got: the file that KRB5CCNAME names, or /tmp/krb5cc_UID. */
        public Builder ticketCache() {
            this.login = JaasLogin.ticketCache(null)::subject;
            return this;
        }

        /** Uses what {@code kinit -c FILE} has got. */
        public Builder ticketCache(Path file) {
            this.login = JaasLogin.ticketCache(Objects.requireNonNull(file))::subject;
            return this;
        }

        /** Takes another mechanism instead of Kerberos; the target is then only a name for people. */
        public Builder mechanism(GssMechanism mechanism) {
            this.mechanism = Objects.requireNonNull(mechanism);
            return this;
        }

        /** The time by which contexts end. */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock);
            return this;
        }

        /** Asks nobody yet: a login that fails fails the first call. */
        public GssClient build() {
            if (target == null || login == null && mechanism == null) {
                throw new IllegalStateException("a GssClient needs a target, and one of subject, keytab, ticketCache or mechanism");
            }
            return new GssClient(this);
        }
    }
}
