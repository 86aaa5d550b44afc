package io.evpl.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whose certificates we believe. Immutable; any thread. */
public final class TlsTrust {
    private final X509ExtendedTrustManager manager;

    private TlsTrust(KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(anchors);
        TrustManager[] managers = factory.getTrustManagers();
        manager = new TlsVerifier((X509ExtendedTrustManager) managers[0]);
    }

    /** The authorities that the JDK knows. */
    public static TlsTrust system() {
        return of((KeyStore) null);
    }

    /** These authorities, or single certificates, and no other. */
    public static TlsTrust of(X509Certificate... anchors) {
        if (anchors.length == 0) {
            throw new IllegalArgumentException("whom to trust? No certificate is given; TlsTrust.system() has the JDK's");
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < anchors.length; i++) {
                store.setCertificateEntry("anchor-" + i, anchors[i]);
            }
            return of(store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("these certificates cannot be trusted: " + e.getMessage(), e);
        }
    }

    /** The certificates of a PEM file, read once and now. @throws IOException it cannot be read, or has none */
    public static TlsTrust ofPem(Path file) throws IOException {
        return of(TlsIdentity.readCertificates(file));
    }

    /** The certificates of a key store. */
    public static TlsTrust of(KeyStore anchors) {
        try {
            return new TlsTrust(anchors);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("this key store cannot be trusted: " + e.getMessage(), e);
        }
    }

    X509ExtendedTrustManager manager() {
        return manager;
    }
}
