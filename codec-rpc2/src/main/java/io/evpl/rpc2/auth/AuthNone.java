package io.evpl.rpc2.auth;

import io.evpl.rpc2.RpcCaller;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;

/** AUTH_NONE: nobody in particular calls (RFC 5531, section 10.1). */
public final class AuthNone {
    /** Its number. */
    public static final int FLAVOR = 0;
    /** Takes every such call. */
    public static final ServerAuth SERVER = new Server();
    /** Makes such calls. */
    public static final ClientAuth CLIENT = new Client();

    private AuthNone() {
    }

    /** Nobody in particular. */
    public record Credential() implements io.evpl.rpc2.auth.Credential {
        @Override
        public int flavor() {
            return FLAVOR;
        }

        @Override
        public String describe() {
            return "nobody";
        }
    }

    private static final class Server implements ServerAuth {
        private final Verdict accepted = new Verdict.Accepted(new Credential(), CallProtection.NONE);

        @Override
        public int flavor() {
            return FLAVOR;
        }

        @Override
        public Verdict authenticate(AuthRequest request) {
            return accepted;
        }
    }

    private static final class Client implements ClientAuth {
        private final Attempt attempt = new PlainAttempt(OpaqueAuth.NONE);

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

    /** An attempt with a credential and nothing that is computed: one object does for all calls. */
    record PlainAttempt(OpaqueAuth credential) implements ClientAuth.Attempt {
        @Override
        public OpaqueAuth verifier(ByteBuf header) {
            return OpaqueAuth.NONE;
        }

        @Override
        public boolean wraps() {
            return false;
        }

        @Override
        public ByteBuf wrapArguments(ByteBuf arguments) {
            return arguments;
        }

        /** A verifier of another flavor (AUTH_SHORT, say) proves nothing and harms nobody; AUTH_NONE has an empty body. */
        @Override
        public void verify(OpaqueAuth replyVerifier) throws ProtectionException {
            if (replyVerifier.flavor() == FLAVOR && replyVerifier.body().length != 0) {
                throw new ProtectionException("the reply's AUTH_NONE verifier has " + replyVerifier.body().length + " bytes");
            }
        }

        @Override
        public ByteBuf unwrapResults(ByteBuf results) {
            return results;
        }
    }
}
