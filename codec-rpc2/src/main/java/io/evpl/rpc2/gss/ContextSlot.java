package io.evpl.rpc2.gss;

import io.evpl.rpc2.CallOptions;
import io.evpl.rpc2.RpcCaller;
import io.evpl.rpc2.RpcProcedure;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.xdr.XdrCodec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The context of a client for one program, made when it is needed. Programs have contexts of their own, for on one host they may be
 * served by several processes, none of which knows the others' contexts. Thread-safe.
 */
final class ContextSlot {
    private final GssClient client;
    private final int program;
    private final int version;
    private volatile ClientContext current;
    /** The one that is being made, and by whom. Guarded by this. */
    private CompletableFuture<Void> making;
    private RpcCaller maker;

    ContextSlot(GssClient client, int program, int version) {
        this.client = client;
        this.program = program;
        this.version = version;
    }

    boolean isFor(int program, int version) {
        return this.program == program && this.version == version;
    }

    /** Complete when there is a context that holds. */
    CompletionStage<Void> ready(RpcCaller caller) {
        return isGood() ? ClientAuth.READY : make(caller);
    }

    private boolean isGood() {
        ClientContext context = current;
        return context != null && context.isGood(client.clock().millis());
    }

    private CompletionStage<Void> make(RpcCaller caller) {
        CompletableFuture<Void> others;
        synchronized (this) {
            if (isGood()) {
                return ClientAuth.READY;
            }
            if (making == null) {
                return begin(caller);
            }
            if (maker == caller) {
                return making;
            }
            others = making;
        }
        // Another connection makes one, which serves this one, too. If it dies meanwhile this one tries for itself.
        CompletableFuture<Void> own = new CompletableFuture<>();
        others.whenComplete((_, failure) -> {
            if (failure == null) {
                own.complete(null);
            } else {
                ready(caller).whenComplete((_, again) -> complete(own, again));
            }
        });
        return own;
    }

    private CompletableFuture<Void> begin(RpcCaller caller) {
        CompletableFuture<Void> made = new CompletableFuture<>();
        making = made;
        maker = caller;
        Thread.ofVirtual().name("evpl-gss-init").start(() -> {
            Throwable failure = null;
            try {
                current = client.establish(caller, program, version);
            } catch (Throwable e) {
                failure = e;
            }
            synchronized (this) {
                making = null;
                maker = null;
            }
            complete(made, failure);
        });
        return made;
    }

    private static void complete(CompletableFuture<Void> future, Throwable failure) {
        if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }

    /** One transmission of one call. @throws IllegalStateException if there is no context */
    ClientAuth.Attempt attempt(Service service) {
        ClientContext context = current;
        if (context == null) {
            throw new IllegalStateException("there is no context with " + client.target() + ": destroyed, or not waited for");
        }
        return context.attempt(this, Rpcsec.DATA, service);
    }

    /** Destroys the context, if there is one. Calls that follow make another. */
    CompletableFuture<?> destroy(Service service, long timeoutNs) {
        ClientContext context = take();
        if (context == null) {
            return CompletableFuture.completedFuture(null);
        }
        ClientAuth.Attempt last = context.attempt(this, Rpcsec.DESTROY, service);
        var procedure = new RpcProcedure<>(program, version, 0, "RPCSEC_GSS_DESTROY", XdrCodec.VOID, XdrCodec.VOID);
        return context.maker().call(procedure, null, CallOptions.DEFAULT.withAuth(new ControlAuth(last)).withTimeoutNs(timeoutNs));
    }

    /** Takes the context out. @return it, or null */
    private synchronized ClientContext take() {
        ClientContext context = current;
        current = null;
        return context;
    }
}
