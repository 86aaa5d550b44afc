package io.evpl.tls;

import io.netty.handler.ssl.SslContextBuilder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who we are to a peer: a private key, and the certificates from its own up to the authority's. Immutable; any thread. */
public final class TlsIdentity {
    private static final Pattern PEM_KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----",
            Pattern.DOTALL);

    private final PrivateKey key;
    private final X509Certificate[] chain;

    private TlsIdentity(PrivateKey key, X509Certificate[] chain) {
        this.key = key;
        this.chain = chain;
    }

    /**
     * Reads PEM files, once and now: a renewed certificate is a new identity.
     *
     * @param certificates our own first, then the intermediate ones
     * @param key          PKCS#8, not encrypted
     * @throws IOException they cannot be read, or do not belong together; the message names the file
     */
    public static TlsIdentity ofPem(Path certificates, Path key) throws IOException {
        X509Certificate[] chain = readCertificates(certificates);
        Matcher pem = PEM_KEY.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException(key + " has no \"BEGIN PRIVATE KEY\": openssl pkcs8 -topk8 -nodes converts other forms");
        }
        try {
            PrivateKey secret = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
            return of(secret, chain);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(key + " is not the key of " + certificates + ": " + e.getMessage(), e);
        }
    }

    static X509Certificate[] readCertificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] all = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
            if (all.length == 0) {
                throw new IOException(file + " has no certificate");
            }
            return all;
        } catch (CertificateException e) {
            throw new IOException(file + " has no certificates in PEM: " + e.getMessage(), e);
        }
    }

    /**
     * @param chain our own certificate first, then the intermediate ones
     * @throws IllegalArgumentException there is no certificate, or the first is another key's
     */
    public static TlsIdentity of(PrivateKey key, X509Certificate... chain) {
        Objects.requireNonNull(key, "key");
        if (chain.length == 0) {
            throw new IllegalArgumentException("an identity needs a certificate");
        }
        if (!isKeyOf(key, chain[0])) {
            throw new IllegalArgumentException("the certificate of " + chain[0].getSubjectX500Principal()
                    + " is for another private key");
        }
        return new TlsIdentity(key, chain.clone());
    }

    /** By a signature, since a key need not show itself; an algorithm that is not known here is left to the handshake. */
    private static boolean isKeyOf(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (certificate.getPublicKey().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> null;
        };
        if (algorithm == null) {
            return true;
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            byte[] signed = signature.sign();
            Signature check = Signature.getInstance(algorithm);
            check.initVerify(certificate.getPublicKey());
            return check.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    SslContextBuilder forServer() {
        return SslContextBuilder.forServer(key, chain);
    }

    SslContextBuilder into(SslContextBuilder client) {
        return client.keyManager(key, chain);
    }
}
