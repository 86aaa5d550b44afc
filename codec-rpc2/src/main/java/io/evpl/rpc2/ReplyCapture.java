package io.evpl.rpc2;

import io.netty.buffer.ByteBuf;

/** Gets the results of one call between encoding and sending: {@link RpcCall#capture}. Called once, on the connection's loop. */
public interface ReplyCapture {
    /**
     * The call is answered with SUCCESS, whether or not somebody still waits.
     *
     * @param results encoded, before any protection; the run time's, valid during the call. {@link RpcCall#replyEncoded} takes a copy
     */
    void replied(ByteBuf results);

    /** The call ended without results: an error, a refusal, or no answer. */
    default void notReplied() {
    }
}
