package io.evpl.rpc2.auth;

import io.evpl.rpc2.RpcCaller;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A flavor as a client uses it. One object may serve many calls and connections: it must be thread-safe. */
public interface ClientAuth {
    /** A stage that is complete. */
    CompletionStage<Void> READY = CompletableFuture.completedStage(null);
    /** The answer of a flavor that cannot mend a refusal. */
    CompletionStage<Boolean> NO_SECOND_ATTEMPT = CompletableFuture.completedStage(false);

    /**
     * Complete when calls can be made; {@link #READY} if that is always so. Called on the connection's loop before each call. A flavor
     * that needs a session makes it here, by calls through {@code caller}. If the stage fails, so does the call.
     */
    CompletionStage<Void> ready(RpcCaller caller, int program, int version);

    /** Begins one transmission of one call, on the connection's loop. Sending the same bytes again is no new attempt. */
    Attempt attempt(int program, int version, int procedure);

    /** Whether {@link #refused} can ever say true. If not, a call's arguments are let go as soon as they are sent. */
    default boolean mayMend() {
        return true;
    }

    /**
     * Called on the connection's loop when the server refused an attempt.
     *
     * @return true if the call is worth another attempt, with what the flavor has made anew; it is made once at most
     */
    default CompletionStage<Boolean> refused(AuthStat stat) {
        return NO_SECOND_ATTEMPT;
    }

    /**
     * As {@link #refused(AuthStat)}, with what a flavor needs that makes its session by calls: this is what the run time calls.
     *
     * @param caller  the connection
     * @param attempt what was refused: of calls that were under way together one after the other hears that their session is gone
     */
    default CompletionStage<Boolean> refused(RpcCaller caller, Attempt attempt, AuthStat stat) {
        return refused(stat);
    }

    /** One transmission of one call. Buffers as with {@link CallProtection}. */
    interface Attempt {
        /** The credential to send. */
        OpaqueAuth credential();

        /**
         * The verifier to send.
         *
         * @param header everything from the xid up to and including the credential, as it is sent; valid during the call
         */
        OpaqueAuth verifier(ByteBuf header);

        /** Whether arguments and results of this call are changed; if not, neither is passed through here. */
        boolean wraps();

        /** @throws ProtectionException if they cannot be protected: the call fails and nothing is sent */
        ByteBuf wrapArguments(ByteBuf arguments) throws ProtectionException;

        /** @throws ProtectionException if the reply is not the server's: the call fails */
        void verify(OpaqueAuth replyVerifier) throws ProtectionException;

        /** @throws ProtectionException if they are not what the server protected: the call fails */
        ByteBuf unwrapResults(ByteBuf results) throws ProtectionException;
    }
}
