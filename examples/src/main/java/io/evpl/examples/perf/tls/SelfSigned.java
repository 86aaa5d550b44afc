package io.evpl.examples.perf.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A key of P-256 and a certificate for it that nobody should trust for long: the JDK has no public way to make one.
 */
public record SelfSigned(PrivateKey key, X509Certificate certificate) {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OID = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int UTC_TIME = 0x17;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    /** [0], [3] and [2] of RFC 5280: the version, the extensions, a name of DNS in one of them. */
    private static final int VERSION = 0xA0;
    private static final int EXTENSIONS = 0xA3;
    private static final int DNS_NAME = 0x82;
    private static final byte V3 = 2;
    private static final int SHORT_LENGTH_MAX = 127;
    private static final int BYTE_MAX = 255;
    /** One or two bytes of length follow, no more than are needed (X.690, 8.1.3.5 and 10.1): BoringSSL insists. */
    private static final int LENGTH_OF_ONE = 0x81;
    private static final int LENGTH_OF_TWO = 0x82;
    /** 1.2.840.10045.4.3.2, ecdsa-with-SHA256 (RFC 5758, section 3.2). */
    private static final byte[] ECDSA_WITH_SHA256 = {0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x04, 0x03, 0x02};
    /** 2.5.4.3, commonName (RFC 5280, appendix A.1). */
    private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};
    /** 2.5.29.17, subjectAltName (RFC 5280, section 4.2.1.6). */
    private static final byte[] ALTERNATIVE_NAMES = {0x55, 0x1D, 0x11};
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Duration LIFETIME = Duration.ofDays(2);

    /** Valid for this host since yesterday, for two days. */
    public static SelfSigned of(String host) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] signed = toBeSigned(host, keys.getPublic().getEncoded());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(signed);
            byte[] der = element(SEQUENCE, signed, algorithm(), element(BIT_STRING, new byte[] {0}, signature.sign()));
            return new SelfSigned(keys.getPrivate(), (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK makes no key of P-256", e);
        }
    }

    /** RFC 5280, section 4.1: TBSCertificate. */
    private static byte[] toBeSigned(String host, byte[] publicKey) {
        byte[] hostBytes = host.getBytes(StandardCharsets.US_ASCII);
        byte[] name = element(SEQUENCE, element(SET, element(SEQUENCE, element(OID, COMMON_NAME), element(UTF8_STRING, hostBytes))));
        Instant start = Instant.now().minus(LIFETIME.dividedBy(2));
        byte[] validity = element(SEQUENCE, time(start), time(start.plus(LIFETIME)));
        byte[] names = element(SEQUENCE, element(OID, ALTERNATIVE_NAMES),
                element(OCTET_STRING, element(SEQUENCE, element(DNS_NAME, hostBytes))));
        return element(SEQUENCE, element(VERSION, element(INTEGER, new byte[] {V3})), element(INTEGER, new byte[] {1}), algorithm(), name,
                validity, name, publicKey, element(EXTENSIONS, element(SEQUENCE, names)));
    }

    private static byte[] algorithm() {
        return element(SEQUENCE, element(OID, ECDSA_WITH_SHA256));
    }

    private static byte[] time(Instant at) {
        return element(UTC_TIME, TIME.format(at).getBytes(StandardCharsets.US_ASCII));
    }

    /** Tag, length, value: X.690, 8.1. Values here are shorter than 64 KiB. */
    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            value.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (value.size() > BYTE_MAX) {
            element.write(LENGTH_OF_TWO);
            element.write(value.size() >> Byte.SIZE);
        } else if (value.size() > SHORT_LENGTH_MAX) {
            element.write(LENGTH_OF_ONE);
        }
        element.write(value.size());
        element.writeBytes(value.toByteArray());
        return element.toByteArray();
    }
}
