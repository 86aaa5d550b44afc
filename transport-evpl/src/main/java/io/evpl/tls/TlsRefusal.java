package io.evpl.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Date;

/** Why a peer's certificate was not accepted. It is among the causes of what a failed handshake throws. */
public final class TlsRefusal extends CertificateException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the certificate. */
    public enum Reason {
        /** It is for other names than the one that we wanted to talk to. */
        WRONG_HOST,
        EXPIRED,
        NOT_YET_VALID,
        /** It signs itself, and is not among those we trust. */
        SELF_SIGNED,
        /** Nobody whom we trust vouches for it. */
        UNTRUSTED
    }

    private final Reason reason;

    private TlsRefusal(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** @return the refusal among the causes of {@code failure}, or null if it failed for something else */
    public static TlsRefusal in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TlsRefusal refusal) {
                return refusal;
            }
        }
        return null;
    }

    /** @param host whom we wanted to talk to; null if we listen */
    static TlsRefusal of(CertificateException cause, X509Certificate[] chain, String host) {
        Date now = new Date();
        for (X509Certificate certificate : chain) {
            if (now.after(certificate.getNotAfter())) {
                return new TlsRefusal(Reason.EXPIRED, name(certificate) + " expired at "
                        + certificate.getNotAfter().toInstant(), cause);
            }
            if (now.before(certificate.getNotBefore())) {
                return new TlsRefusal(Reason.NOT_YET_VALID, name(certificate) + " is not valid before "
                        + certificate.getNotBefore().toInstant() + "; is the clock of this machine right?", cause);
            }
        }
        X509Certificate own = chain[0];
        if (!isAboutThePath(cause)) {
            return new TlsRefusal(Reason.WRONG_HOST, name(own) + " is not for \"" + host + "\": " + cause.getMessage(), cause);
        }
        if (own.getIssuerX500Principal().equals(own.getSubjectX500Principal())) {
            return new TlsRefusal(Reason.SELF_SIGNED, name(own) + " is self-signed, and not itself trusted", cause);
        }
        return new TlsRefusal(Reason.UNTRUSTED, name(own) + " is issued by " + chain[chain.length - 1].getIssuerX500Principal()
                + ", which is not trusted: " + cause.getMessage(), cause);
    }

    private static boolean isAboutThePath(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                return true;
            }
        }
        return false;
    }

    private static String name(X509Certificate certificate) {
        return "the certificate of " + certificate.getSubjectX500Principal();
    }
}
