package io.evpl.rpc2;

import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.Credential;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;

/**
 * One call at the server, from its arrival to its answer. Its methods can be called from any thread. Of {@link #reply},
 * {@link #replyEncoded}, {@link #fail}, {@link #deny} and {@link #drop} the first one called takes effect, and one must be called, even
 * if the caller is gone: only then are the arguments released and does the call stop counting against the limits.
 *
 * @param <R> results
 */
public abstract class RpcCall<R> {
    RpcCall() {
    }

    /** The transaction id, as the caller chose it. */
    public abstract int xid();

    /** What was called. */
    public abstract RpcProcedure<?, R> procedure();

    /** Who calls. */
    public abstract Credential credential();

    /** The way back: calls procedures of the caller, over the connection that the call came by. */
    public abstract RpcCaller connection();

    /** Where the call came from. */
    public abstract SocketAddress remoteAddress();

    /** Whether an answer would still reach somebody: false once the call is answered or dropped, or the caller is gone. */
    public abstract boolean isOpen();

    /**
     * Answers with results. Their zero-copy buffers become the run time's, and are released when they are encoded; who answers with a
     * buffer of the arguments retains it once. Results that break a bound of their type are answered with SYSTEM_ERR.
     *
     * @return false if the call was answered before, or nobody waits any more; the results are released all the same
     */
    public abstract boolean reply(R results);

    /**
     * Answers with results that are encoded already, as a {@link ReplyCapture} has seen them: they are sent under this call's transaction
     * id, with its verifier and protection. The buffer becomes the run time's. Returns as {@link #reply}.
     */
    public abstract boolean replyEncoded(ByteBuf results);

    /**
     * Has the encoded results shown to somebody before they are sent: for caches of replies. To be set before the call is answered, from
     * its handler or interceptor, once for each call; null forgets it.
     */
    public abstract void capture(ReplyCapture capture);

    /** Answers SYSTEM_ERR; the cause is logged, not sent. Returns as {@link #reply}. */
    public abstract boolean fail(Throwable cause);

    /** Refuses the caller: AUTH_ERROR with this state. Returns as {@link #reply}. */
    public abstract boolean deny(AuthStat stat);

    /** Sends no answer at all. Returns as {@link #reply}. */
    public abstract boolean drop();
}
