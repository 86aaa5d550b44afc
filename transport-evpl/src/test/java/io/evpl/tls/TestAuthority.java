package io.evpl.tls;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;

/** Issues certificates for tests. */
final class TestAuthority {
    /** A certificate with its key. */
    record Issued(PrivateKey key, X509Certificate certificate) {
        TlsIdentity identity() {
            return TlsIdentity.of(key, certificate);
        }

        TlsTrust trust() {
            return TlsTrust.of(certificate);
        }
    }

    private static long serial;

    private final String name;
    private final KeyPair keys = newKeys();
    final X509Certificate certificate;

    TestAuthority(String name) throws Exception {
        this.name = name;
        certificate = sign(name, keys, name, keys, true, Duration.ofDays(-1), Duration.ofDays(1));
    }

    TlsTrust trust() {
        return TlsTrust.of(certificate);
    }

    /** Valid now. */
    Issued issue(String... hosts) throws Exception {
        return issue(Duration.ofDays(-1), Duration.ofDays(1), hosts);
    }

    Issued issue(Duration from, Duration until, String... hosts) throws Exception {
        KeyPair own = newKeys();
        return new Issued(own.getPrivate(), sign(name, keys, hosts[0], own, false, from, until, hosts));
    }

    static Issued selfSigned(String host) throws Exception {
        KeyPair own = newKeys();
        return new Issued(own.getPrivate(), sign(host, own, host, own, false, Duration.ofDays(-1), Duration.ofDays(1), host));
    }

    private static KeyPair newKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static synchronized X509Certificate sign(String issuer, KeyPair issuerKeys, String subject, KeyPair keys,
                                                     boolean authority, Duration from, Duration until, String... hosts)
            throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(new X500Name("CN=" + issuer),
                BigInteger.valueOf(++serial), Date.from(now.plus(from)), Date.from(now.plus(until)),
                new X500Name("CN=" + subject), keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (hosts.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(Arrays.stream(hosts)
                    .map(host -> new GeneralName(GeneralName.dNSName, host)).toArray(GeneralName[]::new)));
        }
        return new JcaX509CertificateConverter().getCertificate(
                builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
    }
}
