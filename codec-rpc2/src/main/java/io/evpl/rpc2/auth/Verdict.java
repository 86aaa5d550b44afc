package io.evpl.rpc2.auth;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;

/** What a flavor has decided about a call. */
public sealed interface Verdict {
    /**
     * The call goes on.
     *
     * @param credential who calls
     * @param protection what the flavor does to this call's arguments and reply
     */
    record Accepted(Credential credential, CallProtection protection) implements Verdict {
    }

    /** Refused: MSG_DENIED with AUTH_ERROR. */
    record Denied(AuthStat stat) implements Verdict {
    }

    /** No reply at all. */
    record Dropped() implements Verdict {
    }

    /** Answered with GARBAGE_ARGS. */
    record Garbage() implements Verdict {
    }

    /**
     * A control procedure of the flavor itself: answered with SUCCESS.
     *
     * @param results encoded; they become the run time's
     */
    record Answered(OpaqueAuth verifier, ByteBuf results) implements Verdict {
    }

    /** Decided off the loop; the stage may complete on any thread, and may not give another Later. If it fails: AUTH_FAILED. */
    record Later(CompletionStage<Verdict> verdict) implements Verdict {
    }
}
