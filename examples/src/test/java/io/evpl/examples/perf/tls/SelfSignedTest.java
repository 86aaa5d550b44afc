package io.evpl.examples.perf.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfSignedTest {
    @Test
    void theCertificateIsValidNowForItsHostAndSignedByItsOwnKey() throws GeneralSecurityException {
        X509Certificate certificate = SelfSigned.of("perf.test").certificate();
        certificate.checkValidity();
        certificate.verify(certificate.getPublicKey());
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        assertEquals(List.of(List.of(2, "perf.test")), List.copyOf(names));
        assertEquals("CN=perf.test", certificate.getIssuerX500Principal().getName());
    }

    /** X.690, 10.1: a length takes as few bytes as it can. The JDK reads others too, BoringSSL does not. */
    @Test
    void lengthsAreAsShortAsTheyCanBe() throws GeneralSecurityException {
        byte[] der = SelfSigned.of("perf.test").certificate().getEncoded();
        int length = (der[2] & 0xFF) << 8 | der[3] & 0xFF;
        assertEquals(0x82, der[1] & 0xFF);
        assertEquals(der.length - 4, length);
        assertTrue(length > 255, () -> "one byte of length would do for " + length);
    }
}
