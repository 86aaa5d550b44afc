package io.evpl.rpc2;

/**
 * Whether a call is made again, under its transaction id, when its connection was lost before its reply came. The server may have carried
 * it out already: what must not happen twice is repeated only at a server that remembers its replies across connections
 * ({@code io.evpl.rpc2.replay.ReplyCache}).
 */
@FunctionalInterface
public interface Repetition {
    /** Calls fail with {@link ConnectionLostException}: whoever made them decides. */
    Repetition NEVER = _ -> false;
    /** For servers that remember their replies, and for programs whose procedures may all happen twice. */
    Repetition ALWAYS = _ -> true;

    /** Whether calls of this procedure are made again: true for those that may happen twice. */
    boolean mayRepeat(RpcProcedure<?, ?> procedure);
}
