package io.evpl.rpc2;

import io.evpl.rpc2.auth.AuthNone;
import io.evpl.rpc2.auth.AuthSys;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.ServerAuth;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a connection serves and how it calls. Immutable; any number of connections share it. */
public final class RpcConfig {
    /** Serves nothing, calls as nobody in particular, waits for ever. */
    public static final RpcConfig DEFAULT = builder().build();

    private final List<RpcProgram> programList;
    private final ProgramTable programs;
    private final ServerAuth[] serverAuths;
    private final ClientAuth clientAuth;
    private final RpcLimits limits;
    private final CallBudget budget;
    private final CallBudget pendingBudget;
    private final RpcListener listener;
    private final CallInterceptor interceptor;
    private final CallObserver observer;
    private final ConnectionSecurity tls;
    private final long callTimeoutNs;
    private final Retransmission retransmission;
    private final boolean strictPadding;
    /** Not more than there are procedures. */
    private final Set<RpcProcedure<?, ?>> failed = ConcurrentHashMap.newKeySet();

    private RpcConfig(Builder builder) {
        programList = List.copyOf(builder.programs);
        programs = new ProgramTable(programList);
        List<ServerAuth> auths = builder.auths.isEmpty() ? List.of(AuthNone.SERVER, AuthSys.SERVER) : builder.auths;
        serverAuths = auths.toArray(ServerAuth[]::new);
        clientAuth = builder.clientAuth;
        limits = builder.limits;
        budget = builder.budget == null ? new CallBudget(CallBudget.DEFAULT_MAX_CALLS, CallBudget.DEFAULT_MAX_BYTES) : builder.budget;
        pendingBudget = builder.pendingBudget;
        listener = builder.listener;
        interceptor = builder.interceptor;
        observer = builder.observer;
        tls = builder.tls;
        callTimeoutNs = builder.callTimeoutNs;
        retransmission = builder.retransmission;
        strictPadding = builder.strictPadding;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these settings; what it builds shares the budgets with this. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.programs.addAll(programList);
        builder.auths.addAll(List.of(serverAuths));
        builder.clientAuth = clientAuth;
        builder.limits = limits;
        builder.budget = budget;
        builder.pendingBudget = pendingBudget;
        builder.listener = listener;
        builder.interceptor = interceptor;
        builder.observer = observer;
        builder.tls = tls;
        builder.callTimeoutNs = callTimeoutNs;
        builder.retransmission = retransmission;
        builder.strictPadding = strictPadding;
        return builder;
    }

    public RpcLimits limits() {
        return limits;
    }

    /** What connections of this configuration may serve together. */
    public CallBudget budget() {
        return budget;
    }

    /** What they may have pending together, or null if nobody has said. */
    CallBudget pendingBudget() {
        return pendingBudget;
    }

    ProgramTable programs() {
        return programs;
    }

    /** The flavor with this number, or null if it is not taken. */
    ServerAuth serverAuth(int flavor) {
        for (ServerAuth auth : serverAuths) {
            if (auth.flavor() == flavor) {
                return auth;
            }
        }
        return null;
    }

    ClientAuth clientAuth() {
        return clientAuth;
    }

    RpcListener listener() {
        return listener;
    }

    /** Null if there is none. */
    CallInterceptor interceptor() {
        return interceptor;
    }

    /** Null if there is none. */
    CallObserver observer() {
        return observer;
    }

    /** Null if there is none. */
    ConnectionSecurity tls() {
        return tls;
    }

    long callTimeoutNs() {
        return callTimeoutNs;
    }

    /** Null if nobody has said. */
    Retransmission retransmission() {
        return retransmission;
    }

    boolean strictPadding() {
        return strictPadding;
    }

    /** True once for each procedure: what a caller can provoke must not fill a log. */
    boolean isFirstFailureOf(RpcProcedure<?, ?> procedure) {
        return failed.add(procedure);
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private final List<RpcProgram> programs = new ArrayList<>();
        private final List<ServerAuth> auths = new ArrayList<>();
        private ClientAuth clientAuth = AuthNone.CLIENT;
        private RpcLimits limits = RpcLimits.DEFAULT;
        private CallBudget budget;
        private CallBudget pendingBudget;
        private RpcListener listener = RpcListener.NONE;
        private CallInterceptor interceptor;
        private CallObserver observer;
        private ConnectionSecurity tls;
        private long callTimeoutNs = Long.MAX_VALUE;
        private Retransmission retransmission;
        private boolean strictPadding;

        private Builder() {
        }

        /** Serves a program; each version is one. Calls of others are answered with PROG_UNAVAIL. */
        public Builder program(RpcProgram program) {
            programs.add(program);
            return this;
        }

        /** Takes calls of a flavor. Without any: AUTH_NONE and AUTH_SYS. With some: these and no others. */
        public Builder serverAuth(ServerAuth auth) {
            for (ServerAuth other : auths) {
                if (other.flavor() == auth.flavor()) {
                    throw new IllegalArgumentException("flavor " + auth.flavor() + " is taken already");
                }
            }
            auths.add(auth);
            return this;
        }

        /** Who calls, unless a call says otherwise; AUTH_NONE by default. */
        public Builder clientAuth(ClientAuth auth) {
            clientAuth = auth;
            return this;
        }

        public Builder limits(RpcLimits limits) {
            this.limits = limits;
            return this;
        }

        /** Shares a budget of served calls with whoever else has it; by default connections of this configuration have their own. */
        public Builder budget(CallBudget budget) {
            this.budget = budget;
            return this;
        }

        /** Shares a budget of pending calls with whoever else has it; by default only {@link RpcLimits} bound each connection's. */
        public Builder pendingBudget(CallBudget budget) {
            pendingBudget = budget;
            return this;
        }

        public Builder listener(RpcListener listener) {
            this.listener = listener;
            return this;
        }

        public Builder interceptor(CallInterceptor interceptor) {
            this.interceptor = interceptor;
            return this;
        }

        /** Is told of every call, in both directions; several by {@link CallObserver#all}. */
        public Builder observer(CallObserver observer) {
            this.observer = observer;
            return this;
        }

        /** Protects connections by TLS: {@link io.evpl.rpc2.tls.RpcTlsServer}, or {@link io.evpl.rpc2.tls.RpcTlsClient}. */
        public Builder tls(ConnectionSecurity tls) {
            this.tls = tls;
            return this;
        }

        /** How long a call waits for its reply, unless it says otherwise; for ever by default. */
        public Builder callTimeoutNs(long timeoutNs) {
            if (timeoutNs <= 0) {
                throw new IllegalArgumentException("callTimeoutNs is " + timeoutNs + "; a call needs time");
            }
            callTimeoutNs = timeoutNs;
            return this;
        }

        /** When calls are sent again. By default {@link Retransmission#DEFAULT} over datagrams, and never over streams, which do it themselves. */
        public Builder retransmission(Retransmission retransmission) {
            this.retransmission = retransmission;
            return this;
        }

        /** Refuses arguments and results whose padding is not zero. RFC 4506 demands zero of the sender only. */
        public Builder strictPadding(boolean strict) {
            strictPadding = strict;
            return this;
        }

        public RpcConfig build() {
            return new RpcConfig(this);
        }
    }
}
