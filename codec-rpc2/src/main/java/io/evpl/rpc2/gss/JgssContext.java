package io.evpl.rpc2.gss;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** A context of the JDK's GSS-API. */
final class JgssContext implements MechanismContext {
    private static final byte[] NO_TOKEN = {};
    /** The default quality of protection: RFC 2203 has no other in use. */
    private static final int QOP = 0;

    private final GSSContext context;
    private final Subject subject;
    private final LongSupplier lifetimeSeconds;

    /** @param lifetimeSeconds asked once the context is established, for the JDK's Kerberos does not know: it says "indefinite" */
    JgssContext(GSSContext context, Subject subject, LongSupplier lifetimeSeconds) {
        this.context = context;
        this.subject = subject;
        this.lifetimeSeconds = lifetimeSeconds;
    }

    @Override
    public byte[] step(byte[] token) throws GSSException {
        byte[] in = token == null ? NO_TOKEN : token;
        byte[] out = as(subject, () -> context.isInitiator()
                ? context.initSecContext(in, 0, in.length) : context.acceptSecContext(in, 0, in.length));
        return out == null || out.length == 0 ? null : out;
    }

    /** Runs one step with the subject's keys and tickets. Bytes of a peer must not be able to do worse than fail. */
    static <T> T as(Subject subject, Callable<T> step) throws GSSException {
        try {
            return Subject.callAs(subject, step);
        } catch (CompletionException e) {
            if (e.getCause() instanceof GSSException failure) {
                throw failure;
            }
            throw failure(e.getCause());
        }
    }

    /** The JDK's readers of tokens meet broken ones with exceptions of all kinds. */
    private static GSSException failure(Throwable cause) {
        GSSException failure = new GSSException(GSSException.DEFECTIVE_TOKEN, 0, String.valueOf(cause));
        failure.initCause(cause);
        return failure;
    }

    @Override
    public boolean isEstablished() {
        return context.isEstablished();
    }

    @Override
    public String initiator() throws GSSException {
        return context.getSrcName().toString();
    }

    @Override
    public String acceptor() throws GSSException {
        return context.getTargName().toString();
    }

    @Override
    public long lifetimeSeconds() {
        int own = context.getLifetime();
        long known = lifetimeSeconds.getAsLong();
        return own == GSSContext.INDEFINITE_LIFETIME ? known : Math.min(known, own);
    }

    @Override
    public byte[] mic(byte[] message, int offset, int bytes) throws GSSException {
        return context.getMIC(message, offset, bytes, new MessageProp(QOP, false));
    }

    @Override
    public void verify(byte[] mic, int micOffset, int micBytes, byte[] message, int offset, int bytes) throws GSSException {
        try {
            // Order and repetition are for the sequence window to judge: RFC 2203, section 5.2.2.
            context.verifyMIC(mic, micOffset, micBytes, message, offset, bytes, new MessageProp(QOP, false));
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    @Override
    public byte[] seal(byte[] message, int offset, int bytes) throws GSSException {
        MessageProp properties = new MessageProp(QOP, true);
        byte[] token = context.wrap(message, offset, bytes, properties);
        requirePrivacy(properties);
        return token;
    }

    @Override
    public byte[] open(byte[] token, int offset, int bytes) throws GSSException {
        MessageProp properties = new MessageProp(QOP, true);
        byte[] message;
        try {
            message = context.unwrap(token, offset, bytes, properties);
        } catch (RuntimeException e) {
            throw failure(e);
        }
        requirePrivacy(properties);
        return message;
    }

    /** Either side may have left it out: a token of wrap() need not be encrypted (RFC 2743, section 2.3.3). */
    private static void requirePrivacy(MessageProp properties) throws GSSException {
        if (!properties.getPrivacy()) {
            throw new GSSException(GSSException.BAD_QOP, 0, "the message is signed only, not encrypted");
        }
    }
}
