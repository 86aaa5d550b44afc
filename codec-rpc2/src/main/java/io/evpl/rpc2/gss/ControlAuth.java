package io.evpl.rpc2.gss;

import io.evpl.rpc2.RpcCaller;
import io.evpl.rpc2.auth.ClientAuth;
import java.util.concurrent.CompletionStage;

/** Makes one call that RPCSEC_GSS itself makes: it needs no context but the one that it is about. */
record ControlAuth(Attempt attempt) implements ClientAuth {
    @Override
    public CompletionStage<Void> ready(RpcCaller caller, int program, int version) {
        return READY;
    }

    @Override
    public Attempt attempt(int program, int version, int procedure) {
        return attempt;
    }

    @Override
    public boolean mayMend() {
        return false;
    }
}
