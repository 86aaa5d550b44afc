package io.evpl.tls;

import io.evpl.linux.socket.TlsCryptoInfo;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Key and IV of one direction of a TLS 1.3 connection: RFC 8446, sections 5.2, 5.3 and 7.3. Owned by one channel's loop. */
final class RecordKeys {
    /** Type, version and length before the encrypted part. */
    static final int HEADER_BYTES = 5;
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** The suites that the kernel can do. */
    private enum Suite {
        TLS_AES_128_GCM_SHA256(TlsCryptoInfo.TLS_CIPHER_AES_GCM_128, "HmacSHA256", 16, "AES/GCM/NoPadding", "AES"),
        TLS_AES_256_GCM_SHA384(TlsCryptoInfo.TLS_CIPHER_AES_GCM_256, "HmacSHA384", 32, "AES/GCM/NoPadding", "AES"),
        TLS_CHACHA20_POLY1305_SHA256(TlsCryptoInfo.TLS_CIPHER_CHACHA20_POLY1305, "HmacSHA256", 32, "ChaCha20-Poly1305",
                "ChaCha20");

        final int kernelCipher;
        final String mac;
        final int keyBytes;
        final String transformation;
        final String algorithm;

        Suite(int kernelCipher, String mac, int keyBytes, String transformation, String algorithm) {
            this.kernelCipher = kernelCipher;
            this.mac = mac;
            this.keyBytes = keyBytes;
            this.transformation = transformation;
            this.algorithm = algorithm;
        }
    }

    /** A record's content. */
    record Content(byte type, byte[] bytes) {
    }

    private final Suite suite;
    private final byte[] key;
    private final byte[] iv;

    private RecordKeys(Suite suite, byte[] secret) throws GeneralSecurityException {
        this.suite = suite;
        key = expandLabel(suite.mac, secret, "key", suite.keyBytes);
        iv = expandLabel(suite.mac, secret, "iv", IV_BYTES);
    }

    /** @return null if the kernel knows no such suite */
    static RecordKeys of(String suiteName, byte[] secret) throws GeneralSecurityException {
        for (Suite suite : Suite.values()) {
            if (suite.name().equals(suiteName)) {
                return new RecordKeys(suite, secret);
            }
        }
        return null;
    }

    /** HKDF-Expand-Label with an empty context; no label here needs more than one block. */
    private static byte[] expandLabel(String macName, byte[] secret, String label, int bytes) throws GeneralSecurityException {
        byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        Mac mac = Mac.getInstance(macName);
        mac.init(new SecretKeySpec(secret, macName));
        mac.update((byte) (bytes >> 8));
        mac.update((byte) bytes);
        mac.update((byte) full.length);
        mac.update(full);
        mac.update((byte) 0);
        mac.update((byte) 1);
        return Arrays.copyOf(mac.doFinal(), bytes);
    }

    /** Decrypts a whole record. @return null if it is encrypted with other keys or has another number */
    Content decrypt(byte[] record, long sequence) throws GeneralSecurityException {
        byte[] nonce = iv.clone();
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[IV_BYTES - 1 - i] ^= (byte) (sequence >>> 8 * i);
        }
        AlgorithmParameterSpec parameters = suite == Suite.TLS_CHACHA20_POLY1305_SHA256 ? new IvParameterSpec(nonce)
                : new GCMParameterSpec(TAG_BITS, nonce);
        Cipher cipher = Cipher.getInstance(suite.transformation);
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, suite.algorithm), parameters);
        cipher.updateAAD(record, 0, HEADER_BYTES);
        byte[] inner;
        try {
            inner = cipher.doFinal(record, HEADER_BYTES, record.length - HEADER_BYTES);
        } catch (AEADBadTagException e) {
            return null;
        }
        int end = inner.length - 1;
        while (end > 0 && inner[end] == 0) {
            end--; // padding
        }
        return new Content(inner[end], Arrays.copyOf(inner, end));
    }

    /** Writes what the kernel wants at {@code info}, {@link TlsCryptoInfo#MAX_BYTES}. @return how many bytes it is */
    int writeTo(long info, long sequence) {
        return TlsCryptoInfo.write(info, TlsCryptoInfo.TLS_1_3_VERSION, suite.kernelCipher, key, iv, sequence);
    }

    /** The keys are not needed any more. */
    void forget() {
        Arrays.fill(key, (byte) 0);
        Arrays.fill(iv, (byte) 0);
    }
}
