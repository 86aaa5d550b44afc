package io.evpl.tls;

import io.evpl.linux.socket.TlsCryptoInfo;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Key and IV of one direction of a connection. TLS 1.3: RFC 8446, sections 5.2, 5.3 and 7.3; TLS 1.2: RFC 5288 (AES-GCM) and
 * RFC 7905 (ChaCha20-Poly1305). Owned by one channel's loop.
 *
 * <p>The kernel encrypts and decrypts with them. What is encrypted and decrypted here are the few records that pass between
 * BoringSSL and the kernel: alerts, tickets.
 */
final class RecordKeys {
    /** Type, version and length before the encrypted part. */
    static final int HEADER_BYTES = 5;
    private static final int NONCE_BYTES = 12;
    private static final int SALT_BYTES = 4;
    /** Of a nonce of AES-GCM in TLS 1.2, the part that stands in the record. */
    private static final int EXPLICIT_BYTES = 8;
    private static final int TAG_BITS = 128;
    private static final int TAG_BYTES = TAG_BITS / 8;
    /** What a record of TLS 1.3 says of itself outside: application data, of TLS 1.2. */
    private static final byte OUTER_TYPE = 23;

    /** A record's content. */
    record Content(byte type, byte[] bytes) {
    }

    private final RecordSuite suite;
    private final int version;
    private final byte[] key;
    /** 12 bytes, or the salt of AES-GCM in TLS 1.2. */
    private final byte[] iv;

    private RecordKeys(RecordSuite suite, int version, byte[] key, byte[] iv) {
        this.suite = suite;
        this.version = version;
        this.key = key;
        this.iv = iv;
    }

    /** @param secret a direction's application traffic secret */
    static RecordKeys tls13(RecordSuite suite, byte[] secret) throws GeneralSecurityException {
        return new RecordKeys(suite, TlsCryptoInfo.TLS_1_3_VERSION,
                KeySchedule.expandLabel(suite.mac, secret, "key", suite.keyBytes),
                KeySchedule.expandLabel(suite.mac, secret, "iv", NONCE_BYTES));
    }

    /** @param clients whether what the client sends is encrypted with them */
    static RecordKeys tls12(RecordSuite suite, byte[] master, byte[] serverRandom, byte[] clientRandom, boolean clients)
            throws GeneralSecurityException {
        int ivBytes = suite.isGcm() ? SALT_BYTES : NONCE_BYTES;
        byte[] block = KeySchedule.keyBlock(suite.mac, master, serverRandom, clientRandom, 2 * (suite.keyBytes + ivBytes));
        int keyAt = clients ? 0 : suite.keyBytes;
        int ivAt = 2 * suite.keyBytes + (clients ? 0 : ivBytes);
        return new RecordKeys(suite, TlsCryptoInfo.TLS_1_2_VERSION, Arrays.copyOfRange(block, keyAt, keyAt + suite.keyBytes),
                Arrays.copyOfRange(block, ivAt, ivAt + ivBytes));
    }

    boolean isTls13() {
        return version == TlsCryptoInfo.TLS_1_3_VERSION;
    }

    private boolean isExplicit() {
        return iv.length == SALT_BYTES;
    }

    /** Decrypts a whole record. @return null if it is encrypted with other keys or has another number */
    Content decrypt(byte[] record, long sequence) throws GeneralSecurityException {
        int from = HEADER_BYTES + (isExplicit() ? EXPLICIT_BYTES : 0);
        int plainBytes = record.length - from - TAG_BYTES;
        if (plainBytes < 0) {
            return null;
        }
        long explicit = isExplicit() ? ByteBuffer.wrap(record, HEADER_BYTES, EXPLICIT_BYTES).getLong() : sequence;
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, explicit);
        cipher.updateAAD(additional(record, plainBytes, sequence));
        byte[] plain;
        try {
            plain = cipher.doFinal(record, from, record.length - from);
        } catch (AEADBadTagException e) {
            return null;
        }
        return isTls13() ? inner(plain) : new Content(record[0], plain);
    }

    private static Content inner(byte[] plain) {
        int end = plain.length - 1;
        while (end > 0 && plain[end] == 0) {
            end--; // padding
        }
        return end < 0 ? null : new Content(plain[end], Arrays.copyOf(plain, end));
    }

    /** @return the whole record of a content, as the peer would send it under this number */
    byte[] encrypt(byte type, byte[] content, long sequence) throws GeneralSecurityException {
        byte[] plain = content;
        if (isTls13()) {
            plain = Arrays.copyOf(content, content.length + 1);
            plain[content.length] = type;
        }
        int from = HEADER_BYTES + (isExplicit() ? EXPLICIT_BYTES : 0);
        byte[] record = new byte[from + plain.length + TAG_BYTES];
        ByteBuffer header = ByteBuffer.wrap(record).put(isTls13() ? OUTER_TYPE : type)
                .putShort((short) TlsCryptoInfo.TLS_1_2_VERSION).putShort((short) (record.length - HEADER_BYTES));
        if (isExplicit()) {
            header.putLong(sequence);
        }
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, sequence);
        cipher.updateAAD(additional(record, plain.length, sequence));
        cipher.doFinal(plain, 0, plain.length, record, from);
        return record;
    }

    private byte[] additional(byte[] record, int plainBytes, long sequence) {
        if (isTls13()) {
            return Arrays.copyOf(record, HEADER_BYTES);
        }
        return ByteBuffer.allocate(Long.BYTES + HEADER_BYTES).putLong(sequence).put(record, 0, HEADER_BYTES - Short.BYTES)
                .putShort((short) plainBytes).array();
    }

    private Cipher cipher(int mode, long number) throws GeneralSecurityException {
        byte[] nonce = nonce(number);
        AlgorithmParameterSpec parameters = suite.isGcm() ? new GCMParameterSpec(TAG_BITS, nonce) : new IvParameterSpec(nonce);
        Cipher cipher = Cipher.getInstance(suite.transformation);
        cipher.init(mode, new SecretKeySpec(key, suite.algorithm), parameters);
        return cipher;
    }

    private byte[] nonce(long number) {
        byte[] nonce = Arrays.copyOf(iv, NONCE_BYTES);
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[NONCE_BYTES - 1 - i] ^= (byte) (number >>> 8 * i);
        }
        return nonce;
    }

    /** Writes what the kernel wants at {@code info}, {@link TlsCryptoInfo#MAX_BYTES}. @return how many bytes it is */
    int writeTo(long info, long sequence) {
        // BoringSSL's explicit nonces are the records' numbers, too: the kernel goes on with the next.
        return TlsCryptoInfo.write(info, version, suite.kernelCipher, key, isExplicit() ? nonce(sequence) : iv, sequence);
    }

    /** The keys are not needed any more. */
    void forget() {
        Arrays.fill(key, (byte) 0);
        Arrays.fill(iv, (byte) 0);
    }
}
