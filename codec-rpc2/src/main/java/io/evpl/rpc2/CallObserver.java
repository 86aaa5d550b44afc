package io.evpl.rpc2;

import java.net.SocketAddress;
import java.util.List;

/**
 * Hears of calls, for metrics and traces. Called on each connection's loop; must not block and must not throw. Without one nothing is
 * spent on it; with one, what it returns for a call is all that is kept.
 */
public interface CallObserver {
    /**
     * A handler is about to get a call.
     *
     * @param messageBytes of the call, header included
     * @return what hears the rest, or null
     */
    default Observation serving(RpcCall<?> call, int messageBytes) {
        return null;
    }

    /**
     * A call was answered, or dropped, without a handler: it was refused, or asked for nothing. The numbers are the caller's word, and
     * so may be any.
     *
     * @param known whether there is such a program and version here
     */
    default void unhandled(int program, int version, int procedure, boolean known, Outcome outcome) {
    }

    /**
     * A call of ours begins.
     *
     * @param remoteAddress null while there is no connection
     * @return what hears the rest, or null
     */
    default Observation calling(RpcProcedure<?, ?> procedure, SocketAddress remoteAddress) {
        return null;
    }

    /** How one call goes on. */
    interface Observation {
        /** The handler is called now, on this thread. */
        default void handlerBegins() {
        }

        /** The handler has returned; the answer may come later. */
        default void handlerReturned() {
        }

        /**
         * A call of ours is handed to the connection; again if it is repeated.
         *
         * @param messageBytes header included
         */
        default void sent(int xid, int messageBytes) {
        }

        /**
         * Nothing more happens. Called once.
         *
         * @param replyBytes of the reply, header included; 0 if there is none
         * @param cause what went wrong, or null if nobody knows or nothing did
         */
        void ended(Outcome outcome, int replyBytes, Throwable cause);
    }

    /** How a call ended, in RFC 5531's words where it has one. */
    enum Outcome {
        SUCCESS, PROG_UNAVAIL, PROG_MISMATCH, PROC_UNAVAIL, GARBAGE_ARGS, SYSTEM_ERR, RPC_MISMATCH, AUTH_ERROR,
        /** No reply was sent, by intent. */
        DROPPED,
        /** At the server: the caller had gone. At the client: the connection was lost. */
        CONNECTION_LOST,
        TIMEOUT,
        /** The caller has cancelled it. */
        CANCELLED,
        MALFORMED_REPLY,
        /** It could not be sent: a bound of its type, a limit, a flavor that was not ready. */
        NOT_SENT;

        /** What the failure of a call means. */
        static Outcome of(Throwable failure) {
            return switch (failure) {
                case AuthException _ -> AUTH_ERROR;
                case RpcMismatchException _ -> RPC_MISMATCH;
                case ProgramUnavailableException _ -> PROG_UNAVAIL;
                case ProgramMismatchException _ -> PROG_MISMATCH;
                case ProcedureUnavailableException _ -> PROC_UNAVAIL;
                case GarbageArgumentsException _ -> GARBAGE_ARGS;
                case SystemErrorException _ -> SYSTEM_ERR;
                case RpcTimeoutException _ -> TIMEOUT;
                case ConnectionLostException _ -> CONNECTION_LOST;
                case MalformedReplyException _ -> MALFORMED_REPLY;
                case null, default -> NOT_SENT;
            };
        }
    }

    /** One that tells each of these, in order. */
    static CallObserver all(CallObserver... observers) {
        return new CallObservers(List.of(observers));
    }
}
