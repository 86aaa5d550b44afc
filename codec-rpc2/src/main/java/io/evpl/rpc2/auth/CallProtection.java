package io.evpl.rpc2.auth;

import io.netty.buffer.ByteBuf;

/**
 * What a flavor does to the arguments and the reply of one call at the server. Called on the connection's loop, the arguments first.
 * Buffers: each method takes the reference it is given, also when it fails, and the one it returns is the caller's.
 */
public interface CallProtection {
    /** Does nothing; the verifier is AUTH_NONE. */
    CallProtection NONE = new CallProtection() {
        @Override
        public ByteBuf unwrapArguments(ByteBuf arguments) {
            return arguments;
        }

        @Override
        public OpaqueAuth replyVerifier() {
            return OpaqueAuth.NONE;
        }

        @Override
        public ByteBuf wrapResults(ByteBuf results) {
            return results;
        }

        @Override
        public boolean wraps() {
            return false;
        }
    };

    /** @throws ProtectionException if they are not what was protected: GARBAGE_ARGS */
    ByteBuf unwrapArguments(ByteBuf arguments) throws ProtectionException;

    /** @throws ProtectionException if there is none: then no reply is sent */
    OpaqueAuth replyVerifier() throws ProtectionException;

    /** @throws ProtectionException if they cannot be protected: then no reply is sent */
    ByteBuf wrapResults(ByteBuf results) throws ProtectionException;

    /** Whether arguments and results of this call are changed; if not, neither is passed through here. */
    boolean wraps();
}
