package io.evpl.rpc2.gss;

import io.evpl.rpc2.CallOptions;
import io.evpl.rpc2.RpcCaller;
import io.evpl.rpc2.RpcProcedure;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.xdr.XdrCodec;
import java.util.ArrayDeque;
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
    /** By whose connection one is being made, or null, and who waits for it. Guarded by this. */
    private RpcCaller maker;
    private ArrayDeque<CompletableFuture<Void>> waiting = new ArrayDeque<>();

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

    private synchronized CompletionStage<Void> make(RpcCaller caller) {
        if (isGood()) {
            return ClientAuth.READY;
        }
        // Each has a stage of its own, since those that depend on one stage hear of it in reverse: calls are sent in their order.
        CompletableFuture<Void> made = new CompletableFuture<>();
        waiting.add(made);
        if (maker == null) {
            maker = caller;
            Thread.ofVirtual().name("evpl-gss-init").start(() -> establish(caller));
        }
        return maker == caller ? made : orByOneself(made, caller);
    }

    /** Another connection makes a context, which serves this one, too. If that one dies meanwhile this one tries for itself. */
    private CompletionStage<Void> orByOneself(CompletableFuture<Void> others, RpcCaller caller) {
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

    private void establish(RpcCaller caller) {
        Throwable failure = null;
        try {
            current = client.establish(caller, program, version);
        } catch (Throwable e) {
            failure = e;
        }
        ArrayDeque<CompletableFuture<Void>> served;
        synchronized (this) {
            maker = null;
            served = waiting;
            waiting = new ArrayDeque<>();
        }
        for (CompletableFuture<Void> made : served) {
            complete(made, failure);
        }
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
