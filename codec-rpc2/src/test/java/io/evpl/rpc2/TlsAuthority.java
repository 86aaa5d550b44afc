package io.evpl.rpc2;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.math.BigInteger;
import java.net.Socket;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Issues certificates for tests of RPC-with-TLS. */
final class TlsAuthority {
    private static final char[] NO_PASSWORD = {};
    private static long serial;

    /** A certificate with its key. */
    record Issued(PrivateKey key, X509Certificate certificate) {
    }

    final X509Certificate certificate;
    private final KeyPair keys = newKeys();
    private final X500Name name;

    TlsAuthority(String commonName) throws Exception {
        name = new X500Name("CN=" + commonName);
        certificate = sign(name, keys, true, null);
    }

    /** For a name, or for an address if it is one. */
    Issued issue(String host) throws Exception {
        KeyPair own = newKeys();
        boolean address = host.chars().allMatch(c -> c == '.' || Character.isDigit(c));
        return new Issued(own.getPrivate(), sign(new X500Name("CN=" + host), own, false,
                new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host)));
    }

    private X509Certificate sign(X500Name subject, KeyPair own, boolean authority, GeneralName alternative) throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(name, nextSerial(),
                Date.from(now.minus(Duration.ofDays(1))), Date.from(now.plus(Duration.ofDays(1))), subject, own.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (alternative != null) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternative));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static synchronized BigInteger nextSerial() {
        return BigInteger.valueOf(++serial);
    }

    private static KeyPair newKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    /** The JDK shows a certificate only to those who say that they trust its authority; this one shows it to everybody. */
    private static final class AlwaysShown extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";

        private final X509ExtendedKeyManager keys;

        AlwaysShown(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return keyType.equals("EC") ? ALIAS : null;
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return keyType.equals("EC") ? ALIAS : null;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
    }

    // ---- for either side ----------------------------------------------------------------------------------------------

    /** A server that shows a certificate and trusts clients of this authority. */
    SslContextBuilder server(Issued own, SslProvider provider) {
        return SslContextBuilder.forServer(own.key(), own.certificate()).trustManager(certificate).sslProvider(provider);
    }

    /** A client that trusts this authority; without a certificate if it is null. */
    SslContextBuilder client(Issued own, SslProvider provider) {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(certificate).sslProvider(provider);
        return own == null ? builder : builder.keyManager(own.key(), own.certificate());
    }

    /** The JDK's own, for peers that are not Netty's; without a certificate if it is null. */
    SSLContext jdk(Issued own) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NO_PASSWORD);
        trusted.setCertificateEntry("authority", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : keyManagers(own), trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    private static KeyManager[] keyManagers(Issued own) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("own", own.key(), NO_PASSWORD, new X509Certificate[] {own.certificate()});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return new KeyManager[] {new AlwaysShown((X509ExtendedKeyManager) factory.getKeyManagers()[0])};
    }
}
